import Foundation

/// A small working GitHub: issues, labels, pull requests over real bare repositories, reviews, checks.
///
/// Not a mock: what GitHub refuses it refuses with GitHub's status, and what it answers follows from its
/// ``ForgeState``. Requests come through ``handle(_:)``; what people do in the browser through the methods
/// of `LocalForge+People.swift`; both run as a ``ForgeSession`` on a copy of the state, which replaces the
/// state when it succeeded, and is dropped when it was refused.
actor LocalForge {
  /// How many answered requests are remembered.
  static let requestLogMax = 10_000

  let configuration: ForgeConfiguration
  let git: any ForgeRepositoryStorage
  private var state = ForgeState()
  /// The state before the last write, for stale reads.
  private var previous = ForgeState()
  private var turnstile = ForgeTurnstile()
  private var limits: ForgeRateLimits
  private var faults: [ForgeArmedFault] = []
  private var listeners: [Int: AsyncStream<ForgeChange>.Continuation] = [:]
  private var nextListener = 0
  private(set) var requestLog: [ForgeLogEntry] = []
  /// How many requests and actions changed something.
  private(set) var mutationCount = 0
  /// When the last of them did.
  private(set) var changedAt: Timestamp?

  init(configuration: ForgeConfiguration, git: any ForgeRepositoryStorage) {
    self.configuration = configuration
    self.git = git
    limits = ForgeRateLimits(rest: configuration.restLimit, graph: configuration.graphLimit)
  }

  /// Answers one HTTP request.
  func handle(_ request: ForgeRequest) async -> ForgeResponse {
    let operation = ForgeGraphQL.operationName(of: request)
    let fault = takeFault(for: request, operation: operation)
    let login = login(of: request)
    var response = await answer(request, login: login, fault: fault)
    if case .lostAfter = fault { response.isLost = true }
    if case .truncatedBody = fault { response.body = response.body.prefix(response.body.count / 2) }
    let entry = ForgeLogEntry(
      method: request.method, path: request.path, operation: operation,
      status: response.isLost ? 0 : response.status, login: login, fault: fault)
    if requestLog.count == Self.requestLogMax { requestLog.removeFirst() }
    requestLog.append(entry)
    return response
  }

  /// Everything as it is, for assertions.
  func snapshot() -> ForgeState { state }

  /// Looks at the branches, as every request does first.
  func refresh() async throws { try await perform(as: "ghost") { _ in } }

  /// Makes the next `times` matching requests go wrong.
  func inject(_ fault: ForgeFault, matching matcher: ForgeFaultMatcher = .any, times: Int = 1) {
    faults.append(ForgeArmedFault(fault: fault, matcher: matcher, timesLeft: times))
  }

  func clearFaults() { faults = [] }

  /// News from now on. Buffers the newest 1000; a reader that loses some can ask for a ``snapshot()``.
  func changes() -> AsyncStream<ForgeChange> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: ForgeChange.self, bufferingPolicy: .bufferingNewest(1000))
    listeners[nextListener] = continuation
    nextListener += 1
    return stream
  }

  /// Ends the streams of ``changes()``.
  func finishChanges() {
    for listener in listeners.values { listener.finish() }
    listeners = [:]
  }

  /// Runs an action as somebody, all or nothing.
  ///
  /// - Throws: ``ForgeRefusal``, or what the storage threw; then nothing of the state changed.
  func perform<Answer: Sendable>(
    as login: String, isWrite: Bool = true,
    _ action: @Sendable (inout ForgeSession) async throws -> Answer
  ) async throws -> Answer {
    if !turnstile.enter() {
      await withCheckedContinuation { turnstile.park($0) }
    }
    defer { turnstile.leave() }
    try await observe(as: login)
    var session = session(as: login, on: state)
    let answer = try await action(&session)
    if isWrite {
      _ = try await session.performAutoMerges()
      previous = state
      mutationCount += 1
      changedAt = configuration.now()
    }
    commit(session)
    return answer
  }

  /// Notices what was pushed, and whose turn to be merged has come; kept even when the action after it is refused.
  private func observe(as login: String) async throws {
    var session = session(as: login, on: state)
    let isPushed = try await session.observeBranches()
    var hasQueueMoved = false
    if session.isQueueDue { hasQueueMoved = try await session.performAutoMerges() }
    guard isPushed || hasQueueMoved else { return }
    previous = state
    commit(session)
  }

  private func session(as login: String, on state: ForgeState) -> ForgeSession {
    ForgeSession(state: state, git: git, configuration: configuration, viewer: login)
  }

  private func commit(_ session: ForgeSession) {
    state = session.state
    for change in session.changes {
      for listener in listeners.values { listener.yield(change) }
    }
  }

  // MARK: requests

  private func answer(_ request: ForgeRequest, login: String?, fault: ForgeFault?) async -> ForgeResponse {
    if case .slow(let duration) = fault { try? await configuration.pause(duration) }
    if let planned = fault?.plannedResponse(for: request) { return planned }
    guard let login else {
      let refusal: ForgeRefusal =
        request.headers["authorization"] == nil ? .requiresAuthentication : .badCredentials
      return refusal.response
    }
    let now = configuration.now()
    let isGraph = ForgeRouter.isGraph(request)
    guard limits.take(login: login, isGraph: isGraph, isFree: ForgeRouter.isRateLimit(request), at: now)
    else {
      return limits.exhaustedResponse(login: login, isGraph: isGraph, at: now)
    }
    var response = await dispatch(request, login: login, isStale: fault == .staleRead)
    if response.status == 200, request.method == "GET" { response.tag(for: request) }
    if response.status == 304 { limits.giveBack(login: login, isGraph: isGraph) }
    response.headers.merge(limits.headers(login: login, isGraph: isGraph, at: now)) { $1 }
    return response
  }

  private func dispatch(_ request: ForgeRequest, login: String, isStale: Bool) async -> ForgeResponse {
    let usage = limits.usage(login: login, at: configuration.now())
    let isWrite = ForgeRouter.isWrite(request)
    do {
      if isStale, !isWrite {
        var session = session(as: login, on: previous)
        return try await ForgeRouter.answer(request, usage: usage, in: &session)
      }
      return try await perform(as: login, isWrite: isWrite) { session in
        try await ForgeRouter.answer(request, usage: usage, in: &session)
      }
    } catch let refusal as ForgeRefusal {
      return refusal.response
    } catch {
      return ForgeRefusal(status: 500, message: "Server Error: \(error)").response
    }
  }

  private func login(of request: ForgeRequest) -> String? {
    let words = (request.headers["authorization"] ?? "").split(separator: " ")
    guard words.count == 2, ["token", "bearer"].contains(words[0].lowercased()) else { return nil }
    return configuration.tokens[String(words[1])]
  }

  private func takeFault(for request: ForgeRequest, operation: String?) -> ForgeFault? {
    guard let index = faults.firstIndex(where: { $0.matcher.matches(request, operation: operation) }) else {
      return nil
    }
    let fault = faults[index].fault
    faults[index].timesLeft -= 1
    if faults[index].timesLeft <= 0 { faults.remove(at: index) }
    return fault
  }
}
