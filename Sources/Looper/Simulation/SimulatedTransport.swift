import Foundation

/// Carries calls to the local GitHub, with the trouble fate has in store.
struct SimulatedTransport: GhTransport {
  static let token = "simulated"
  /// For how long GitHub's lists may lack what was written last.
  private static let readLag: Duration = .seconds(15)

  let forge: LocalForge
  let fate: SimulatedFate
  let time: SimulatedTime
  /// What a mutation test takes away.
  var flaw: SimulationFlaw?
  /// Lets the rest of the world go on while a slow answer is on its way.
  let linger: @Sendable () async -> Void

  func send(_ request: GhRequest) async throws(Failure) -> GhAnswer {
    let what = "\(request.kind.rawValue) \(request.method.rawValue) \(request.path.prefix(80))"
    guard !fate.boundary("before \(what)") else { throw SimulatedFate.dead }
    if flaw == .pullsAreNotLookedFor, request.kind == .probe, request.path.contains("/pulls?") {
      return GhAnswer(status: 200, body: Data("[]".utf8))
    }
    // A look for what was just written may be answered from before it.
    let isFresh = await forge.changedAt.map { time.trueNow < $0 + Self.readLag } ?? false
    let fault = self.fault(for: request, isFresh: isFresh)
    if let fault { await forge.inject(fault) }
    if request.kind == .probe { fate.noteLook(isStale: fault == .staleRead) }
    let response = await forge.handle(
      ForgeRequest(
        request.method.rawValue, target: "/\(request.path)",
        headers: ["authorization": "token \(Self.token)", "host": "api.\(request.host)"],
        body: request.body.map(ForgeJSON.encode) ?? Data()))
    fate.journal.note("\(what) \(fault.map { "\($0) " } ?? "")\(response.isLost ? 0 : response.status)")
    if isLook(request), fate.allows(.reorder), fate.chance(perMille: 30) { await linger() }
    guard !fate.boundary("after \(what)") else { throw SimulatedFate.dead }
    guard !response.isLost else { return GhAnswer(isComplete: false, complaint: "unexpected EOF") }
    return GhAnswer(
      status: response.status, headers: response.headers, body: response.body,
      isComplete: response.status < 400)
  }

  private func isLook(_ request: GhRequest) -> Bool { request.kind == .observe || request.kind == .sweep }

  private func fault(for request: GhRequest, isFresh: Bool) -> ForgeFault? {
    // Writes more often: it is their answers that matter.
    if fate.allows(.lost), fate.chance(perMille: request.kind == .write ? 50 : 12) {
      return fate.chance(perMille: 600) ? .lostAfter : .lostBefore
    }
    // The last look before a write cannot be better than GitHub's own answer.
    if fate.allows(.stale), request.kind == .probe, isFresh, fate.chance(perMille: 200) { return .staleRead }
    if fate.allows(.stale), request.kind == .observe || request.kind == .sweep || request.kind == .permission,
      fate.chance(perMille: 30)
    {
      return .staleRead
    }
    if fate.allows(.limits), fate.chance(perMille: 3) {
      let seconds = fate.draw(1...600)
      let limits: [ForgeFault] = [
        .secondaryLimit(retryAfter: seconds), .tooManyRequests(retryAfter: seconds),
        .rateLimitExhausted(reset: time.trueNow + .seconds(seconds)),
      ]
      return fate.pick(limits)
    }
    guard fate.allows(.errors) else { return nil }
    if fate.chance(perMille: 10) {
      let errors: [ForgeFault] = [
        .status(500), .status(502), .status(503), .htmlPage(502), .unauthorized, .truncatedBody,
      ]
      return fate.pick(errors)
    }
    guard request.kind == .write || request.kind == .observe, fate.chance(perMille: 3) else { return nil }
    // Refusals that are meant: rights were taken away, the thing is gone, somebody was faster, the text is not liked.
    let refusals: [ForgeFault] =
      request.kind == .write
      ? [.readOnly, .notFound, .status(409), .status(422)] : [.status(403), .notFound]
    return fate.pick(refusals)
  }
}

/// The engine's GitHub in a simulation: the production adapter, with a witness of everything that is published.
struct SimulatedForge: Forge {
  let github: GitHub
  /// What a mutation test takes away.
  var flaw: SimulationFlaw?
  /// Never the same twice; for a mutation test.
  var news: @Sendable () -> Int = { 0 }
  /// Told before a write is sent. What it returns is told when the write was done.
  let witness: @Sendable (ResolvedWrite) async -> (@Sendable () async -> Void)?

  func sweep(_ request: SweepRequest) async throws(Failure) -> SweepResult {
    var result = try await github.sweep(request)
    guard flaw == .sweepsAlwaysSeeNews else { return result }
    for (project, seen) in result.repositories {
      guard case .success(var repository) = seen else { continue }
      repository.issues = repository.issues.mapValues { "\($0) \(news())" }
      result.repositories[project] = .success(repository)
    }
    return result
  }

  func observe(_ project: ProjectName, issue: Int?, pull: Int?) async throws(Failure) -> Observation {
    var seen: Observation
    do {
      seen = try await github.observe(project, issue: issue, pull: pull)
    } catch {
      throw flaw == .failuresAreTheAgents ? Failure(.agent, error.message) : error
    }
    if flaw == .checksLookGreen, let checks = seen.pull?.checks {
      seen.pull?.checks = checks.map { check in
        var green = check
        green.result = .passed
        return green
      }
    }
    if flaw == .blockersAreNotSeen { seen.issue?.blockers = [] }
    if flaw == .changesLookHarmless {
      seen.pull?.merge?.changedPaths = []
      seen.pull?.merge?.changedFiles = 0
      seen.pull?.merge?.additions = 0
    }
    return seen
  }

  func repository(_ project: ProjectName) async throws(Failure) -> RepositoryFacts {
    try await github.repository(project)
  }

  func failureExcerpt(of check: CheckSnapshot, in project: ProjectName) async throws(Failure) -> String {
    try await github.failureExcerpt(of: check, in: project)
  }

  func openPull(headedBy branch: String, in project: ProjectName) async throws(Failure) -> Int? {
    try await github.openPull(headedBy: branch, in: project)
  }

  func guardFacts(_ project: ProjectName, issue: Int?, pull: Int?) async throws(Failure) -> WriteGuard {
    var facts = try await github.guardFacts(project, issue: issue, pull: pull)
    if flaw == .guardSeesNoLabels { (facts.issueLabels, facts.pullLabels) = ([], []) }
    if flaw == .guardSeesNoEnd {
      facts.isIssueOpen = true
      facts.pullState = facts.pullState.map { _ in .open }
    }
    if flaw == .guardSeesNoHead { facts.pullHead = nil }
    return facts
  }

  func probe(_ write: ResolvedWrite) async throws(Failure) -> Receipt? {
    flaw == .probesFindNothing ? nil : try await github.probe(write)
  }

  func perform(_ write: ResolvedWrite) async throws(Failure) -> Receipt {
    let whenDone = await witness(write)
    var performed = write
    if flaw == .resolutionLooksAway, case .resolveThread(let thread, _) = write.write {
      performed.write = .resolveThread(threadID: thread)
    }
    let receipt = try await github.perform(performed)
    await whenDone?()
    return receipt
  }
}
