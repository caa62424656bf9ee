/// Reads one session's standard output line by line.
///
/// It keeps only what later lines need, in bounded memory; a line it does not understand means nothing.
protocol StreamParser: Sendable {
  mutating func read(_ line: LogLine) -> [AgentSignal]
}

/// What a line of a session's output meant.
enum AgentSignal: Equatable, Sendable {
  /// Whether a figure is the whole so far or an addition to it.
  enum Scope: Equatable, Sendable {
    /// Comes on top of what was told before.
    case added
    /// Is the whole session's, whatever was told before.
    case total
  }

  /// The vendor's own id of the session.
  case sessionID(String)
  case usage(Usage, Scope)
  /// What it does now, one line for people.
  case progress(String)
  /// The provider said the plan is used up.
  case limit(until: Timestamp?, text: String)
  /// The CLI could not reach its model and tries again by itself.
  case apiRetry(Failure)
  /// The vendor's last event.
  case finalResult(AgentFinalResult)
  /// What was taken for the vendor's last event was not.
  case goesOn
}

/// The vendor's own account of how the session ended.
struct AgentFinalResult: Equatable, Sendable {
  /// The agent's last words.
  var text: String
  /// A schema-checked answer, where the vendor has such a thing.
  var structured: JSONValue?
  /// Whether the vendor calls the session failed.
  var isError: Bool
  /// What went wrong. May be there without `isError`: words that read like a failure, to be believed only when there
  /// is no valid report.
  var failure: Failure?
  /// Names of tools that were refused to it.
  var deniedTools: [String] = []
}

/// What the signals of a session add up to.
struct SessionFacts: Equatable, Sendable {
  private(set) var vendorSessionID: String?
  private(set) var usage = Usage.unknown
  private(set) var progress: String?
  private(set) var finalResult: AgentFinalResult?
  private(set) var limit: Failure?
  /// The trouble it is retrying right now; nil as soon as it got on.
  private(set) var pendingRetry: Failure?

  mutating func apply(_ signal: AgentSignal) {
    switch signal {
    case .sessionID(let id): vendorSessionID = id
    case .usage(let usage, .added): self.usage = self.usage + usage
    case .usage(let usage, .total): self.usage = usage
    case .progress(let text):
      progress = text
      pendingRetry = nil
    case .limit(let until, let text): limit = Failure(.usageLimited(until: until), text)
    case .apiRetry(let failure): pendingRetry = failure
    case .finalResult(let result):
      finalResult = result
      if !result.isError { pendingRetry = nil }
    case .goesOn: finalResult = nil
    }
  }
}

/// Short texts for people, made of what an agent printed.
enum AgentText {
  static let progressLengthMax = 200

  /// The first line that is not blank, cut at ``progressLengthMax``; nil when there is none.
  static func progress(_ text: String) -> String? {
    let line = text.split(whereSeparator: \.isNewline).lazy
      .map { $0.drop(while: \.isWhitespace) }.first { !$0.isEmpty }
    return line.map { UntrustedText.visible(String($0.prefix(progressLengthMax))) }
  }

  /// The last line that is not blank, cut at ``progressLengthMax``.
  static func lastLine(_ text: String) -> String? {
    let line = text.split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) }
    return line.map { UntrustedText.visible(String($0.prefix(progressLengthMax))) }
  }
}
