import Synchronization

/// Keeps calls from being sent while GitHub does not want them, per host and budget.
///
/// Learns from the headers of every answer: at zero remaining, and after a secondary limit, nothing is sent until
/// the moment GitHub named. A secondary limit closes both budgets of the host, for it counts them together.
final class GitHubRateGate: Sendable {
  /// Where the growing pause of repeated secondary limits stops.
  static let pauseMax = Duration.seconds(900)

  /// What is known of one budget, for `status` and metrics.
  struct Budget: Hashable, Sendable {
    var remaining: Int?
    var resetsAt: Timestamp?
    /// Nothing is sent before this.
    var closedUntil: Timestamp?
  }

  /// A budget: GitHub keeps one per host and resource.
  struct Key: Hashable, Sendable {
    var host: String
    var resource: GhRequest.Resource
  }

  private struct State {
    var budgets: [Key: Budget] = [:]
    /// Consecutive secondary limits without a good answer between, per host.
    var strikes: [String: Int] = [:]
  }

  private let state = Mutex(State())

  /// The failure to answer with instead of sending; nil when the way is free.
  func refusal(of request: GhRequest, now: Timestamp) -> Failure? {
    let key = Key(host: request.host, resource: request.resource)
    let until = state.withLock { $0.budgets[key]?.closedUntil }
    guard let until, until > now else { return nil }
    return Failure(.rateLimited(until: until), "github limits the rate of calls until \(until.iso8601)")
  }

  /// Takes note of an answer.
  ///
  /// - Returns: `failure`, with a longer pause when secondary limits repeat.
  func record(_ answer: GhAnswer, to request: GhRequest, failure: Failure?, now: Timestamp) -> Failure? {
    state.withLock { state in
      let key = Key(host: request.host, resource: request.resource)
      var budget = state.budgets[key] ?? Budget()
      budget.remaining = answer.headers["x-ratelimit-remaining"].flatMap { Int($0) } ?? budget.remaining
      budget.resetsAt =
        answer.headers["x-ratelimit-reset"].flatMap { Int64($0) }.map { Timestamp(seconds: $0) }
        ?? budget.resetsAt
      guard let failure, case .rateLimited(let until) = failure.kind else {
        // An answer that was on its way when the gate was closed does not open it.
        let closed = budget.closedUntil.flatMap { $0 > now ? $0 : nil }
        if answer.status != nil, closed == nil { state.strikes[request.host] = nil }
        let isEmpty = answer.headers["x-ratelimit-remaining"] == "0"
        let end = isEmpty ? GitHubFailure.limitEnd(in: answer.headers, now: now) : nil
        budget.closedUntil = [closed, end].compactMap(\.self).max()
        state.budgets[key] = budget
        return failure
      }
      let isPrimary = answer.headers["x-ratelimit-remaining"] == "0" && answer.headers["retry-after"] == nil
      guard !isPrimary else {
        budget.closedUntil = until
        state.budgets[key] = budget
        return failure
      }
      state.budgets[key] = budget
      return Self.close(&state, host: request.host, until: until, message: failure.message, now: now)
    }
  }

  var snapshot: [Key: Budget] { state.withLock { $0.budgets } }

  /// Closes every budget of `host`, at least as long as its strikes demand.
  private static func close(
    _ state: inout State, host: String, until: Timestamp?, message: String, now: Timestamp
  ) -> Failure {
    let strikes = (state.strikes[host] ?? 0) + 1
    state.strikes[host] = strikes
    let grown = GitHubFailure.secondaryLimitPause * (1 << min(strikes - 1, 4))
    // The first time GitHub's own word is enough; it is when it says so again that more is due.
    let least = strikes == 1 ? until ?? now + grown : now + min(grown, pauseMax)
    let end = max(until ?? least, least)
    for resource in GhRequest.Resource.allCases {
      let key = Key(host: host, resource: resource)
      var budget = state.budgets[key] ?? Budget()
      budget.closedUntil = max(budget.closedUntil ?? end, end)
      state.budgets[key] = budget
    }
    return Failure(.rateLimited(until: end), message)
  }
}
