import Testing

@testable import Looper

@Suite("why a loop does not move is always answered, with what moves it")
struct WhyAnswerTests {
  static let now = Timestamp(milliseconds: 1_790_000_000_000)
  static let later = now + .seconds(60)

  static func loop(_ state: LoopState, pull: Int? = 34) throws -> Loop {
    Loop(
      id: Loop.ID(1), projectID: Project.ID(1), project: try #require(ProjectName("acme/tool")),
      subject: .issue(12),
      title: "t", lane: .planned, phase: .codeReview, state: state, stateSince: now, skipsPlan: false,
      pullNumber: pull, counters: LoopCounters(agentFailures: 1), createdAt: now, generation: 1)
  }

  static func answer(
    _ state: LoopState, pull: Int? = 34, host: HostHealth.State = .init(),
    _ settle: (inout WhyRecord) -> Void = { _ in }
  ) throws -> WhyAnswer {
    var record = WhyRecord(facts: LoopFacts(loop: try loop(state, pull: pull)))
    settle(&record)
    return WhyAnswer(
      record: record, host: host, policy: FlowPolicy(), limits: .init(), vendors: [.claudeCode], now: now)
  }

  static var down: HostHealth.State {
    HostHealth.State(failures: 1, retryAt: later, message: "github answered 502", since: now)
  }

  static func run(_ state: RunState) -> Run {
    Run(
      id: Run.ID(3), loopID: Loop.ID(1), itemID: QueueItem.ID(5), job: .plan, state: state,
      vendor: .claudeCode,
      model: nil, generation: 1, configurationHash: "", pipelineVersion: 1, startedAt: now, endedAt: nil)
  }

  static func item(dueAt: Timestamp) -> QueueItem {
    QueueItem(
      id: QueueItem.ID(5), loopID: Loop.ID(1), job: .plan, lane: .planned, state: .queued, dueAt: dueAt,
      enqueuedAt: now, isBumped: false)
  }

  static func effect(_ failure: Failure?) throws -> Effect {
    let commit = try #require(CommitSHA(rawValue: String(repeating: "a", count: 40)))
    return Effect(
      id: Effect.ID(7), loopID: Loop.ID(1), stage: "publish", key: "k",
      write: .pushBranch(PushBranch(branch: "looper/12-t", commit: commit, expectedOld: nil)),
      state: .pending,
      attempts: 1, notBefore: later, failure: failure, createdAt: now)
  }

  static let states: [LoopState] =
    [.queued, .running] + WaitReason.allCases.map { .waiting($0, wakeAt: nil) }
    + BlockReason.allCases.map { .blocked($0) } + Outcome.allCases.map { .done($0) }

  @Test("every state and reason has a sentence, a condition, and something to do", arguments: states)
  func total(state: LoopState) throws {
    let view = try Self.answer(state).view
    #expect(!view.sentence.isEmpty)
    #expect(!view.sentence.hasSuffix("."))
    #expect(!view.waitsFor.isEmpty)
    #expect(!view.humanCan.isEmpty)
    #expect(view.reason == state.reason ?? state.code)
    #expect(view.since == Self.now)
  }

  @Test("whose rights could not be read is told: who replied to a question, else who asked")
  func unreadPerson() throws {
    let state = LoopState.waiting(.permission, wakeAt: nil)
    let asked = try Self.answer(state).view
    #expect(asked.sentence.hasPrefix("it could not be read whether who asked may write"))
    let replied = try Self.answer(state) { $0.question = OpenQuestion(text: "Which?", options: []) }.view
    #expect(replied.sentence.hasPrefix("it could not be read whether somebody who replied may write"))
  }

  @Test("only a worktree that is there is kept for the person who took it over", arguments: [true, false])
  func keptWorktree(isThere: Bool) throws {
    let view = try Self.answer(.done(.cancelled)) {
      $0.facts.isTakenOver = true
      $0.hasWorktree = isThere
    }.view
    #expect(view.sentence.contains("its worktree is kept") == isThere)
    #expect(view.humanCan.contains("looper handback L1") == isThere)
  }

  @Test("no two reasons are told by the same sentence")
  func distinct() throws {
    let sentences = try Self.states.map { try Self.answer($0).view.sentence }
    #expect(Set(sentences).count == sentences.count)
  }

  @Test(
    "a blocked loop tells the coordinator's words and ends with a retry or a cancel",
    arguments: BlockReason.allCases)
  func blocked(reason: BlockReason) throws {
    let view = try Self.answer(.blocked(reason)) { $0.extras.message = "said so" }.view
    if reason != .question { #expect(view.sentence.contains("said so")) }
    #expect(view.humanCan.last == "looper cancel L1")
    #expect(view.humanCan.contains { $0.contains("looper retry L1") })
  }

  @Test("a loop that backs off tells the failure, the attempt and the time")
  func backingOff() throws {
    let view = try Self.answer(.queued) { record in
      record.item = Self.item(dueAt: Self.later)
      record.lastRun = Self.run(.failed(Failure(.agent, "the planner changed nothing")))
    }.view
    #expect(
      view.sentence
        == "R3 (plan) failed: the planner changed nothing (failure 1 of 3 in a row); it is tried again after a pause"
    )
    #expect(view.waitsFor == "the time \(WhyAnswer.clock(Self.later)), then plan starts again")
    #expect(view.wakesAt == Self.later)
    #expect(view.humanCan == ["looper queue bump 5", "looper run logs R3", "looper pause L1"])
  }

