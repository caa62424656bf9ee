import Foundation

/// Reads `cursor-agent -p --output-format stream-json`, after its documentation.
struct CursorStreamParser: StreamParser {
  /// How many names of refused tools are kept.
  static let deniedToolsMax = 20

  /// The agent's last message. The last event has all messages run together, so that no line of it is sure to begin
  /// where one did.
  private var lastMessage: String?
  private var deniedTools: [String] = []

  mutating func read(_ line: LogLine) -> [AgentSignal] {
    guard line.bytes.first == UInt8(ascii: "{"), !line.isTruncated,
      // A line for each word of its thoughts.
      !line.bytes.starts(with: Self.thinkingStart),
      let event = JSONReader.value(line.bytes)
    else { return [] }
    switch event["type"]?.stringValue {
    case "system": return event["session_id"]?.stringValue.map { [.sessionID($0)] } ?? []
    case "assistant": return assistant(event)
    case "tool_call": return tool(event)
    case "result": return result(event)
    default: return []
    }
  }

  private static let thinkingStart = Data(#"{"type":"thinking""#.utf8)

  private mutating func assistant(_ event: JSONValue) -> [AgentSignal] {
    let text = (event["message"]?["content"]?.arrayValue ?? [])
      .compactMap { $0["text"]?.stringValue }.joined()
    guard let line = AgentText.progress(text) else { return [] }
    lastMessage = text
    return [.progress(line)]
  }

  /// `{"tool_call": {"shellToolCall": {"args": {"command"}, "result": {"success" | "rejected": …}}}}`.
  private mutating func tool(_ event: JSONValue) -> [AgentSignal] {
    guard let (key, call) = event["tool_call"]?.objectValue?.first(where: { $0.value.objectValue != nil })
    else {
      return []
    }
    let name = key.hasSuffix("ToolCall") ? String(key.dropLast(8)) : key
    if event["subtype"]?.stringValue == "completed" {
      if call["result"]?["rejected"] != nil, deniedTools.count < Self.deniedToolsMax {
        deniedTools.append(name)
      }
      return []
    }
    let detail = ["command", "path", "pattern", "query"].lazy
      .compactMap { call["args"]?[$0]?.stringValue }.first
    return AgentText.progress(detail.map { "\(name): \($0)" } ?? name).map { [.progress($0)] } ?? []
  }

  private func result(_ event: JSONValue) -> [AgentSignal] {
    var signals: [AgentSignal] = []
    if let id = event["session_id"]?.stringValue { signals.append(.sessionID(id)) }
    if let usage = event["usage"] { signals.append(.usage(tokens(usage), .total)) }
    let words = event["result"]?.stringValue ?? ""
    // Without the flag nothing is proved.
    let isError = event["is_error"]?.boolValue ?? true
    let text = isError ? words : lastMessage ?? words
    signals.append(
      .finalResult(
        AgentFinalResult(
          text: text, structured: nil, isError: isError,
          failure: isError
            ? CursorAdapter.complaint.failure(text) : CursorAdapter.complaint.failure(inAnswer: text),
          deniedTools: deniedTools)))
    return signals
  }

  /// Cached input is input; it is listed apart.
  private func tokens(_ usage: JSONValue) -> Usage {
    let input = ["inputTokens", "cacheReadTokens", "cacheWriteTokens"]
      .compactMap { usage[$0].flatMap(UsageNumbers.tokens) }
    return Usage(
      inputTokens: input.isEmpty ? nil : input.reduce(0, +),
      outputTokens: usage["outputTokens"].flatMap(UsageNumbers.tokens), costUSD: nil)
  }
}
