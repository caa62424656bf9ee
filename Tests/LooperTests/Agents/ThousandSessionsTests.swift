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

  /// Open descriptors of this process; nil where the system does not tell.
  private static var descriptors: Int? {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count
  }

  /// Processes that this one has started and not seen the end of, zombies included.
  private static var children: Int { ProcessTable.entries().count { $0.parent == getpid() } }

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
      // What is opened once, by each of some threads, stays open.
      #expect(await failures(0..<Self.first) == 0)
      let descriptors = try #require(Self.descriptors)
      let children = Self.children
      let begun = ContinuousClock.now
      #expect(await failures(Self.first..<Self.sessions) == 0)
      // Foundation closes what belongs to a child some time after its end: that of the last few may be open yet. One left
      // by every session would be hundreds.
      #expect(try #require(Self.descriptors) <= descriptors + 2 * Self.atOnce)
      #expect(Self.children == children)
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
      #expect(directories == Self.sessions)
      print("\(Self.sessions - Self.first) sessions in \((ContinuousClock.now - begun).milliseconds) ms")
    }
  }
}
