/// What Claude Code's errors mean for a retry.
///
/// It reports them as text of its last event, with `api_error_status` when the provider answered (2.1.330).
enum ClaudeCodeComplaint {
  /// Longer texts are the agent's work, which may well speak of limits and logins.
  static let lengthMax = 300

  /// The failure of a session that the CLI itself calls failed.
  static func failure(status: Int64?, connectionError: String?, text: String) -> Failure {
    let words = AgentText.progress(text) ?? "no reason given"
    if let known = failure(inText: text) { return known }
    if connectionError != nil { return Failure(.transient, "the agent cannot reach its model: \(words)") }
    switch status {
    case 401?, 403?: return login(words)
    case 404?: return Failure(.needsHuman, "the agent's model is not available: \(words); set agent.model")
    case 429?: return limit(words)
    case 408?: return Failure(.transient, "the agent's provider failed: \(words)")
    case let status? where status >= 500: return Failure(.transient, "the agent's provider failed: \(words)")
    case _?, nil: return Failure(.agent, "the agent failed: \(words)")
    }
  }

  /// Short texts that are an error in the dress of an ordinary answer; nil for anything else.
  static func failure(inText text: String) -> Failure? {
    guard text.count <= lengthMax else { return nil }
    let lower = text.lowercased().replacing("’", with: "'")
    let words = AgentText.progress(text) ?? ""
    func says(_ phrases: String...) -> Bool { phrases.contains { lower.contains($0) } }
    if says("limit reached", "hit your limit", "out of extra usage")
      || (says("hit your ", "reached your ") && says(" limit"))
    {
      return limit(words)
    }
    if says("invalid api key", "please run /login", "not logged in", "oauth token has expired") {
      return login(words)
    }
    if says("credit balance is too low") {
      return Failure(.needsHuman, "the agent's account has no credit: \(words)")
    }
    if says("api error: connection", "econnrefused", "enotfound", "etimedout", "econnreset") {
      return Failure(.transient, "the agent cannot reach its model: \(words)")
    }
    return nil
  }

  /// The trouble an `api_retry` event tells of.
  static func failure(retrying event: JSONValue) -> Failure {
    let reason = event["error"]?.stringValue ?? "unknown"
    let failure = failure(
      status: event["error_status"]?.integerValue, connectionError: nil, text: "retrying after \(reason)")
    // A retry without an answer of the provider is the network.
    guard failure.kind == .agent else { return failure }
    return Failure(.transient, "the agent cannot reach its model: retrying after \(reason)")
  }

  private static func login(_ words: String) -> Failure {
    Failure(.needsHuman, "the agent is not logged in: \(words); run `claude` as this user and log in")
  }

  private static func limit(_ words: String) -> Failure {
    Failure(
      .usageLimited(until: UsageLimitText.epoch(in: words)), "the agent's usage limit is reached: \(words)")
  }
}
