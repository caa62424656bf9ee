import Testing

@testable import Looper

@Suite("Trying again and looking again are asked of the daemon")
struct RunRetryCommandTests {
  private typealias Result = CommandScene.Result

  @Test("retrying a run retries its loop")
  func retries() async throws {
    try await CommandScene.with { scene in
      var run = Sample.run(state: "failed")
      run.endedAt = Sample.now
      scene.operations.change {
        $0.runs = [run]
        $0.loops = [Sample.loop()]
      }
      let result = try await scene.served("run", "retry", "R34")
      #expect(result == Result(status: 0, output: "retrying L12: acme/app#34, code-review\n", error: ""))
    }
  }

  @Test("a run that is still at work is not tried again")
  func refuses() async throws {
    try await CommandScene.with { scene in
      let text = "error: R34 is still at work; stop it first: looper run cancel R34\n"
      let result = try await scene.served("run", "retry", "R34")
      #expect(result == Result(status: 5, output: "", error: text))
    }
  }

  @Test("syncing shows the projects as GitHub has them now")
  func syncs() async throws {
    try await CommandScene.with { scene in
      scene.operations.change { $0.projects = [Sample.project(), Sample.project("acme/shop")] }
      let one = """
        PROJECT    BASE  LOOPS  PATH
        acme/shop  main  2      /src/app

        """
      let result = try await scene.served("project", "sync", "acme/shop")
      #expect(result == Result(status: 0, output: one, error: ""))
      let all = try await scene.served("project", "sync")
      #expect(all.output.split(separator: "\n").count == 3)
    }
  }
}
