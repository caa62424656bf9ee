import Foundation
import Testing

@testable import Looper

/// Feeds whole texts to parsers, as the runner does line by line.
enum VendorStreams {
  static func signals(_ text: String, _ parser: any StreamParser) -> [AgentSignal] {
    var parser = parser
    return text.split(separator: "\n").flatMap {
      parser.read(LogLine(offset: 0, bytes: Data($0.utf8), isTruncated: false))
    }
  }

  static func facts(_ signals: [AgentSignal]) -> SessionFacts {
    var facts = SessionFacts()
    for signal in signals { facts.apply(signal) }
    return facts
  }

  /// The signals of a recorded stream, named by its path among the fixtures without `.jsonl`.
  static func recorded(_ name: String, _ parser: any StreamParser) throws -> [AgentSignal] {
    let data = try Data(contentsOf: GoldenText.url("\(name).jsonl"))
    return signals(String(decoding: data, as: UTF8.self), parser)
  }

  /// What is known after a recorded stream of Claude Code 2.1.330.
  static func claude(_ name: String) throws -> SessionFacts {
    let data = try Data(contentsOf: GoldenText.url("claude-code-2.1.330/\(name).jsonl"))
    return facts(signals(String(decoding: data, as: UTF8.self), ClaudeCodeStreamParser()))
  }
}

@Suite("Claude Code's stream is read for what it is, not for what it says")
struct ClaudeCodeStreamParserTests {
  @Test("a good session tells its id, its usage once, and its last words")
  func ok() throws {
    let facts = try VendorStreams.claude("ok")
    #expect(facts.vendorSessionID == "40b25eaf-bca4-4b4f-bb2c-05f116a48390")
    #expect(facts.usage == Usage(inputTokens: 360, outputTokens: 60, costUSD: 0.00264))
    #expect(
      facts.finalResult == AgentFinalResult(text: "Done.", structured: nil, isError: false, failure: nil))
    #expect(facts.limit == nil)
  }

  @Test(
    "subtype success with is_error is a failure, and of the right kind",
    arguments: [
      ("401", Failure.Kind.needsHuman), ("529", .transient), ("no-model", .transient),
      ("sigint-during-tool", .agent), ("session-id-resume-unknown", .agent),
    ])
  func failures(name: String, kind: Failure.Kind) throws {
    let final = try #require(try VendorStreams.claude(name).finalResult)
    #expect(final.isError)
    #expect(final.failure?.kind == kind)
  }

  @Test("a login failure says what to do")
  func login() throws {
    #expect(
      try VendorStreams.claude("401").finalResult?.failure?.message
        == "the agent is not logged in: Invalid API key · Fix external API key; run `claude` as this user and log in"
    )
  }

  @Test("a retry that got on is forgotten, one that did not is remembered")
  func retries() throws {
    #expect(try VendorStreams.claude("500-then-ok").pendingRetry == nil)
    #expect(try VendorStreams.claude("529").pendingRetry?.kind == .transient)
    #expect(try VendorStreams.claude("401").pendingRetry?.kind == .needsHuman)
  }

  @Test("refused tools are told, though it calls itself a success")
  func denials() throws {
    let final = try #require(try VendorStreams.claude("perm-default").finalResult)
    #expect(!final.isError)
    #expect(final.deniedTools == ["Write"])
  }

  @Test("a schema-checked answer is taken as it is")
  func structured() throws {
    #expect(try VendorStreams.claude("schema").finalResult?.structured == ["verdict": "approve"])
  }

  @Test("a killed session has no last event, and its usage is what was told so far")
  func killed() throws {
    let facts = try VendorStreams.claude("sigterm-during-tool")
    #expect(facts.finalResult == nil)
    #expect(facts.usage == Usage(inputTokens: 120, outputTokens: 1, costUSD: nil))
    #expect(facts.progress == "Bash: sleep")
  }

  @Test(
    "a limit said as an ordinary message is a limit, work that speaks of limits is not",
    arguments: [
      ("Claude AI usage limit reached|1795348800", Failure.Kind.usageLimited(until: at(1_795_348_800))),
      ("You've hit your session limit · resets 3pm (UTC)", .usageLimited(until: nil)),
      ("You’ve hit your limit · resets 3pm (UTC)", .usageLimited(until: nil)),
      ("5-hour limit reached ∙ resets 3pm", .usageLimited(until: nil)),
      ("Invalid API key · Please run /login", .needsHuman),
      ("API Error: Connection error.", .transient),
    ])
  func limits(text: String, kind: Failure.Kind) {
    #expect(ClaudeCodeComplaint.failure(inText: text)?.kind == kind)
    let work = text + String(repeating: " I changed the handling of this message.", count: 10)
    #expect(ClaudeCodeComplaint.failure(inText: work) == nil)
  }

  @Test("messages of an agent and its subagents are counted once each, however their events are mixed")
  func mixedMessages() {
    func event(_ id: String, _ tokens: Int) -> String {
      #"{"type":"assistant","message":{"id":"\#(id)","usage":{"input_tokens":\#(tokens),"output_tokens":1},"content":[]}}"#
    }
    let lines = [
      event("a", 10), event("b", 200), event("a", 10), event("b", 200), event("c", 3000), event("a", 10),
    ]
    let facts = VendorStreams.facts(
      VendorStreams.signals(lines.joined(separator: "\n"), ClaudeCodeStreamParser()))
    #expect(facts.usage == Usage(inputTokens: 3210, outputTokens: 3, costUSD: nil))
  }

  @Test("a rejected rate limit event gives the time, an allowed one nothing")
  func rateLimitEvents() {
    func limit(_ status: String) -> Failure? {
      let line =
        #"{"type":"rate_limit_event","rate_limit_info":{"status":"\#(status)","resetsAt":1795348800,"rateLimitType":"five_hour"}}"#
      return VendorStreams.facts(VendorStreams.signals(line, ClaudeCodeStreamParser())).limit
    }
    #expect(limit("rejected")?.kind == .usageLimited(until: Self.at(1_795_348_800)))
    #expect(limit("allowed") == nil)
  }

  @Test(
    "garbage means nothing", arguments: ["", "{", "[1]", "null", #"{"type":7}"#, #"{"type":"assistant"}"#])
  func garbage(line: String) {
    #expect(VendorStreams.signals(line, ClaudeCodeStreamParser()) == [])
  }

  static func at(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1000) }
}

