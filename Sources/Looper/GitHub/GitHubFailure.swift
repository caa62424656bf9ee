import Foundation

/// Turns what `gh` and GitHub answered into a ``Failure``; pure, and the only place that does.
enum GitHubFailure {
  /// How long a secondary limit without a header lasts, by GitHub's documentation.
  static let secondaryLimitPause = Duration.seconds(60)
  private static let loginSentence = "run `gh auth login`"

  /// Why the answer is no success; nil when it is one.
  ///
  /// A GraphQL answer with errors is judged by ``classify(graphQL:now:)``, for it may be partly good.
  static func classify(_ answer: GhAnswer, calling call: String, now: Timestamp) -> Failure? {
    guard let status = answer.status else { return classifyNoAnswer(answer, calling: call) }
    switch status {
    case 200..<300: return nil
    case 401: return Failure(.transient, "github answered 401 to \(call): check `gh auth status`")
    case 403, 429: return classifyRefusal(answer, status: status, calling: call, now: now)
    case 404, 410:
      return Failure(.permanent, "github answered \(status) to \(call): not found or not allowed")
    case 409: return Failure(.conflict, "github answered 409 to \(call): \(message(of: answer))")
    case 422: return classifyUnprocessable(answer, calling: call)
    case 408, 500...: return Failure(.transient, "github answered \(status) to \(call)")
    default: return Failure(.permanent, "github answered \(status) to \(call): \(message(of: answer))")
    }
  }

  /// What a GraphQL request is refused for lies in its answer: a refused request says nothing of what was asked for.
  static func ofGraph(_ failure: Failure, status: Int?) -> Failure {
    guard failure.kind == .permanent || failure.kind == .conflict, let status,
      [403, 404, 409, 410, 422].contains(status)
    else { return failure }
    return Failure(.transient, failure.message)
  }

  /// No status line: the network, or no login.
  private static func classifyNoAnswer(_ answer: GhAnswer, calling call: String) -> Failure {
    let complaint = answer.complaint.lowercased()
    let signs = [
      "gh auth login", "not logged in", "authentication required", "authentication token not found",
    ]
    if signs.contains(where: complaint.contains) {
      return Failure(.needsHuman, "gh is not logged in: \(loginSentence)")
    }
    let said = answer.complaint.trimmingCharacters(in: .whitespacesAndNewlines).suffix(300)
    return Failure(.transient, "no answer from github to \(call): \(said.isEmpty ? "gh said nothing" : said)")
  }

  private static func classifyRefusal(
    _ answer: GhAnswer, status: Int, calling call: String, now: Timestamp
  ) -> Failure {
    if let until = limitEnd(in: answer.headers, now: now) {
      return Failure(.rateLimited(until: until), "github limits the rate of calls until \(until.iso8601)")
    }
    let text = message(of: answer)
    if status == 429 || isAboutRate(text) {
      let until = now + secondaryLimitPause
      return Failure(.rateLimited(until: until), "github limits the rate of calls until \(until.iso8601)")
    }
    return Failure(.permanent, "github answered \(status) to \(call): \(text)")
  }

  /// When the headers say that calls are possible again; nil when they say no such thing.
  static func limitEnd(in headers: [String: String], now: Timestamp) -> Timestamp? {
    if let seconds = headers["retry-after"].flatMap({ Int64($0) }) {
      return now + .seconds(max(1, seconds))
    }
    guard headers["x-ratelimit-remaining"] == "0" else { return nil }
    guard let reset = headers["x-ratelimit-reset"].flatMap({ Int64($0) }) else {
      return now + secondaryLimitPause
    }
    // By GitHub's own clock, where it tells; one second avoids asking in a tight circle.
    let told = headers["date"].flatMap(time(ofHTTPDate:)) ?? now
    return now + max(Timestamp(seconds: reset) - told, .seconds(1))
  }

  /// Reads `Sun, 29 Nov 2026 21:08:46 GMT`.
  static func time(ofHTTPDate text: String) -> Timestamp? {
    let words = text.split(separator: " ")
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard words.count == 6, words[5] == "GMT", let month = months.firstIndex(of: String(words[2])) else {
      return nil
    }
    let number = month + 1
    return Timestamp(
      iso8601: "\(words[3])-\(number < 10 ? "0" : "")\(number)-\(words[1])T\(words[4])Z")
  }

  private static func isAboutRate(_ text: String) -> Bool {
    let text = text.lowercased()
    return ["secondary rate limit", "abuse detection", "rate limit exceeded"].contains(where: text.contains)
  }

  private static func classifyUnprocessable(_ answer: GhAnswer, calling call: String) -> Failure {
    let text = message(of: answer)
    let raceSigns = [
      "head sha", "head branch was modified", "not part of the pull request", "base branch was modified",
    ]
    if raceSigns.contains(where: text.lowercased().contains) {
      return Failure(.conflict, "github answered 422 to \(call): \(text)")
    }
    return Failure(.permanent, "github answered 422 to \(call): \(text)")
  }

  /// GitHub's own words: `message`, and the text of each of `errors`.
  static func message(of answer: GhAnswer) -> String {
    guard let json = answer.json else { return "no readable answer" }
    let details = (json["errors"]?.arrayValue ?? []).map { error in
      if let text = error.stringValue ?? error["message"]?.stringValue { return text }
      return ["resource", "field", "code"].compactMap { error[$0]?.stringValue }.joined(separator: " ")
    }
    let parts = ([json["message"]?.stringValue ?? ""] + details).filter { !$0.isEmpty }
    return parts.isEmpty ? "no message" : parts.joined(separator: "; ")
  }
}

extension GitHubFailure {
  /// Why the command gave no answer.
  static func classify(_ error: CommandError, calling call: String) -> Failure {
    switch error {
    case .notFound(let name):
      Failure(.needsHuman, "gh not found as \(name): install it or set github.gh-path")
    case .cannotStart(let reason): Failure(.transient, "cannot start gh: \(reason)")
    case .timedOut(let deadline): Failure(.transient, "no answer to \(call) in \(deadline.inSeconds) s")
    case .outputTooLarge(let limit): Failure(.permanent, "the answer to \(call) is over \(limit.bytes) bytes")
    case .cancelled: Failure(.transient, "\(call) was cancelled")
    }
  }

  /// What one element of a GraphQL answer's `errors` means.
  static func classify(graphQL error: GraphQLError, now: Timestamp) -> Failure {
    let message = "github answered: \(error.message)"
    switch error.type {
    case "RATE_LIMITED", "RATE_LIMIT":
      return Failure(.rateLimited(until: now + secondaryLimitPause), message)
    case "INTERNAL", "INTERNAL_ERROR", "SERVICE", "SERVICE_UNAVAILABLE", "TIMEOUT", "LOADING":
      return Failure(.transient, message)
    case "STALE_DATA": return Failure(.conflict, message)
    case "": return Failure(isPassing(error.message) ? .transient : .permanent, message)
    default: return Failure(.permanent, message)
    }
  }

  /// GitHub's time-outs come as GraphQL errors without a type.
  private static func isPassing(_ message: String) -> Bool {
    let text = message.lowercased()
    return ["something went wrong", "timeout", "timed out", "try again"].contains(where: text.contains)
  }
}
