import Foundation
import Testing

@testable import Looper

@Suite("The shell offers what the daemon knows, and nothing when there is none")
struct LiveCompletionTests {
  /// Asks as the generated scripts do; `nothing` is typed yet unless a prefix is given.
  private func offered(_ scene: CommandScene, _ words: [String], typed: String? = nil) async throws
    -> [String]
  {
    let request = ["---completion"] + words + ["--", "positional@0"]
    let arguments = request + (typed.map { ["0", String($0.count), $0] } ?? ["0", "0"])
    let result = try await ServedOperations.serving(
      scene.operations, at: "\(scene.home)/.looper/looper.sock"
    ) { _, _ in await scene.run(arguments) }
    return result.output.split(separator: "\n").map(String.init)
  }

  @Test(
    "handles, numbers and names are live",
    arguments: [
      (["why"], ["L12", "L13"]), (["pause"], ["L12", "L13"]), (["run", "logs"], ["R34"]),
      (["run", "retry"], ["R34"]), (["inspect"], ["L12", "L13", "R34"]), (["project", "show"], ["acme/app"]),
    ])
  func live(words: [String], expected: [String]) async throws {
    try await CommandScene.with { scene in
      scene.operations.change {
        $0.loops = [Sample.loop(), Sample.loop(id: "L13")]
        $0.runs = [Sample.run()]
        $0.projects = [Sample.project()]
      }
      let words = try await offered(scene, words)
      #expect(words == expected)
    }
  }

  @Test("what is typed already narrows it down")
  func prefix() async throws {
    try await CommandScene.with { scene in
      scene.operations.change { $0.loops = [Sample.loop(), Sample.loop(id: "L2")] }
      let words = try await offered(scene, ["why"], typed: "L1")
      #expect(words == ["L12"])
    }
  }

  @Test("without a daemon nothing is offered and nothing is said")
  func noDaemon() async throws {
    try await CommandScene.with { scene in
      let result = await scene.run("---completion", "why", "--", "positional@0", "0", "0")
      #expect(result.output.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty)
      #expect(result.error.isEmpty)
    }
  }
}
