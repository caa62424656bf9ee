/// What the words of an agent CLI about its provider mean for a retry.
///
/// The CLIs print what the provider answered, more or less as it came: a status, a code word, a sentence for people.
struct ProviderComplaint: Hashable, Sendable {
  /// Longer texts are the agent's work, which may well speak of limits and logins.
  static let answerLengthMax = 300

  /// What a person does about a missing login, such as "run `codex login` as this user".
  var loginAdvice: String

  /// What the CLI itself calls an error. Words that say nothing known are a failure of the agent.
  ///
  /// - Parameter status: the provider's HTTP status, when it is told apart from the words.
  func failure(_ text: String, status: Int64? = nil) -> Failure {
    known(text, status: status) ?? Failure(.agent, "the agent failed: \(Self.words(text))")
  }

  /// What a CLI that tries again by itself is in trouble with: without known words it is the network.
  func failure(retrying text: String) -> Failure {
    known(text) ?? Failure(.transient, "the agent cannot reach its model: \(Self.words(text))")
  }

  /// An error in the dress of an ordinary answer; nil for anything else.
  func failure(inAnswer text: String) -> Failure? {
    guard text.count <= Self.answerLengthMax else { return nil }
    let lower = Self.folded(text)
    if Self.saysLimit(lower) { return Self.limit(text) }
    return Self.says(lower, ["not logged in", "authentication required"]) ? login(text) : nil
  }

  /// The failure that known words or a status stand for; nil when they say nothing known.
  func known(_ text: String, status: Int64? = nil) -> Failure? {
    let lower = Self.folded(text)
    let status = status ?? Self.status(in: lower)
    let words = Self.words(text)
    if Self.saysLimit(lower) { return Self.limit(text) }
    if status == 402 || Self.says(lower, Self.creditWords) {
      return Failure(.needsHuman, "the agent's account has no credit: \(words)")
    }
    if status == 401 || status == 403 || Self.says(lower, Self.loginWords) { return login(text) }
    if status == 404 || Self.says(lower, Self.modelWords) {
      return Failure(.needsHuman, "the agent's model is not available: \(words); set agent.model")
    }
    if status == 429 || Self.says(lower, ["too many requests", "rate limit", "rate_limit"]) {
      return Self.limit(text)
    }
    if status == 408 || (status ?? 0) >= 500 || Self.says(lower, Self.outageWords) {
      return Failure(.transient, "the agent's provider failed: \(words)")
    }
    if Self.says(lower, Self.networkWords) {
      return Failure(.transient, "the agent cannot reach its model: \(words)")
    }
    return nil
  }

  private static let creditWords = [
    "billing details", "credit balance is too low", "insufficient credit", "insufficient_quota",
    "payment required", "quota exceeded",
  ]
  private static let loginWords = [
    "api key is invalid", "authentication required", "could not be refreshed", "incorrect api key",
    "invalid api key", "invalid_api_key", "login required", "not logged in", "please log in",
    "token has expired", "unauthorized",
  ]
  private static let modelWords = [
    "cannot use this model", "model is not supported", "model not found", "model_not_found",
    "modelnotfound", "unknown model",
  ]
  private static let outageWords = [
    "at capacity", "bad gateway", "internal server error", "overloaded", "service unavailable",
    "temporarily unavailable",
  ]
  private static let networkWords = [
    "connection error", "connection refused", "connection reset", "connection was closed",
    "could not connect",
    "econnrefused", "econnreset", "enotfound", "error sending request", "etimedout", "fetch failed",
    "network error", "stream disconnected", "timed out", "unable to connect",
  ]

  private static func saysLimit(_ lower: String) -> Bool {
    says(lower, ["hit your limit", "limit reached", "out of extra usage", "usage limit", "usage_limit"])
  }

  private static func limit(_ text: String) -> Failure {
    let words = words(text)
    return Failure(
      .usageLimited(until: UsageLimitText.epoch(in: words)), "the agent's usage limit is reached: \(words)")
  }

  private func login(_ text: String) -> Failure {
    Failure(.needsHuman, "the agent is not logged in: \(Self.words(text)); \(loginAdvice)")
  }

  /// `unexpected status 401 Unauthorized`, `last status: 429`, `HTTP 503`.
  private static func status(in lower: String) -> Int64? {
    lower.firstMatch(of: /(?:status(?: code)?|http)[: ]+([1-5]\d\d)\b/).flatMap { Int64($0.1) }
  }

  private static func folded(_ text: String) -> String { text.lowercased().replacing("’", with: "'") }

  private static func words(_ text: String) -> String { AgentText.progress(text) ?? "no reason given" }

  private static func says(_ lower: String, _ phrases: [String]) -> Bool {
    phrases.contains { lower.contains($0) }
  }
}
