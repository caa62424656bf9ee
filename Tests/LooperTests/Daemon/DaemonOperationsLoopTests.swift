import Testing

@testable import Looper

@Suite("an operator's command on a loop is done when it is answered, or refused in words")
struct DaemonOperationsLoopTests {
  @Test("run starts a loop in the lane manual, with what was seen of the issue")
  func start() async throws {
    try await OpsScene.with { scene in
      scene.addIssue()
      let view = try await scene.operations.start(
        StartRequest(
          url: "https://github.com/acme/tool/issues/12", vendor: "claude-code", model: "m", noPlan: true))
      #expect(view.id == "L1")
      #expect(view.isNew == true)
      #expect(view.lane == "manual")
      #expect(view.phase == "work")
      #expect(view.vendor == "claude-code")
      #expect(view.subject.title == "Fix the parser")
      #expect(view.subject.url == "https://github.com/acme/tool/issues/12")
      #expect(try await scene.store.facts(of: Loop.ID(1))?.observation?.issue?.number == 12)
    }
  }

  @Test("run of a subject with a live loop moves that one to the lane manual")
  func startAgain() async throws {
    try await OpsScene.with { scene in
      let project = try #require(await scene.store.projects().first)
      let draft = LoopDraft(
        projectID: project.id, subject: .issue(12), title: "t", lane: .auto, skipsPlan: false)
      _ = try await scene.store.startLoop(draft, at: scene.time.now)
      // GitHub is not asked.
      scene.forge.fail(Failure(.transient, "down"))
      let view = try await scene.operations.start(StartRequest(url: "acme/tool#12"))
      #expect(view.id == "L1")
      #expect(view.lane == "manual")
      #expect(view.isNew == false)
    }
  }