@Suite("a custom agent's protocol lines are counted and shown, the rest is output")
struct CustomStreamParserTests {
  @Test("usage adds up, progress is the last")
  func counted() {
    let facts = VendorStreams.facts(
      VendorStreams.signals(
        """
        hello
        {"type":"usage","input_tokens":10,"output_tokens":2,"cost_usd":0.5}
        {"type":"progress","message":"reading\\nmore"}
        {"type":"usage","input_tokens":5}
        {"type":"usage","input_tokens":-5,"cost_usd":"much"}
        {"type":"usage","input_tokens":1e300}
        {"type":"other"}
        {broken
        """, CustomStreamParser()))
    #expect(facts.usage == Usage(inputTokens: 15, outputTokens: 2, costUSD: 0.5))
    #expect(facts.progress == "reading")
    #expect(facts.finalResult == nil)
  }
}

@Suite("the command lines of the vendors")
struct VendorAdapterTests {
  @Test("claude is run headless, with the prompt in no argument")
  func claude() throws {
    let adapter = try #require(VendorAdapters.adapter(for: .claudeCode, command: []))
    #expect(adapter.executable == "claude")
    #expect(
      adapter.arguments(for: AgentLaunch(continuation: .fresh, model: "opus", extraArguments: ["--x"]))
        == [
          "-p", "--output-format", "stream-json", "--verbose", "--dangerously-skip-permissions", "--model",
          "opus", "--x",
        ])
    #expect(
      adapter.arguments(for: AgentLaunch(continuation: .resumed(vendorSessionID: "ID")))
        == [
          "-p", "--output-format", "stream-json", "--verbose", "--dangerously-skip-permissions", "--resume",
          "ID",
        ])
    #expect(adapter.environment(isRoot: true)["IS_SANDBOX"] == "1")
    #expect(adapter.environment(isRoot: false)["IS_SANDBOX"] == nil)
  }

  @Test("a refusal to start as root is a person's matter")
  func root() {
    let words =
      "--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons\n"
    #expect(ClaudeCodeAdapter().diagnose(standardError: words)?.kind == .needsHuman)
    #expect(ClaudeCodeAdapter().diagnose(standardError: "") == nil)
  }

  @Test("a custom agent is its command, and nothing without one")
  func custom() throws {
    let adapter = try #require(VendorAdapters.adapter(for: .custom, command: ["/bin/sh", "a.sh"]))
    #expect(adapter.executable == "/bin/sh")
    #expect(adapter.arguments(for: AgentLaunch(extraArguments: ["b"])) == ["a.sh", "b"])
    #expect(VendorAdapters.adapter(for: .custom, command: []) == nil)
  }
}

