import Foundation

/// Reads `opencode run --format json`, after its documentation.
///
/// A run is over at a `step_finish` that asks for no tool, unless another step follows: it summarizes a long
/// conversation in a step of its own and goes on. An `error` may be got over too.
struct OpenCodeStreamParser: StreamParser {
  /// How many names of refused tools are kept.
  static let deniedToolsMax = 20

  private var sessionID: String?
  private var lastText = ""
  private var deniedTools: [String] = []
  private var isOver = false

  mutating func read(_ line: LogLine) -> [AgentSignal] {
    guard line.bytes.first == UInt8(ascii: "{"), !line.isTruncated,
      let event = JSONReader.value(line.bytes)
    else { return [] }
    var signals: [AgentSignal] = []
    if let id = event["sessionID"]?.stringValue, id != sessionID {
      sessionID = id
      signals.append(.sessionID(id))
    }
    let part = event["part"] ?? .null
    switch event["type"]?.stringValue {
    case "step_start": signals += stepStarted()
    case "text": signals += text(part["text"]?.stringValue ?? "")
    case "tool_use": signals += tool(part)
    case "step_finish": signals += stepFinished(part)
    case "error": signals.append(.apiRetry(Self.failure(event["error"] ?? .null)))
    default: break
    }
    return signals
  }

  private mutating func stepStarted() -> [AgentSignal] {
    guard isOver else { return [] }
    isOver = false
    return [.goesOn]
  }

  private mutating func text(_ text: String) -> [AgentSignal] {
    guard let line = AgentText.progress(text) else { return [] }
    lastText = text
    return [.progress(line)]
  }

  private mutating func tool(_ part: JSONValue) -> [AgentSignal] {
    guard let name = part["tool"]?.stringValue else { return [] }
    let state = part["state"]
    if state?["status"]?.stringValue == "error", deniedTools.count < Self.deniedToolsMax,
      state?["error"]?.stringValue?.contains("rejected permission") == true
    {
      deniedTools.append(name)
    }
    let detail = state?["title"]?.stringValue ?? state?["input"]?["command"]?.stringValue
    return AgentText.progress(detail.map { "\(name): \($0)" } ?? name).map { [.progress($0)] } ?? []
  }

  private mutating func stepFinished(_ part: JSONValue) -> [AgentSignal] {
    var signals: [AgentSignal] = [.usage(usage(part), .added)]
    // After "unknown" it asks the model again.
    guard let reason = part["reason"]?.stringValue, reason != "tool-calls", reason != "unknown" else {
      return signals
    }
    isOver = true
    signals.append(
      .finalResult(
        AgentFinalResult(
          text: lastText, structured: nil, isError: false,
          failure: OpenCodeAdapter.complaint.failure(inAnswer: lastText), deniedTools: deniedTools)))
    return signals
  }

  /// One step's. Cached input and reasoning are told apart from input and output.
  private func usage(_ part: JSONValue) -> Usage {
    let tokens = part["tokens"]
    let cache = tokens?["cache"]
    return Usage(
      inputTokens: Self.sum([tokens?["input"], cache?["read"], cache?["write"]]),
      outputTokens: Self.sum([tokens?["output"], tokens?["reasoning"]]),
      costUSD: part["cost"].flatMap(UsageNumbers.cost))
  }

  /// Nil when the first, which is the one that is always told, is unknown.
  private static func sum(_ values: [JSONValue?]) -> Int? {
    let numbers = values.map { $0.flatMap(UsageNumbers.tokens) }
    guard numbers.first.flatMap({ $0 }) != nil else { return nil }
    return numbers.compactMap { $0 }.reduce(0, +)
  }

  /// `{"name": "APIError", "data": {"message", "statusCode"?, "isRetryable"?}}`.
  private static func failure(_ error: JSONValue) -> Failure {
    let data = error["data"]
    let name = error["name"]?.stringValue
    let text = data?["message"]?.stringValue ?? error["message"]?.stringValue ?? name ?? ""
    if name == "ProviderAuthError" { return OpenCodeAdapter.complaint.failure(text, status: 401) }
    let failure = OpenCodeAdapter.complaint.failure(text, status: data?["statusCode"]?.integerValue)
    guard failure.kind == .agent, data?["isRetryable"]?.boolValue == true else { return failure }
    return OpenCodeAdapter.complaint.failure(retrying: text)
  }
}
