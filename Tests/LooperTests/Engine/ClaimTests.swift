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
