import Testing

@testable import Looper

@Suite("an operator's answer goes on with the loop that asked, once, and nothing else takes one")
struct OperatorAnswerTests {
  private static let repository = ForgeScene.repository

  private static func agents() -> ScriptedAgents {
    let question = QuestionReport(
      text: "Tabs or spaces?", options: ["tabs", "spaces"], defaultOption: nil, deadlineMinutes: nil)
    return ScriptedAgents([
      .planner: [{ _ in .reported(.question(question)) }, AgentScript.plan], .reviewer: [AgentScript.clean],
      .worker: [AgentScript.work()],
    ])
  }

  private func refusal(_ operations: DaemonOperations, _ id: Loop.ID, _ text: String) async -> LooperError? {
    await LooperError.thrown { () throws(LooperError) in
      _ = try await operations.answer(id, AnswerRequest(text: text))
    }
  }

  private func expectConflict(_ refusal: LooperError?) {
    #expect(refusal == LooperError(.conflict, "L1 asks nothing; see looper why L1"))
    #expect([refusal?.code.httpStatus, refusal.map { Int($0.code.exitStatus) }] == [409, 5])
  }

  @Test("the job that asked is done again with the answer, and the loop comes to ready")
  func answer() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: Self.repository, as: "alice")
      let asked = try await scene.rounds { $0.state == .blocked(.question) }
      try await scene.rounds(3)
      let operations = await scene.operations()
      _ = try await operations.answer(asked.id, AnswerRequest(text: "  spaces\n"))
      // A second one, by the operator or on GitHub, comes too late.
      expectConflict(await refusal(operations, asked.id, "tabs"))
      _ = try await scene.forge.comment("tabs, please", on: 1, in: Self.repository, as: "alice")
      var phases: [Phase] = []
      try await scene.rounds { loop in
        if phases.last != loop.phase { phases.append(loop.phase) }
        return loop.phase == .ready
      }
      #expect(phases == [.plan, .specReview, .work, .codeReview, .ready])
      let planners = scene.agents.started.filter { $0.role == .planner }
      #expect(planners.count == 2)
      #expect(
        planners.last?.context["answers"]
          == [["question": "Tabs or spaces?", "answer": "spaces", "by": "operator"]])
      #expect(scene.agents.started.map(\.role) == [.planner, .planner, .reviewer, .worker, .reviewer])
      let seen = try await scene.poller.forge.observe(asked.project, issue: 1, pull: nil)
      #expect(seen.issue?.comments.count { $0.body.contains("Tabs or spaces?") } == 1)
      #expect(seen.issue?.labels.has("looper:needs-human") == false)
      let answered = try await scene.store.events(after: 0, limit: 10_000).filter {
        $0.kind == .questionAnswered
      }
      #expect(answered.map(\.message) == ["answered by operator"])
    }
  }

  @Test("a loop that asks nothing, one that has ended, one that is not there and an empty answer are refused")
  func refusals() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      try await scene.watch()
      let operations = await scene.operations()
      let view = try await operations.start(StartRequest(url: "acme/shop#1"))
      let id = try #require(Loop.ID(handle: view.id))
      expectConflict(await refusal(operations, id, "spaces"))
      let unknown = await refusal(operations, Loop.ID(9), "spaces")
      #expect(unknown == LooperError(.notFound, "there is no loop L9; see looper loops"))
      #expect([unknown?.code.httpStatus, unknown.map { Int($0.code.exitStatus) }] == [404, 4])
      try await scene.rounds { $0.state == .blocked(.question) }
      #expect(await refusal(operations, id, " \n") == LooperError(.validation, "an answer needs some text"))
      #expect(try await scene.store.loop(id)?.state == .blocked(.question))
      _ = try await operations.control(id, .cancel)
      expectConflict(await refusal(operations, id, "spaces"))
      try await scene.rounds(5)
      #expect(scene.agents.started.map(\.role) == [.planner])
    }
  }
}