  @Test("a due loop tells what keeps it from starting: the host or a limit")
  func due() throws {
    let host = try Self.answer(.queued, host: Self.down) { $0.item = Self.item(dueAt: Self.now) }.view
    #expect(
      host.sentence
        == "plan is due, but github.com does not answer since \(WhyAnswer.clock(Self.now)): github answered 502"
    )
    #expect(host.wakesAt == Self.later)
    var limited = Self.down
    limited.isLimited = true
    let waiting = try Self.answer(.queued, host: limited) { $0.item = Self.item(dueAt: Self.now) }.view
    #expect(waiting.sentence.contains("github.com has a rate limit that is used up since"))
    #expect(waiting.humanCan == ["looper status"])
    let full = try Self.answer(.queued) { record in
      record.item = Self.item(dueAt: Self.now)
      let slot = Admission.Slot(project: Project.ID(2), role: .worker, vendor: .custom)
      record.slots = Array(repeating: slot, count: 4)
    }.view
    #expect(full.sentence == "plan is due and waits for a free slot: 4 of limits.runs = 4 are taken")
  }

  @Test("a write that failed is told wherever the loop waits for it")
  func effects() throws {
    let failed = try Self.effect(Failure(.transient, "github answered 502"))
    let trouble =
      "push-branch to looper/12-t failed: github answered 502; tried again at \(WhyAnswer.clock(Self.later))"
    let waiting = try Self.answer(.waiting(.effects, wakeAt: nil)) { $0.effects = [failed] }.view
    #expect(waiting.sentence == trouble)
    #expect(waiting.waitsFor == "receipts of push-branch to looper/12-t")
    let running = try Self.answer(.running) { record in
      record.run = Self.run(.running)
      record.runExtras.stage = "confirm"
      record.effects = [failed]
    }.view
    #expect(running.sentence == "R3 (plan by claude-code) is at work, stage confirm; \(trouble)")
    let quiet = try Self.effect(nil)
    let down = try Self.answer(.waiting(.effects, wakeAt: nil), host: Self.down) { $0.effects = [quiet] }.view
    #expect(
      down.sentence
        == "push-branch to looper/12-t is not sent, for github.com does not answer since \(WhyAnswer.clock(Self.now)): github answered 502"
    )
  }

  @Test("a question is shown with its options")
  func question() throws {
    let view = try Self.answer(.blocked(.question)) { record in
      record.question = OpenQuestion(
        text: "Which one?", options: ["a", "b"], defaultOption: nil, deadlineAt: Self.later)
    }.view
    #expect(view.sentence == "an agent asks: Which one? (a / b)")
    #expect(view.wakesAt == Self.later)
  }

  @Test("a loop that is ready or waits for approval names the pull request and the command")
  func people() throws {
    let merge = try Self.answer(.waiting(.merge, wakeAt: nil)).view
    #expect(merge.waitsFor == "a person to merge https://github.com/acme/tool/pull/34")
    #expect(merge.humanCan.first == "gh pr merge 34 --repo acme/tool")
    let approval = try Self.answer(.waiting(.specApproval, wakeAt: nil)).view
    #expect(
      approval.humanCan == [
        "approve https://github.com/acme/tool/pull/34",
        "gh pr edit 34 --repo acme/tool --add-label looper:spec-ready",
        "looper cancel L1",
      ])
  }

  @Test("a due item whose vendor is limited names the limit, its end and the probe")
  func limitedVendor() throws {
    var gate = VendorGate()
    _ = gate.apply(.refused(Run.ID(3), until: Self.later, message: "5-hour limit"), at: Self.now)
    let waiting = try Self.answer(.queued) {
      $0.item = Self.item(dueAt: Self.now)
      $0.gates = [.claudeCode: gate]
    }.view
    let clock = WhyAnswer.clock(Self.later)
    #expect(
      waiting.sentence == "plan is due, but the plan of claude-code is used up: 5-hour limit, until \(clock)")
    #expect(waiting.wakesAt == Self.later)
    _ = gate.apply(.claimed(Run.ID(9)), at: Self.later)
    let probed = try Self.answer(.queued) {
      $0.item = Self.item(dueAt: Self.now)
      $0.gates = [.claudeCode: gate]
    }.view
    #expect(probed.waitsFor == "the first answer of the model in R9")
    #expect(probed.wakesAt == nil)
  }
}
