import Testing

@testable import Looper

@Suite("an inspection shows what is recorded of a loop or of a run")
struct DaemonOperationsInspectTests {
  @Test("inspect shows timeline, stages, findings, effects and files of a loop or a run")
  func inspect() async throws {
    try await OpsScene.with { scene in
      let (loop, run) = try await scene.startWork()
      let view = try await scene.operations.inspect(.loop(loop))
      #expect(view.loop.run == "R1")
      #expect(view.timeline.first?.text == "started for issue #12: Fix the parser")
      let detail = try #require(view.runs.first)
      #expect(detail.run.id == run.handle)
      #expect(
        detail.stages.map { "\($0.name) \($0.state)" }.prefix(4) == [
          "observe done", "prepare-worktree done", "agent running", "inspect pending",
        ])
      #expect(detail.stages.first?.summary == "issue #12 open")
      #expect(view.files == [FileView(name: "worktree", path: "/nowhere")])
      let ofRun = try await scene.operations.inspect(.run(run))
      #expect(ofRun.runs == view.runs)
      let unknown = await scene.refusal { () throws(LooperError) in
        _ = try await scene.operations.inspect(.run(Run.ID(9)))
      }
      #expect(unknown == LooperError(.notFound, "there is no run R9; see looper run list"))
    }
  }

  @Test("inspect of a run shows what is its own, and says when a list is cut")
  func inspectRun() async throws {
    try await OpsScene.with { scene in
      let (loop, id) = try await scene.startWork()
      let first = try #require(await scene.store.run(id))
      let usage = Usage(inputTokens: 100, outputTokens: 10, costUSD: 0.5)
      let session = try await scene.store.beginSession(of: first, stage: "agent", at: scene.time.now)
      try await scene.store.endSession(
        session, ending: "done", usage: usage, role: .planner, active: .seconds(50), at: scene.time.now)
      _ = try await scene.operations.cancelRun(id)
      await scene.resumeAndStart(loop)
      let view = try await scene.operations.inspect(.run(Run.ID(2)))
      #expect(view.runs.map(\.run.id) == ["R2"])
      #expect(view.timeline.filter { !$0.text.hasPrefix("R2 ") } == [])
      #expect(view.timeline.isEmpty == false)
      #expect(view.sessions == [])
      #expect(view.cost == CostView(agentSeconds: 0))
      let earlier = try await scene.operations.inspect(.run(id))
      #expect(earlier.sessions.map(\.run) == ["R1"])
      #expect(
        earlier.cost == CostView(inputTokens: 100, outputTokens: 10, costUSD: 0.5, agentSeconds: 50))
      #expect(earlier.timeline.filter { !$0.text.hasPrefix("R1 ") } == [])
      // The loop's is the whole; its newest 200 events are shown.
      let whole = try await scene.operations.inspect(.loop(loop))
      #expect(whole.runs.map(\.run.id) == ["R1", "R2"])
      #expect(whole.isTruncated == false)
      for number in 1...200 {
        let draft = EventDraft(.agentProgress, "step \(number)", loopID: loop, runID: Run.ID(2))
        try await scene.store.append(draft, at: scene.time.now)
      }
      let long = try await scene.operations.inspect(.loop(loop))
      #expect(long.timeline.count == 200)
      #expect(long.isTruncated == true)
      #expect(long.timeline.last?.text == "R2 agent: step 200")
      #expect(try await scene.operations.inspect(.run(Run.ID(2))).isTruncated == true)
      #expect(try await scene.operations.inspect(.run(id)).isTruncated == false)
    }
  }

  @Test("inspect tells each stay in a phase with its time and cost")
  func phases() async throws {
    try await OpsScene.with { scene in
      let start = scene.time.now
      let (loop, id) = try await scene.startWork()
      let run = try #require(await scene.store.run(id))
      scene.time.advance(by: .seconds(10))
      let session = try await scene.store.beginSession(of: run, stage: "agent", at: scene.time.now)
      scene.time.advance(by: .seconds(50))
      try await scene.store.endSession(
        session, ending: "done", usage: Usage(costUSD: 0.5), role: .planner, active: .seconds(40),
        at: scene.time.now)
      try await scene.store.endRun(
        run, with: RunEnding(state: .succeeded(summary: "planned"), phase: .specReview), unit: 0,
        policy: FlowPolicy(), at: scene.time.now)
      scene.time.advance(by: .seconds(5))
      let view = try await scene.operations.inspect(.loop(loop))
      #expect(
        view.phases == [
          PhaseView(
            phase: "plan", startedAt: start, endedAt: start + .seconds(60), durationSeconds: 60,
            agentSeconds: 40, costUSD: 0.5),
          PhaseView(
            phase: "spec-review", startedAt: start + .seconds(60), durationSeconds: 5, agentSeconds: 0),
        ])
      #expect(try await scene.operations.inspect(.run(id)).phases == nil)
    }
  }
}
