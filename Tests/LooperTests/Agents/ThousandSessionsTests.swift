import CLooper
import Foundation
import Testing

@testable import Looper

@Suite("a thousand sessions leave no process, descriptor, zombie or temporary file")
struct ThousandSessionsTests {
  private static let sessions = 1000
  private static let atOnce = 8
  /// Sessions before what is open is counted.
  private static let first = 50
  private static let kept: Set = [
    "context.json", "exit.json", "prompt.md", "result.json", "scratch", "stderr.log", "stdout.log",
  ]

  /// Open descriptors of this process.
  private struct Descriptors {
    /// What each of them leads to, for example `21=socket:[2739809]`.
    var others: Set<String> = []
    /// Those of run loops: a thread that starts a child gets one from Foundation and keeps it, three descriptors each.
    var ofRunLoops = 0
    var runLoops = 0

    static func now() throws -> Self {
      let files = FileManager.default
      let directory = "/proc/self/fd"
      return try files.contentsOfDirectory(atPath: directory).reduce(into: Self()) { found, name in
        // The directory itself was open while it was read.
        guard let target = try? files.destinationOfSymbolicLink(atPath: "\(directory)/\(name)") else {
          return
        }
        switch target {
        case "anon_inode:[eventpoll]":
          found.runLoops += 1
          found.ofRunLoops += 1
        case "anon_inode:[eventfd]", "anon_inode:[timerfd]": found.ofRunLoops += 1
        default: found.others.insert("\(name)=\(target)")
        }
      }
    }

    /// What stays open, seen after each of two more sessions: one thread of Foundation's sees the children's ends one
    /// after the other, and closes what belonged to a child before it tells of the next one's end.
    static func settled(after session: () async -> Void) async throws -> Self {
      await session()
      let first = try now()
      await session()
      var second = try now()
      second.others.formIntersection(first.others)
      return second
    }
  }

  private static var threads: Int {
    get throws { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count }
  }

  /// Processes that this one has started and not seen the end of, zombies included.
  private static var children: Set<Int32> {
    Set(ProcessTable.entries().filter { $0.parent == getpid() }.map(\.pid))
  }

  @Test("eight at a time, each as short as can be")
  func nothingLeft() async throws {
    try await AgentBench.withBench { bench in
      let runner = bench.runner()
      func session(_ number: Int) -> AgentSessionSpec {
        var spec = bench.spec("sleep 60 & echo '__LOOPER_RESULT__={\"summary\":\"s\"}'")
        spec.assignment.runID = Run.ID(Int64(number))
        spec.limits.grace = .zero
        return spec
      }
      func failures(_ numbers: Range<Int>) async -> Int {
        await withTaskGroup(of: Bool.self) { group in
          var failures = 0
          for number in numbers {
            if number - numbers.lowerBound >= Self.atOnce, await group.next() == false { failures += 1 }
            let spec = session(number)
            group.addTask { await runner.run(spec).outcome.result == AgentBench.reported }
          }
          for await succeeded in group where !succeeded { failures += 1 }
          return failures
        }
      }
      func settled(_ number: Int) async throws -> Descriptors {
        try await Descriptors.settled {
          #expect(await runner.run(session(number)).outcome.result == AgentBench.reported)
        }
      }
      #expect(await failures(0..<Self.first) == 0)
      let before = try await settled(Self.first)
      let children = Self.children
      let begun = ContinuousClock.now
      #expect(await failures(Self.first..<Self.sessions) == 0)
      let after = try await settled(Self.sessions)
      // What an earlier test left may go meanwhile.
      #expect(after.others.subtracting(before.others) == [])
      #expect(after.ofRunLoops - before.ofRunLoops == 3 * (after.runLoops - before.runLoops))
      let threads = try Self.threads
      #expect(after.runLoops <= threads)
      #expect(Self.children.subtracting(children) == [])
      let files = FileManager.default
      #expect(try files.contentsOfDirectory(atPath: "\(bench.root)/spool") == [])
      let months = try files.contentsOfDirectory(atPath: "\(bench.root)/sessions").map {
        "\(bench.root)/sessions/\($0)"
      }
      var directories = 0
      for month in months {
        for name in try files.contentsOfDirectory(atPath: month) {
          directories += 1
          #expect(Set(try files.contentsOfDirectory(atPath: "\(month)/\(name)")) == Self.kept)
          #expect(try files.contentsOfDirectory(atPath: "\(month)/\(name)/scratch") == [])
        }
      }
      // Two more before the count, and two after it.
      #expect(directories == Self.sessions + 4)
      print("\(Self.sessions - Self.first) sessions in \((ContinuousClock.now - begun).milliseconds) ms")
    }
  }
}
