import Foundation
import Synchronization
import Testing

@testable import Looper

@Suite("looper daemon logs shows the log, then what happens, as narrowly as it is asked")
struct DaemonLogsTests {
  private typealias Result = CommandScene.Result

  private static let events = [
    Sample.event(1), Sample.event(2, kind: "loop.ready"), Sample.event(3, loop: "L99"),
    Sample.event(4, kind: "run.ended"),
  ]

  private func sequences(_ output: String) throws -> [Int64] {
    try output.split(separator: "\n").map {
      try WireCoding.decoder.decode(EventView.self, from: Data($0.utf8)).sequence
    }
  }

  @Test(
    "each filter narrows, with --json each event is a line",
    arguments: [
      ([], [1, 2, 3, 4]), (["--loop", "l12"], [1, 2, 4]), (["--kind", "run"], [1, 3, 4]),
      (["--kind", "run.ended", "--kind", "loop"], [2, 4]), (["--run", "35"], []),
      (["--project", "ACME/app"], [1, 2, 3, 4]),
      (["--project", "acme/other"], []), (["--since", "1h"], [1, 2, 3, 4]),
      (["--since", "2099-01-01T00:00:00Z"], []),
      (["--lines", "1", "--kind", "run"], [4]),
    ] as [([String], [Int64])])
  func filters(options: [String], expected: [Int64]) async throws {
    try await CommandScene.with { scene in
      scene.operations.record(Self.events)
      let result = try await ServedOperations.serving(
        scene.operations, at: "\(scene.home)/.looper/looper.sock"
      ) { _, _ in await scene.run(["daemon", "logs", "--json"] + options) }
      #expect(result.status == 0 && result.error.isEmpty)
      #expect(try sequences(result.output) == expected)
    }
  }

  @Test("a filter alone prints lines for people")
  func text() async throws {
    try await CommandScene.with { scene in
      scene.operations.record(Self.events)
      let result = try await scene.served("daemon", "logs", "--kind", "loop.ready")
      let line = "\(Sample.now.iso8601)  loop.ready         acme/app L12 R34  event 2\n"
      #expect(result == Result(status: 0, output: line, error: ""))
    }
  }

  @Test(
    "what is no handle, name, kind or time is 2 and says so",
    arguments: [
      ("--loop", "x", "a loop, L12"), ("--run", "L12", "a run, R34"),
      ("--project", "shop", "a project, owner/name"),
      ("--kind", "runs", "a kind of event, run.ended"),
      ("--since", "yesterday", "a time, 10m or 2026-11-22T10:35:28Z"),
    ])
  func refused(option: String, value: String, expected: String) async throws {
    try await CommandScene.with { scene in
      let result = await scene.run("daemon", "logs", option, value)
      #expect(result == Result(status: 2, output: "", error: "error: \(value) is not \(expected)\n"))
    }
  }

  @Test("a search goes back as far as it must, however many events do not fit")
  func farBack() async throws {
    try await CommandScene.with { scene in
      scene.operations.record([Sample.event(1, kind: "loop.ready")] + (2...2500).map { Sample.event($0) })
      let result = try await scene.served("daemon", "logs", "--json", "--kind", "loop.ready")
      #expect(try sequences(result.output) == [1])
    }
  }

  @Test("the lines before a file that was begun a moment ago come from the one put aside")
  func rotated() async throws {
    try await CommandScene.with { scene in
      try scene.write("one\ntwo\n", to: "\(scene.home)/.looper/daemon.log.1")
      try scene.write("three\n", to: "\(scene.home)/.looper/daemon.log")
      #expect(
        await scene.run("daemon", "logs", "--lines", "2")
          == Result(status: 0, output: "two\nthree\n", error: ""))
    }
  }

  @Test("it follows the events after its log, and goes on with a daemon that comes back")
  func follows() async throws {
    try await CommandScene.with { scene in
      try scene.write("one\n", to: "\(scene.home)/.looper/daemon.log")
      scene.operations.record(Self.events)
      let socket = "\(scene.home)/.looper/looper.sock"
      let (lines, feed) = AsyncStream.makeStream(of: String.self)
      let around = CommandEnvironment(
        variables: [:], homeDirectory: scene.home, currentDirectory: scene.home, time: SystemTime(),
        isTerminal: false, terminalWidth: nil,
        write: { _, text in
          feed.yield(text)
          if text.contains("event 6") { throw BrokenPipe() }
        }, shimPath: ShimLocation.executablePath)
      try await withThrowingTaskGroup(of: Void.self) { group in
        var heard = lines.makeAsyncIterator()
        try await ServedOperations.serving(scene.operations, at: socket) { _, _ in
          group.addTask {
            let status = await CommandEnvironment.$current.withValue(around) {
              await LooperCommand.execute(["daemon", "logs", "--follow"])
            }
            #expect(status == 0)
          }
          #expect(await heard.next() == "one\n")
          scene.operations.record([Sample.event(5)])
          #expect(await heard.next()?.hasSuffix("event 5\n") == true)
        }
        #expect(await heard.next() == "no daemon answers; waiting for one\n")
        try await ServedOperations.serving(scene.operations, at: socket) { _, _ in
          scene.operations.record([Sample.event(6)])
          #expect(await heard.next()?.hasSuffix("event 6\n") == true)
        }
        try await group.waitForAll()
      }
    }
  }
}