  @Test(
    "a role that a live loop does not begin with is refused, one that it does is not",
    arguments: [
      (false, nil, "planner", nil), (true, true, nil, nil), (true, nil, "worker", nil),
      (false, true, nil, "has its spec written and reviewed first"),
      (false, nil, "worker", "has its spec written and reviewed first"),
      (true, nil, "planner", "goes without a spec"), (false, nil, nil, nil), (true, nil, nil, nil),
    ] as [(Bool, Bool?, String?, String?)])
  func startOtherwise(skipsPlan: Bool, noPlan: Bool?, role: String?, other: String?) async throws {
    try await OpsScene.with { scene in
      scene.addIssue()
      let url = "acme/tool#12"
      _ = try await scene.operations.start(StartRequest(url: url, noPlan: skipsPlan ? true : nil))
      let refusal = await scene.refusal { () throws(LooperError) in
        let view = try await scene.operations.start(
          StartRequest(url: url, model: "late", noPlan: noPlan, role: role))
        #expect([view.id, "\(view.isNew ?? true)"] == ["L1", "false"])
      }
      #expect(
        refusal
          == other.map {
            LooperError(.conflict, "L1 works on it already, and \($0); see looper why L1")
          })
      // Nothing of what was refused is taken over.
      #expect(try await scene.store.loop(Loop.ID(1))?.model == (other == nil ? "late" : nil))
    }
  }

  @Test("what a run asks of its agent goes with its vendor, and another vendor drops it")
  func agentOfARun() async throws {
    try await OpsScene.with { scene in
      scene.addIssue()
      let url = "acme/tool#12"
      func start(_ vendor: String?, _ model: String? = nil, _ arguments: [String]? = nil) async throws
        -> String
      {
        let view = try await scene.operations.start(
          StartRequest(url: url, vendor: vendor, model: model, extraArgs: arguments))
        return ([view.vendor ?? "-", view.model ?? "-"] + (view.extraArgs ?? [])).joined(separator: " ")
      }
      #expect(try await start("claude-code", "opus", ["--a", "--b"]) == "claude-code opus --a --b")
      #expect(try await start(nil) == "claude-code opus --a --b")
      #expect(try await start(nil, "sonnet") == "claude-code sonnet --a --b")
      #expect(try await start("codex") == "codex -")
      #expect(try await start("codex", nil, ["--c"]) == "codex - --c")
      #expect(try await scene.store.loop(Loop.ID(1))?.extraArguments == ["--c"])
      try await scene.scheduler.tick(at: scene.time.now)
      let run = try #require(await scene.agents.nextStart())
      #expect(try await scene.store.run(run)?.extraArguments == ["--c"])
    }
  }

  @Test("a model without a vendor is refused where several vendors do the roles")
  func modelOfNobody() async throws {
    try await OpsScene.with(settle: { $0.agent.roles.reviewer.vendor = .codex }) { scene in
      scene.addIssue()
      let refusal = await scene.refusal { () async throws(LooperError) in
        _ = try await scene.operations.start(StartRequest(url: "acme/tool#12", model: "opus"))
      }
      #expect(
        refusal?.message
          == "a model and arguments are one vendor's, but the roles of acme/tool are done by claude-code, codex; name one with --vendor"
      )
      let view = try await scene.operations.start(
        StartRequest(url: "acme/tool#12", vendor: "codex", model: "m"))
      #expect(view.model == "m")
    }
  }

  @Test(
    "run refuses what can never work",
    arguments: [
      (
        StartRequest(url: "nonsense"),
        "nonsense is no issue or pull request; write https://github.com/owner/name/issues/12 or owner/name#12"
      ),
      (
        StartRequest(url: "https://github.com/acme/tool/pull/3", role: "worker"),
        "a pull request is taken to ready, or reviewed with the role reviewer; worker is neither"
      ),
      (
        StartRequest(url: "acme/tool#1", vendor: "custom"),
        "the vendor custom needs agent.vendors.custom.command in the configuration, the executable to run"
      ),
      (
        StartRequest(url: "acme/tool#1", vendor: "x"),
        "x is not a vendor; use claude-code, codex, opencode, cursor or custom"
      ),
      (
        StartRequest(url: "acme/tool#1", role: "fixer"),
        "a loop cannot start with the role fixer: there is nothing to review yet; use planner or worker"
      ),
      (
        StartRequest(url: "acme/tool#1", noPlan: true, role: "planner"),
        "the role planner and no-plan exclude each other"
      ),
      (
        StartRequest(url: "acme/tool#1", extraArgs: ["\0"]),
        "extra_args must be at most 100 texts of at most 4096 bytes without a NUL"
      ),
    ])
  func startInvalid(request: StartRequest, message: String) async throws {
    try await OpsScene.with { scene in
      let error = await scene.refusal { () throws(LooperError) in
        _ = try await scene.operations.start(request)
      }
      #expect(error == LooperError(.validation, message))
    }
  }

  @Test("run says what is missing: the project, the issue, GitHub")
  func startMissing() async throws {
    try await OpsScene.with { scene in
      func refusal(_ url: String) async -> LooperError? {
        await scene.refusal { () throws(LooperError) in
          _ = try await scene.operations.start(StartRequest(url: url))
        }
      }
      #expect(
        await refusal("acme/other#1")
          == LooperError(.notFound, "acme/other is not watched; run: looper project add acme/other"))
      #expect(
        await refusal("acme/tool#1")
          == LooperError(
            .notFound, "there is no issue or pull request #1 in acme/tool that the gh login can see"))
      scene.addIssue(2, isOpen: false)
      #expect(
        await refusal("acme/tool#2")
          == LooperError(.conflict, "acme/tool#2 is closed; reopen it, then run this again"))
      scene.forge.fail(Failure(.transient, "github answered 502"))
      #expect(await refusal("acme/tool#2") == LooperError(.timeout, "github answered 502; try again"))
    }
  }

  @Test("pause answers when the agent is gone, and nothing starts before resume")
  func pause() async throws {
    try await OpsScene.with { scene in
      let (loop, run) = try await scene.startWork()
      #expect(scene.agents.running == 1)
      let paused = try await scene.operations.control(loop, .pause)
      #expect(scene.agents.running == 0)
      #expect(paused.state == "waiting")
      #expect(paused.reason == "paused")
      #expect(try await scene.store.run(run)?.state == .cancelled(reason: "paused by the operator"))
      try await scene.scheduler.tick(at: scene.time.now)
      #expect(try await scene.store.liveRuns().isEmpty)
      _ = try await scene.operations.control(loop, .resume)
      try await scene.scheduler.tick(at: scene.time.now)
      #expect(try await scene.store.liveRuns().count == 1)
    }
  }

  @Test("cancel answers when the agent is gone, and the loop has ended")
  func cancel() async throws {
    try await OpsScene.with { scene in
      let (loop, run) = try await scene.startWork()
      let view = try await scene.operations.control(loop, .cancel)
      #expect(scene.agents.running == 0)
      #expect(view.state == "done")
      #expect(view.outcome == "cancelled")
      #expect(try await scene.store.run(run)?.state.code == "cancelled")
      let error = await scene.refusal { () throws(LooperError) in
        _ = try await scene.operations.control(loop, .pause)
      }
      #expect(error == LooperError(.conflict, "L1 has ended already"))
    }
  }

  /// What ends an agent's work.
  enum Stop: String, CaseIterable, Sendable {
    case cancel, cancelRun, pause

    func perform(_ scene: OpsScene, _ loop: Loop.ID, _ run: Run.ID) async throws(LooperError) {
      switch self {
      case .cancel: _ = try await scene.operations.control(loop, .cancel)
      case .cancelRun: _ = try await scene.operations.cancelRun(run)
      case .pause: _ = try await scene.operations.control(loop, .pause)
      }
    }
  }

  @Test("a run that begins while a loop is stopped is stopped too", arguments: Stop.allCases)
  func resumedMeanwhile(stop: Stop) async throws {
    try await OpsScene.with { scene in
      let (loop, run) = try await scene.startWork()
      scene.settling.enter { await scene.resumeAndStart(loop) }
      try await stop.perform(scene, loop, run)
      #expect(scene.agents.running == 0)
      #expect(try await scene.store.liveRuns().isEmpty)
      let runs = try await scene.store.runs(ofLoop: loop, state: nil, before: Int64.max, limit: 9)
      #expect(runs.map(\.state.code) == ["cancelled", "cancelled"])
    }
  }

  @Test("what is resumed again and again is not stopped for ever", arguments: Stop.allCases)
  func resumedAgain(stop: Stop) async throws {
    try await OpsScene.with { scene in
      let (loop, run) = try await scene.startWork()
      scene.settling.enter(times: DaemonOperations.stopRoundsMax) { await scene.resumeAndStart(loop) }
      let error = await scene.refusal { () throws(LooperError) in try await stop.perform(scene, loop, run) }
      #expect(error == LooperError(.timeout, "the run of L1 could not be stopped; try again"))
      #expect(try await scene.store.loop(loop)?.state == .running)
    }
  }

  /// What is answered to a stop that leaves processes of the run behind.
  private func leaving(
    _ run: Run.ID, of loop: Loop.ID, _ scene: OpsScene, _ action: LoopAction
  ) async throws -> LooperError? {
    try await scene.leaveProcesses(of: run)
    return await scene.refusal { () throws(LooperError) in
      _ = try await scene.operations.control(loop, action)
    }
  }

  @Test("a takeover that fails leaves a loop paused only where it was", arguments: [true, false])
  func failedTakeover(isPaused: Bool) async throws {
    try await OpsScene.with { scene in
      let (loop, run) = try await scene.startWork()
      if isPaused { try await scene.store.fence(loop, at: scene.time.now) }
      let error = try await leaving(run, of: loop, scene, .takeover)
      #expect(error?.code == .conflict)
      let facts = try #require(try await scene.store.facts(of: loop))
      #expect(facts.isPaused == isPaused)
      #expect(!facts.isTakenOver)
    }
  }

  @Test("a stop that leaves processes behind is no success, and names them")
  func survivors() async throws {
    try await OpsScene.with { scene in
      let (loop, id) = try await scene.startWork()
      let error = try await leaving(id, of: loop, scene, .pause)
      let words = "R1 was stopped, but \(Session.survivorWords("12, 34"))"
      #expect(error == LooperError(.conflict, words))
      #expect(try await scene.store.run(id)?.state.code == "failed")
    }
  }

  @Test("a cancel that failed is a pause, and no later daemon goes on with it")
  func failedCancel() async throws {
    try await OpsScene.with { scene in
      let (loop, id) = try await scene.startWork()
      let error = try await leaving(id, of: loop, scene, .cancel)
      #expect(error?.code == .conflict)
      _ = try await scene.store.recover(at: scene.time.now)
      let facts = try #require(try await scene.store.facts(of: loop))
      #expect(facts.isPaused)
      #expect(!facts.isCancelDue)
    }
  }

  @Test("a loop is a person's only when no run of it is live")
  func takeoverOfWork() async throws {
    try await OpsScene.with { scene in
      let (loop, run) = try await scene.startWork()
      await #expect(throws: StaleWrite(row: "run \(run)")) {
        try await scene.store.setTakenOver(true, loop, at: scene.time.now)
      }
      #expect(try await scene.store.facts(of: loop)?.isTakenOver == false)
    }
  }

  @Test("a run that was claimed and never begun is ended by its record")
  func cancelUnbegun() async throws {
    try await OpsScene.with { scene in
      let loop = try await scene.startLoop()
      let input = try #require(await scene.store.evaluationInput(of: loop, at: scene.time.now))
      let coordinator = Coordinator(policy: FlowPolicy())
      try await scene.store.apply(
        coordinator.next(input.facts, at: scene.time.now), to: input, policy: FlowPolicy(), at: scene.time.now
      )
      let runs = try await scene.store.claimDueItems(
        admission: Admission(limits: .init()), configurationHash: "", at: scene.time.now,
        terms: { _, _ in ClaimTerms(vendor: .custom, model: nil) }, nonce: { "n" })
      #expect(runs.count == 1)
      let view = try await scene.operations.control(loop, .cancel)
      #expect(view.outcome == "cancelled")
      #expect(try await scene.store.liveRuns().isEmpty)
    }
  }

  @Test("cancelling a run pauses its loop and says how it goes on")
  func cancelRun() async throws {
    try await OpsScene.with { scene in
      let (loop, run) = try await scene.startWork()
      let view = try await scene.operations.cancelRun(run)
      #expect(view.state == "cancelled")
      #expect(scene.agents.running == 0)
      let why = try await scene.operations.why(loop)
      #expect(why.reason == "paused")
      #expect(why.sentence == "paused after its run R1 was cancelled; looper resume L1")
      #expect(why.humanCan == ["looper resume L1", "looper cancel L1"])
      let again = await scene.refusal { () throws(LooperError) in
        _ = try await scene.operations.cancelRun(run)
      }
      #expect(again == LooperError(.conflict, "R1 has ended already: cancelled"))
    }
  }

  @Test("resume and retry are refused in a state that does not allow them")
  func refusals() async throws {
    try await OpsScene.with { scene in
      let (loop, _) = try await scene.startWork()
      func refusal(_ action: LoopAction) async -> LooperError? {
        await scene.refusal { () throws(LooperError) in _ = try await scene.operations.control(loop, action) }
      }
      #expect(await refusal(.resume) == LooperError(.conflict, "L1 is not paused; see looper why L1"))
      #expect(
        await refusal(.retry) == LooperError(.conflict, "L1 is at work; stop its run first: looper pause L1"))
      let unknown = await scene.refusal { () throws(LooperError) in
        _ = try await scene.operations.control(Loop.ID(9), .pause)
      }
      #expect(unknown == LooperError(.notFound, "there is no loop L9; see looper loops"))
    }
  }

  @Test("loops page newest first, by state and project")
  func pages() async throws {
    try await OpsScene.with { scene in
      for number in 1...3 { _ = try await scene.startLoop(number) }
      _ = try await scene.operations.control(Loop.ID(2), .cancel)
      let live = try await scene.operations.loops(LoopFilter(), PageRequest())
      #expect(live.items.map(\.id) == ["L3", "L1"])
      let first = try await scene.operations.loops(LoopFilter(state: "all"), PageRequest(limit: 2))
      #expect(first.items.map(\.id) == ["L3", "L2"])
      let second = try await scene.operations.loops(
        LoopFilter(state: "all"), PageRequest(cursor: first.nextCursor, limit: 2))
      #expect(second.items.map(\.id) == ["L1"])
      #expect(second.nextCursor == nil)
      let wrong = await scene.refusal { () throws(LooperError) in
        _ = try await scene.operations.runs(RunFilter(), PageRequest(cursor: first.nextCursor))
      }
      #expect(wrong?.code == .validation)
    }
  }
}
