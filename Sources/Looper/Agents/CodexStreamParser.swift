import Foundation

/// Reads `codex exec --json`. Observed with 0.163.0.
///
/// Its `error` events are no end: it prints them while it reconnects, and about models it knows nothing of. The end is
/// `turn.completed` or `turn.failed`.
struct CodexStreamParser: StreamParser {
  /// The agent's last message; the stream's last event does not repeat it. At most one line of output.
  private var lastMessage = ""

  mutating func read(_ line: LogLine) -> [AgentSignal] {
    guard line.bytes.first == UInt8(ascii: "{"), !line.isTruncated,
      let event = JSONReader.value(line.bytes)
    else { return [] }
    switch event["type"]?.stringValue {
    case "thread.started": return event["thread_id"]?.stringValue.map { [.sessionID($0)] } ?? []
    case "item.started", "item.updated": return event["item"].flatMap(progress).map { [.progress($0)] } ?? []
    case "item.completed": return completed(event["item"] ?? .null)
    case "error": return trouble(event["message"]?.stringValue ?? "")
    case "turn.completed": return turnCompleted(event)
    case "turn.failed": return turnFailed(event["error"]?["message"]?.stringValue ?? "")
    default: return []
    }
  }

  private mutating func completed(_ item: JSONValue) -> [AgentSignal] {
    if item["type"]?.stringValue == "agent_message", let text = item["text"]?.stringValue {
      lastMessage = text
    }
    return progress(item).map { [.progress($0)] } ?? []
  }

  /// An item of type `error`, such as missing metadata of a model, is a remark and no progress.
  private func progress(_ item: JSONValue) -> String? {
    switch item["type"]?.stringValue {
    case "agent_message", "reasoning": item["text"]?.stringValue.flatMap(AgentText.progress)
    case "command_execution": item["command"]?.stringValue.flatMap { AgentText.progress("shell: \($0)") }
    case "file_change":
      item["changes"]?[0]?["path"]?.stringValue.flatMap { AgentText.progress("edit: \($0)") }
    case "mcp_tool_call": item["tool"]?.stringValue.flatMap { AgentText.progress("tool: \($0)") }
    case "web_search": item["query"]?.stringValue.flatMap { AgentText.progress("search: \($0)") }
    default: nil
    }
  }

  /// `Reconnecting... 2/5 (reason)`, or what will be in `turn.failed` too, should that still come.
  private func trouble(_ message: String) -> [AgentSignal] {
    [
      .apiRetry(
        message.hasPrefix("Reconnecting")
          ? CodexAdapter.complaint.failure(retrying: message) : CodexAdapter.complaint.failure(message))
    ]
  }

  private func turnCompleted(_ event: JSONValue) -> [AgentSignal] {
    var signals: [AgentSignal] = []
    if let usage = event["usage"] { signals.append(.usage(tokens(usage), .total)) }
    signals.append(
      .finalResult(
        AgentFinalResult(
          text: lastMessage, structured: nil, isError: false,
          failure: CodexAdapter.complaint.failure(inAnswer: lastMessage))))
    return signals
  }

  private func turnFailed(_ message: String) -> [AgentSignal] {
    [
      .finalResult(
        AgentFinalResult(
          text: message, structured: nil, isError: true, failure: CodexAdapter.complaint.failure(message)))
    ]
  }

  /// Cached input is part of the input, reasoning part of the output. A resumed thread tells the sum of all its turns.
  private func tokens(_ usage: JSONValue) -> Usage {
    Usage(
      inputTokens: usage["input_tokens"].flatMap(UsageNumbers.tokens),
      outputTokens: usage["output_tokens"].flatMap(UsageNumbers.tokens), costUSD: nil)
  }
}
