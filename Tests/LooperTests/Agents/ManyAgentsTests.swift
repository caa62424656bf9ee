import Foundation
import Testing

@testable import Looper

#if !canImport(Darwin)
  // The overlay's view of `timespec` is attributed to this module when NIO is in the build.
  import CDispatch
#endif

@Suite("a hundred talkative agents are followed without losing a line")
struct ManyAgentsTests {
  private static let agents = 100
  private static let linesPerSecond = 50
  private static let seconds = 3
  /// As often as a session is looked at.
  private static let looksPerSecond = 5

  /// What follows one agent: as ``SessionFollower`` does, without its process.
  private struct Follower {
    var tail: LogTail
    var parser = ClaudeCodeStreamParser()
    var facts = SessionFacts()
    var lines = 0

    mutating func look() throws {
      while !tail.isAtEnd() {
        for line in try tail.nextLines() {
          lines += 1
          for signal in parser.read(line) { facts.apply(signal) }
        }
      }
    }
  }

  private static func line(_ number: Int) -> String {
    #"{"type":"assistant","message":{"id":"m\#(number)","model":"m","content":[{"type":"text","text":"step \#(number)"}],"usage":{"input_tokens":1,"output_tokens":1}}}"#
      + "\n"
  }

  /// Processor time of this thread: what other tests use is not counted.
  private static var processorTime: Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  @Test(
    "100 agents at 50 lines a second: every line is read, every token counted")
  func following() throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "many-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: root) }
    let paths = (0..<Self.agents).map { "\(root)/\($0)" }
    for path in paths { #expect(FileManager.default.createFile(atPath: path, contents: nil)) }
    var followers = paths.map { Follower(tail: LogTail(path: $0)) }
    let perLook = Self.linesPerSecond / Self.looksPerSecond
    var used: Duration = .zero
    for look in 0..<(Self.seconds * Self.looksPerSecond) {
      let text = Data((0..<perLook).map { Self.line(look * perLook + $0) }.joined().utf8)
      for path in paths {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: text)
        try file.close()
      }
      let before = Self.processorTime
      for index in followers.indices { try followers[index].look() }
      used += Self.processorTime - before
    }
    let lines = Self.linesPerSecond * Self.seconds
    #expect(followers.allSatisfy { $0.lines == lines && $0.facts.usage.outputTokens == lines })
    let share = used / .seconds(Self.seconds)
    // Without optimization it costs about ten times of what a release build does, so it is told and not judged.
    print("followed \(Self.agents) agents with \(Int(share * 100)) % of a core")
  }
}