@Suite("the end of a usage limit is read from the words it comes in")
struct UsageLimitTextTests {
  @Test(
    "known forms",
    arguments: [
      ("limit reached|1795348800", "2026-11-22T12:00:00Z"), ("limit|1795348800000", "2026-11-22T12:00:00Z"),
      ("resets 3pm (UTC)", "2026-11-22T15:00:00Z"), ("resets 9am (UTC)", "2026-11-23T09:00:00Z"),
      ("resets 12am", "2026-11-23T00:00:00Z"), ("resets 3:45pm (Europe/Berlin)", "2026-11-22T14:45:00Z"),
      ("resets Nov 25, 9:30am", "2026-11-25T09:30:00Z"), ("resets Nov 25 at 5pm", "2026-11-25T17:00:00Z"),
      ("or try again in 2 days 1 hour 14 minutes.", "2026-11-24T12:14:00Z"),
      ("try again in 90 seconds", "2026-11-22T11:01:30Z"),
      ("try again at 3:05 PM.", "2026-11-22T15:05:00Z"),
      ("try again at Nov 25th, 2026 3:05 PM.", "2026-11-25T15:05:00Z"),
      ("resets at 15:30", "2026-11-22T15:30:00Z"), ("resets 09:30:00 UTC", "2026-11-23T09:30:00Z"),
      ("resets at 4am PST", "2026-11-22T12:00:00Z"), ("resets 4:00 a.m. (PT)", "2026-11-22T12:00:00Z"),
      ("try again at 20:00 UTC+2.", "2026-11-22T18:00:00Z"), ("resets 8am -05:00", "2026-11-22T13:00:00Z"),
      ("resets 3pm (Nowhere)", "2026-11-22T15:00:00Z"), ("resets 3pm or later", "2026-11-22T15:00:00Z"),
      ("resets Wed 9:00 UTC", "2026-11-25T09:00:00Z"), ("resets Monday at 5pm", "2026-11-23T17:00:00Z"),
      ("available again at 13:00 CET", "2026-11-22T12:00:00Z"),
      ("try again after 2026-11-25T15:30:00.250Z", "2026-11-25T15:30:00Z"),
      ("until 2026-11-25 15:30 +02:00", "2026-11-25T13:30:00Z"),
      ("until 2026-11-25T15:30", "2026-11-25T15:30:00Z"),
      ("resets at 1795348800", "2026-11-22T12:00:00Z"),
      (#"{"resets_at": 1795348800}"#, "2026-11-22T12:00:00Z"),
      (#""resetsAt":1795348800000,"#, "2026-11-22T12:00:00Z"),
    ])
  func known(text: String, expected: String) throws {
    let now = try #require(Timestamp(iso8601: "2026-11-22T11:00:00Z"))
    #expect(
      UsageLimitText.reset(in: text, after: now, zone: .gmt)?.iso8601 == Timestamp(iso8601: expected)?.iso8601
    )
  }

  @Test(
    "the past, the far future and nonsense give no time",
    arguments: [
      "|1000000000", "|9999999999", "resets 13pm", "try again in a while", "soon", "resets at 25:00",
      "resets at 15", "2026-13-40T99:99Z", "2025-11-25T15:30:00Z", "resets at 1000000000",
    ])
  func unknown(text: String) throws {
    let now = try #require(Timestamp(iso8601: "2026-11-22T11:00:00Z"))
    #expect(UsageLimitText.reset(in: text, after: now, zone: .gmt) == nil)
  }
}
