import Foundation
import Logging
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
    print("followed \(Self.agents) agents with \(Int(share * 100)) % of a core")
    // Without optimization it costs several times of what a release build does.
    #expect(share <= 0.3)
  }

  #if os(Linux)
    /// Memory each session may cost.
    private static let memoryEach: ByteCount = .kibibytes(256)

    /// Waits for a file, prints in fifths of a second what a talkative agent would, and reports.
    private static let talkative = """
      exec perl -e '
        my ($go, $result) = @ARGV;
        select(undef, undef, undef, 0.05) until -e $go;
        my $text = "";
        for my $i (1..5) {
          $text .= qq({"type":"progress","message":"step $i"}\\n{"type":"usage","input_tokens":1,"output_tokens":1}\\n);
        }
        for (1..50) { syswrite(STDOUT, $text); select(undef, undef, undef, 0.2); }
        open(my $file, ">", $result); print $file qq({"summary":"s"}); close($file);
      ' "$(dirname "$0")/go" "$LOOPER_RESULT_FILE"
      """

    @Test(
      "100 sessions at 50 lines a second, recorded as they go: no line lost, 30 % of a core, 256 KiB each")
    func sessions() async throws {
      try await VendorBench.with(.custom, script: Self.talkative) { bench in
        let store = try Store.scratch()
        var runs: [Run] = []
        for issue in 1...Self.agents {
          runs.append(try await SessionResumeTests.run(in: store, vendor: .custom, issue: issue))
        }
        let (started, start) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .unbounded)
        let supervisor = AgentSupervisor(
          store: store, sessions: ToldSessions(base: bench.sessions) { start.yield() },
          settings: LiveSettings(EngineSettings()), time: SystemTime(),
          log: .init(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let root = bench.root
        try Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
        let memory = try OutputMemoryTests.memory("VmRSS")
        let outcomes = try await withThrowingTaskGroup(of: AgentOutcome.self) { group in
          for run in runs {
            group.addTask {
              try await supervisor.run(
                AgentAssignment(
                  runID: run.id, loopID: run.loopID, stage: StageName.agent, role: run.role, phase: .plan,
                  worktree: "\(root)/home", prompt: "p", context: [:]))
            }
          }
          var waiting = runs.count
          for await _ in started {
            waiting -= 1
            if waiting == 0 { break }
          }
          let begun = ContinuousClock.now
          let before = ProcessUsage.current.cpuSeconds
          #expect(FileManager.default.createFile(atPath: "\(root)/go", contents: nil))
          var outcomes = [try #require(try await group.next())]
          let used = ProcessUsage.current.cpuSeconds - before
          let share = used / (ContinuousClock.now - begun).inSeconds
          print("ran \(runs.count) sessions with \(Int(share * 100)) % of a core")
          #expect(share <= 0.3)
          for try await outcome in group { outcomes.append(outcome) }
          return outcomes
        }
        let grown = try OutputMemoryTests.memory("VmHWM") - memory
        print("\(runs.count) sessions cost \(grown >> 10) KiB")
        #expect(grown <= Self.memoryEach.bytes * Self.agents)
        #expect(outcomes.allSatisfy { $0.result == AgentBench.reported && $0.usage.outputTokens == 250 })
        let ledger = try await store.usage(by: "", since: Timestamp(milliseconds: 0))
        #expect(ledger.map(\.usage.outputTokens) == [250 * Self.agents])
      }
    }

    /// Sessions that tell when one has its process.
    private struct ToldSessions: AgentSessions {
      let base: VendorSessions
      let onStart: @Sendable () -> Void

      func run(_ assignment: AgentAssignment, as plan: SessionPlan, observer: SessionEvents) async
        -> SessionEnd
      {
        var told = observer
        told.onStart = { process in
          try await observer.onStart(process)
          onStart()
        }
        return await base.run(assignment, as: plan, observer: told)
      }

      func finished(
        _ assignment: AgentAssignment, as plan: SessionPlan, directory: String
      ) async -> SessionEnd? {
        await base.finished(assignment, as: plan, directory: directory)
      }

      func reading(of session: Session, told: Usage) async -> SessionReading? {
        await base.reading(of: session, told: told)
      }
    }
  #endif
}
