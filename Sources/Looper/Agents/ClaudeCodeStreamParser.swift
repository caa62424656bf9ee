import Foundation

/// Reads `claude -p --output-format stream-json`. Observed with 2.1.330.
struct ClaudeCodeStreamParser: StreamParser {
  /// Messages whose events may be mixed: an agent and those it started beside each other.
  private static let countedMax = 64

  /// The messages counted last, the newest at the end: one comes as several events, each with the same usage.
  private var countedMessageIDs: [String] = []

  mutating func read(_ line: LogLine) -> [AgentSignal] {
    guard line.bytes.first == UInt8(ascii: "{"), !line.isTruncated,
      // Tool results are large and tell us nothing.
      !line.bytes.starts(with: Self.toolResultStart),
      let event = JSONReader.value(line.bytes)
    else { return [] }
    switch event["type"]?.stringValue {
    case "system": return system(event)
    case "assistant": return assistant(event)
    case "rate_limit_event": return rateLimit(event["rate_limit_info"] ?? event)
    case "result": return result(event)
    default: return []
    }
  }

  private static let toolResultStart = Data(#"{"type":"user""#.utf8)

  private func system(_ event: JSONValue) -> [AgentSignal] {
    switch event["subtype"]?.stringValue {
    case "init": return event["session_id"]?.stringValue.map { [.sessionID($0)] } ?? []
    case "api_retry": return [.apiRetry(ClaudeCodeComplaint.failure(retrying: event))]
    default: return []
    }
  }

  private mutating func assistant(_ event: JSONValue) -> [AgentSignal] {
    guard let message = event["message"], message["model"]?.stringValue != "<synthetic>" else { return [] }
    var signals: [AgentSignal] = []
    if let id = message["id"]?.stringValue, !countedMessageIDs.contains(id), let usage = message["usage"] {
      if countedMessageIDs.count == Self.countedMax { countedMessageIDs.removeFirst() }
      countedMessageIDs.append(id)
      signals.append(.usage(tokens(usage), .added))
    }
    for part in message["content"]?.arrayValue ?? [] {
      if let text = progress(part) { signals.append(.progress(text)) }
    }
    return signals
  }

  private func progress(_ part: JSONValue) -> String? {
    switch part["type"]?.stringValue {
    case "text": return part["text"]?.stringValue.flatMap(AgentText.progress)
    case "tool_use":
      guard let name = part["name"]?.stringValue else { return nil }
      let input = part["input"]
      let detail = ["description", "file_path", "pattern", "command"].lazy
        .compactMap { input?[$0]?.stringValue }.first
      return AgentText.progress(detail.map { "\(name): \($0)" } ?? name)
    default: return nil
    }
  }

  private func rateLimit(_ info: JSONValue) -> [AgentSignal] {
    guard info["status"]?.stringValue == "rejected" else { return [] }
    let until = info["resetsAt"]?.integerValue.map(UsageLimitText.moment)
    let kind = info["rateLimitType"]?.stringValue ?? "unknown"
    return [.limit(until: until, text: "the agent's usage limit is reached: \(kind)")]
  }

  private func result(_ event: JSONValue) -> [AgentSignal] {
    var signals: [AgentSignal] = []
    if let id = event["session_id"]?.stringValue { signals.append(.sessionID(id)) }
    if let usage = event["usage"] {
      var total = tokens(usage)
      total.costUSD = event["total_cost_usd"].flatMap(UsageNumbers.cost)
      signals.append(.usage(total, .total))
    }
    signals.append(.finalResult(finalResult(event)))
    return signals
  }

  private func finalResult(_ event: JSONValue) -> AgentFinalResult {
    let errors = (event["errors"]?.arrayValue ?? []).compactMap(\.stringValue)
    let text = event["result"]?.stringValue ?? errors.joined(separator: "\n")
    // A failed call of the model comes as "subtype": "success" with "is_error": true; without the flag nothing is proved.
    let isError = event["is_error"]?.boolValue ?? true
    let failure =
      isError
      ? ClaudeCodeComplaint.failure(
        status: event["api_error_status"]?.integerValue, connectionError: event["api_error"]?.stringValue,
        text: text)
      : ClaudeCodeComplaint.failure(inText: text)
    let denied = (event["permission_denials"]?.arrayValue ?? []).compactMap { $0["tool_name"]?.stringValue }
    return AgentFinalResult(
      text: text, structured: event["structured_output"], isError: isError, failure: failure,
      deniedTools: denied)
  }

  /// Cached input is input; the vendor lists it apart.
  private func tokens(_ usage: JSONValue) -> Usage {
    let input = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"]
      .compactMap { usage[$0].flatMap(UsageNumbers.tokens) }
    return Usage(
      inputTokens: input.isEmpty ? nil : input.reduce(0, +),
      outputTokens: usage["output_tokens"].flatMap(UsageNumbers.tokens), costUSD: nil)
  }
}
