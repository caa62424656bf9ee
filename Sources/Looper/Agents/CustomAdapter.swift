import Foundation

/// Any executable that speaks agent protocol v1 by itself (`docs/agent-protocol.md`).
struct CustomAdapter: VendorAdapter {
  var executable: String
  var leadingArguments: [String] = []

  var vendor: Vendor { .custom }
  var capabilities: VendorCapabilities {
    VendorCapabilities(promptChannel: .standardInput, reportsTokens: true, reportsCost: true)
  }
  var versionArguments: [String]? { nil }
  var allowance: ChildEnvironment.Allowance { ChildEnvironment.Allowance(names: []) }

  /// The model is a matter of the command itself; it is passed on as `LOOPER_MODEL` by ``AgentEnvironment``.
  func arguments(for launch: AgentLaunch) -> [String] { leadingArguments + launch.extraArguments }

  func environment(isRoot: Bool) -> [String: String] { [:] }

  func makeParser() -> any StreamParser { CustomStreamParser() }

  func diagnose(standardError: String) -> Failure? { nil }
}

/// Reads the two JSON lines of protocol v1; every other line is just output.
struct CustomStreamParser: StreamParser {
  /// Longer lines are no protocol lines.
  static let lineBytesMax = 64 * 1024

  mutating func read(_ line: LogLine) -> [AgentSignal] {
    // A gigabyte of ordinary output must not be parsed as JSON.
    guard line.bytes.first == UInt8(ascii: "{"), line.bytes.count <= Self.lineBytesMax, !line.isTruncated,
      let event = JSONReader.value(line.bytes)
    else { return [] }
    switch event["type"]?.stringValue {
    case "usage": return usage(event).map { [.usage($0, .added)] } ?? []
    case "progress":
      return event["message"]?.stringValue.flatMap(AgentText.progress).map { [.progress($0)] } ?? []
    default: return []
    }
  }

  /// Nil when nothing in it is a sensible number.
  private func usage(_ event: JSONValue) -> Usage? {
    let usage = Usage(
      inputTokens: event["input_tokens"].flatMap(UsageNumbers.tokens),
      outputTokens: event["output_tokens"].flatMap(UsageNumbers.tokens),
      costUSD: event["cost_usd"].flatMap(UsageNumbers.cost))
    return usage == .unknown ? nil : usage
  }
}

/// Numbers of consumption as agents print them: anything that cannot be true is unknown.
enum UsageNumbers {
  private static let costMax = 1_000_000.0

  static func tokens(_ value: JSONValue) -> Int? {
    guard let number = value.integerValue.flatMap(Int.init(exactly:)), (0...Usage.tokensMax).contains(number)
    else { return nil }
    return number
  }

  static func cost(_ value: JSONValue) -> Double? {
    guard let number = value.doubleValue, number >= 0, number <= costMax else { return nil }
    return number
  }
}
