import Testing

@testable import Looper

@Suite("claiming")
struct ClaimTests {
  @Test("an item is claimed once, however many claimers race", arguments: [1, 2, 8])
  func exclusive(claimers: Int) async throws {
    let store = try Store.scratch()
    let now = ForgeScene.startedAt
    let name = try #require(ProjectName("acme/shop"))
    let (project, _) = try await store.addProject(
      name, checkoutPath: nil, baseBranch: nil, facts: nil, at: now)
    for number in 1...20 {
      let draft = LoopDraft(
        projectID: project.id, subject: .issue(number), title: "t", lane: .planned, skipsPlan: false)
      let (loop, _) = try await store.startLoop(draft, at: now)
      let input = try #require(try await store.evaluationInput(of: loop.id, at: now))
      try await store.apply(.run(.plan, notBefore: now), to: input, policy: FlowPolicy(), at: now)
    }
    let claimed = try await withThrowingTaskGroup(of: [Run.ID].self) { group in
      for _ in 0..<claimers {
        group.addTask {
          try await store.claimDueItems(
            admission: Admission(limits: .init(runs: 20, perProject: 20, perRole: 20, perVendor: 20)),
            configurationHash: "", at: now, terms: { _, _ in ClaimTerms(vendor: .custom, model: nil) },
            nonce: { "n" })
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(claimed.count == 20)
    #expect(Set(claimed).count == 20)
    #expect(try await store.liveRuns().count == 20)
  }

  @Test("a project that holds fewer slots goes first, and limits hold")
  func fairness() {
    func candidate(_ id: Int64, _ project: Int64, due: Int64 = 0) -> Admission.Candidate {
      .init(
        itemID: .init(id), project: .init(project), role: .worker, vendor: .custom, lane: .planned,
        dueAt: Timestamp(milliseconds: due), isBumped: false)
    }
    let admission = Admission(limits: .init(runs: 4, perProject: 2, perRole: 4, perVendor: 4))
    let chosen = admission.choose(
      from: [candidate(1, 1), candidate(2, 1), candidate(3, 1), candidate(4, 2, due: 5)],
      holding: [.init(project: .init(1), role: .worker, vendor: .custom)], at: Timestamp(milliseconds: 10))
    #expect(chosen.map(\.itemID.rawValue) == [4, 1])
  }

  /// What is chosen of four items that share project, vendor and role in pairs, alone and beside a run that shares all
  /// three with the first.
  @Test(
    "each limit counts what shares its own thing: all, the project, the role, the vendor",
    arguments: [
      (Admission.Limits(runs: 9, perProject: 9, perRole: 9, perVendor: 9), [1, 2, 3, 4], [2, 3, 1, 4]),
      (.init(runs: 2, perProject: 9, perRole: 9, perVendor: 9), [1, 2], [2]),
      (.init(runs: 9, perProject: 1, perRole: 9, perVendor: 9), [1, 2, 3], [2, 3]),
      (.init(runs: 9, perProject: 9, perRole: 1, perVendor: 9), [1, 2, 4], [2, 4]),
      (.init(runs: 9, perProject: 9, perRole: 9, perVendor: 1), [1, 3, 4], [3, 4]),
    ])
  func limits(_ limits: Admission.Limits, alone: [Int64], beside: [Int64]) {
    let now = Timestamp(milliseconds: 0)
    func candidate(_ id: Int64, _ project: Int64, _ role: Role, _ vendor: Vendor) -> Admission.Candidate {
      .init(
        itemID: .init(id), project: .init(project), role: role, vendor: vendor, lane: .planned, dueAt: now,
        isBumped: false)
    }
    let candidates = [
      candidate(1, 1, .worker, .claudeCode), candidate(2, 2, .planner, .claudeCode),
      candidate(3, 3, .worker, .codex), candidate(4, 1, .fixer, .cursor),
    ]
    func chosen(beside slots: [Admission.Slot]) -> [Int64] {
      Admission(limits: limits).choose(from: candidates, holding: slots, at: now).map(\.itemID.rawValue)
    }
    #expect(chosen(beside: []) == alone)
    #expect(chosen(beside: [.init(project: .init(1), role: .worker, vendor: .claudeCode)]) == beside)
  }

  @Test("with one run of a vendor at a time the other vendor's starts beside it, the rest when it has ended")
  func perVendor() async throws {
    var configuration = Configuration()
    configuration.agent.settings.vendor = .codex
    configuration.limits.runsPerVendor = 1
    let settings = EngineSettings(configuration)
    let store = try Store.scratch()
    let now = ForgeScene.startedAt
    let name = try #require(ProjectName("acme/shop"))
    let (project, _) = try await store.addProject(
      name, checkoutPath: nil, baseBranch: nil, facts: nil, at: now)
    for number in 1...4 {
      var draft = LoopDraft(
        projectID: project.id, subject: .issue(number), title: "t", lane: .planned, skipsPlan: false)
      draft.vendor = number > 2 ? .cursor : nil
      let (loop, _) = try await store.startLoop(draft, at: now)
      let input = try #require(try await store.evaluationInput(of: loop.id, at: now))
      try await store.apply(.run(.plan, notBefore: now), to: input, policy: FlowPolicy(), at: now)
    }
    var vendors: [[Vendor]] = []
    for _ in 0..<3 {
      _ = try await store.claimDueItems(
        admission: Admission(limits: settings.limits), configurationHash: "", at: now,
        terms: { settings.terms(of: $0, $1) }, nonce: { "n" })
      let live = try await store.liveRuns()
      vendors.append(live.map(\.vendor).sorted { $0.rawValue < $1.rawValue })
      for run in live {
        try await store.endRun(
          run, with: .failed(.transient, "m"), unit: 0, policy: FlowPolicy(), at: now)
      }
    }
    #expect(vendors == [[.codex, .cursor], [.codex, .cursor], []])
  }

  @Test("waiting raises an item, so that no lane starves")
  func ageing() {
    let old = Admission.Candidate(
      itemID: .init(1), project: .init(1), role: .worker, vendor: .custom, lane: .auto,
      dueAt: Timestamp(milliseconds: 0), isBumped: false)
    var fresh = old
    fresh.itemID = .init(2)
    fresh.lane = .manual
    let now = Timestamp(milliseconds: Admission.ageingStep.milliseconds * 3)
    fresh.dueAt = now
    let admission = Admission(limits: .init(runs: 1))
    #expect(admission.choose(from: [fresh, old], holding: [], at: now).map(\.itemID.rawValue) == [1])
  }
}
