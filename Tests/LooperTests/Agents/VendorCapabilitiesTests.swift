import Foundation
import Testing

@testable import Looper

@Suite("what an adapter declares is what its arguments and its parser do")
struct VendorCapabilitiesTests {
  private static let launch = AgentLaunch(
    continuation: .fresh, model: "M", extraArguments: ["--x"],
    answerSchema: AgentLaunch.AnswerSchema(text: "TEXT", path: "/PATH"))

  private func adapter(_ vendor: Vendor) throws -> any VendorAdapter {
    try #require(VendorAdapters.adapter(for: vendor, command: vendor == .custom ? ["/bin/agent"] : []))
  }

  private func resumed(_ adapter: any VendorAdapter) -> [String] {
    var launch = Self.launch
    launch.continuation = .resumed(vendorSessionID: "ID")
    return adapter.arguments(for: launch)
  }

  /// A good stream of the vendor and one with trouble in it.
  private static let streams: [Vendor: (good: String, refused: String?, retrying: String?)] = [
    .claudeCode: ("claude-code-2.1.330/ok", "claude-code-2.1.330/perm-default", "claude-code-2.1.330/529"),
    .codex: ("codex-0.163.0/ok", nil, "codex-0.163.0/401"),
    .opencode: ("opencode-documented/ok", "opencode-documented/refused", "opencode-documented/unreachable"),
    .cursor: ("cursor-documented/ok", "cursor-documented/refused", nil),
  ]

  @Test("every vendor has an adapter of its own name; a command replaces the executable")
  func all() throws {
    for vendor in Vendor.allCases {
      let own = try adapter(vendor)
      #expect(own.vendor == vendor)
      let other = try #require(VendorAdapters.adapter(for: vendor, command: ["/opt/run", "first"]))
      #expect(other.executable == "/opt/run")
      #expect(other.arguments(for: AgentLaunch()).first == "first")
    }
    #expect(VendorAdapters.adapter(for: .custom, command: []) == nil)
  }

  @Test("model, extra arguments, session and schema are in the arguments where they are declared")
  func arguments() throws {
    for vendor in Vendor.allCases {
      let adapter = try adapter(vendor)
      let fresh = adapter.arguments(for: Self.launch)
      #expect(fresh.contains("--x"))
      #expect(fresh.contains("M") == (vendor != .custom))
      #expect(!fresh.contains("ID"))
      #expect(resumed(adapter).contains("ID") == adapter.capabilities.resumes)
      #expect(
        (fresh.contains("TEXT") || fresh.contains("/PATH")) == adapter.capabilities.structuredAnswer)
      #expect((fresh.last == "-") == (adapter.capabilities.promptChannel == .standardInputNamedByDash))
    }
  }

  @Test("session id, usage, end, retries and refusals are in the stream where they are declared")
  func streams() throws {
    for (vendor, streams) in Self.streams {
      let adapter = try adapter(vendor)
      let declared = adapter.capabilities
      let facts = VendorStreams.facts(try VendorStreams.recorded(streams.good, adapter.makeParser()))
      #expect((facts.vendorSessionID != nil) == declared.tellsSessionID)
      #expect((facts.usage.inputTokens != nil) == declared.reportsTokens)
      #expect((facts.usage.costUSD != nil) == declared.reportsCost)
      let early = try VendorStreams.recorded(streams.good, adapter.makeParser()).dropLast(2)
      let told = VendorStreams.facts(Array(early)).usage
      #expect((told.inputTokens == nil) == declared.tellsTokensAtEnd, "\(vendor.rawValue)")
      #expect(
        (told.costUSD == nil) == (declared.tellsCostAtEnd || !declared.reportsCost), "\(vendor.rawValue)")
      #expect((facts.finalResult != nil) == declared.announcesEnd)
      #expect((streams.refused != nil) == declared.tellsRefusedTools)
      #expect((streams.retrying != nil) == declared.tellsRetries)
      if let name = streams.refused {
        let facts = VendorStreams.facts(try VendorStreams.recorded(name, adapter.makeParser()))
        #expect(facts.finalResult?.deniedTools.isEmpty == false)
      }
      if let name = streams.retrying {
        let signals = try VendorStreams.recorded(name, adapter.makeParser())
        #expect(signals.contains { if case .apiRetry = $0 { true } else { false } })
      }
    }
  }

  @Test("a custom agent's stream tells what is declared of it")
  func customStream() throws {
    let adapter = try adapter(.custom)
    let facts = VendorStreams.facts(
      VendorStreams.signals(
        """
        {"type":"usage","input_tokens":3,"output_tokens":4,"cost_usd":0.5,"session_id":"S1"}
        {"type":"result","result":"done","is_error":false,"session_id":"S1","permission_denials":[{"tool_name":"x"}]}
        {"type":"error","message":"You have hit your usage limit."}
        """, adapter.makeParser()))
    let declared = adapter.capabilities
    #expect((facts.vendorSessionID != nil) == declared.tellsSessionID)
    #expect((facts.usage.inputTokens != nil) == declared.reportsTokens)
    #expect((facts.usage.costUSD != nil) == declared.reportsCost)
    #expect((facts.finalResult != nil) == declared.announcesEnd)
    #expect((facts.limit != nil) == declared.tellsLimits)
  }

  /// How each vendor says that its plan is used up: a line of its stream, or words on standard error.
  private static let limits: [Vendor: (line: String, words: String)] = [
    .claudeCode: (#"{"type":"rate_limit_event","rate_limit_info":{"status":"rejected"}}"#, ""),
    .codex: (#"{"type":"turn.failed","error":{"message":"You have hit your usage limit."}}"#, ""),
    .opencode: (
      #"{"type":"error","sessionID":"S","error":{"name":"APIError","data":{"message":"usage limit","statusCode":429}}}"#,
      ""
    ),
    .cursor: ("", "You have hit your usage limit"), .custom: ("usage limit", "You have hit your usage limit"),
  ]

  @Test("a limit is told where it is declared", arguments: Vendor.allCases)
  func limit(vendor: Vendor) throws {
    let adapter = try adapter(vendor)
    let said = try #require(Self.limits[vendor])
    let facts = VendorStreams.facts(VendorStreams.signals(said.line, adapter.makeParser()))
    let failures = [
      facts.limit, facts.finalResult?.failure, facts.pendingRetry,
      adapter.diagnose(standardError: said.words),
    ]
    let isLimit = failures.compactMap(\.self).contains { failure in
      if case .usageLimited = failure.kind { true } else { false }
    }
    #expect(isLimit == adapter.capabilities.tellsLimits)
  }

  @Test("a vendor that declares it tells the sum of its conversation in a resumed session")
  func wholeConversation() throws {
    let adapter = try adapter(.codex)
    let first = VendorStreams.facts(try VendorStreams.recorded("codex-0.163.0/ok", adapter.makeParser()))
    let second = VendorStreams.facts(
      try VendorStreams.recorded("codex-0.163.0/ok-resume", adapter.makeParser()))
    #expect(adapter.capabilities.sumsTokens)
    #expect((second.usage.inputTokens ?? 0) > (first.usage.inputTokens ?? 0))
  }

  private static let servers: JSONValue = [
    "mcpServers": [
      "files": [
        "command": "npx", "args": ["-y", "server"], "env": ["TOKEN": "secret one", "MCP_HEADER_1": "secret"],
      ],
      "my web": ["url": "https://mcp.test", "headers": ["Authorization": "Bearer secret two"]],
      "twice": ["command": "other", "args": ["a b"], "env": ["TOKEN": "secret three", "PATH": "/x"]],
    ]
  ]

  @Test(
    "MCP servers are in the arguments or the environment where they are declared", arguments: Vendor.allCases)
  func mcpServers(vendor: Vendor) throws {
    let adapter = try adapter(vendor)
    var launch = Self.launch
    launch.mcpServers = Self.servers
    if adapter.mcpDocument(Self.servers) != nil { launch.mcpPath = "/MCP" }
    let arguments = adapter.arguments(for: launch).joined(separator: " ")
    let variables = adapter.mcpEnvironment(Self.servers, over: [:])
    let isGiven =
      arguments.contains("/MCP") || arguments.contains("mcp_servers") || !variables.isEmpty
    #expect(isGiven == adapter.capabilities.takesMCPServers)
    #expect(!arguments.contains("secret"))
  }

  @Test("codex gets each server as an argument and what is secret through its environment")
  func codexServers() {
    let servers = CodexServers(Self.servers, reserved: CodexAdapter().allowance)
    #expect(
      servers.arguments == [
        "-c",
        #"mcp_servers.files={ args = ["-c", "MCP_HEADER_1=\"$MCP_VALUE_1\"; export MCP_HEADER_1; unset MCP_VALUE_1; exec \"$0\" \"$@\"", "npx", "-y", "server"], command = "/bin/sh", env_vars = ["MCP_VALUE_1", "TOKEN"] }"#,
        "-c",
        #"mcp_servers.my_web={ env_http_headers = { Authorization = "MCP_HEADER_2" }, url = "https://mcp.test" }"#,
        "-c",
        #"mcp_servers.twice={ args = ["-c", "PATH=\"$MCP_VALUE_3\"; export PATH; unset MCP_VALUE_3; TOKEN=\"$MCP_VALUE_4\"; export TOKEN; unset MCP_VALUE_4; exec \"$0\" \"$@\"", "other", "a b"], command = "/bin/sh", env_vars = ["MCP_VALUE_3", "MCP_VALUE_4"] }"#,
      ])
    #expect(
      servers.environment == [
        "TOKEN": "secret one", "MCP_VALUE_1": "secret", "MCP_HEADER_2": "Bearer secret two",
        "MCP_VALUE_3": "/x", "MCP_VALUE_4": "secret three",
      ])
    #expect(CodexServers(nil, reserved: CodexAdapter().allowance).arguments == [])
  }

  @Test("opencode's own inline configuration is kept around the servers")
  func openCodeServers() throws {
    let servers: JSONValue = ["mcpServers": ["files": ["command": "npx", "args": ["server"]]]]
    let own = #"{"theme":"x","mcp":{"mine":{"type":"remote","url":"https://m.test"}}}"#
    #expect(
      OpenCodeAdapter().mcpEnvironment(
        servers, over: ["OPENCODE_CONFIG_CONTENT": own, "OPENCODE_CONFIG": "/c"]) == [
          "OPENCODE_CONFIG_CONTENT":
            #"{"mcp":{"files":{"command":["npx","server"],"enabled":true,"environment":{},"type":"local"},"mine":{"type":"remote","url":"https://m.test"}},"theme":"x"}"#
        ])
  }

  @Test(
    "the command lines",
    arguments: [
      (
        Vendor.codex, false,
        [
          "exec", "--json", "--dangerously-bypass-approvals-and-sandbox", "-m", "M", "--output-schema",
          "/PATH", "--x", "-",
        ]
      ),
      (
        .codex, true,
        [
          "exec", "resume", "--json", "--dangerously-bypass-approvals-and-sandbox", "-m", "M", "--x", "ID",
          "-",
        ]
      ),
      (.opencode, false, ["run", "--format", "json", "-m", "M", "--x"]),
      (.opencode, true, ["run", "--format", "json", "-m", "M", "--session", "ID", "--x"]),
      (
        .cursor, false, ["-p", "--output-format", "stream-json", "--force", "--trust", "--model", "M", "--x"]
      ),
      (
        .cursor, true,
        [
          "-p", "--output-format", "stream-json", "--force", "--trust", "--model", "M", "--resume", "ID",
          "--x",
        ]
      ),
    ])
  func commandLines(vendor: Vendor, isResumed: Bool, expected: [String]) throws {
    let adapter = try adapter(vendor)
    #expect((isResumed ? resumed(adapter) : adapter.arguments(for: Self.launch)) == expected)
  }

  @Test(
    "a provider that codex may not know to check schemas of gets none",
    arguments: ["--oss", "model_provider=x"])
  func codexProviders(argument: String) {
    var launch = Self.launch
    launch.extraArguments = ["-c", argument]
    #expect(!CodexAdapter().arguments(for: launch).contains("--output-schema"))
  }

  @Test("each vendor gets its own login and no other's")
  func logins() throws {
    let keys: [Vendor: [String]] = [
      .claudeCode: ["ANTHROPIC_API_KEY", "CLAUDE_CONFIG_DIR"], .codex: ["OPENAI_API_KEY", "CODEX_HOME"],
      .opencode: ["OPENCODE_CONFIG", "ANTHROPIC_API_KEY", "OPENAI_API_KEY"], .cursor: ["CURSOR_API_KEY"],
      .custom: [],
    ]
    let all = Set(keys.values.joined())
    for vendor in Vendor.allCases {
      let allowance = try adapter(vendor).allowance
      #expect(all.filter { allowance.allows($0) } == Set(keys[vendor] ?? []))
      #expect(!allowance.allows("GH_TOKEN"))
    }
  }

  @Test("the table of the documentation is the declaration")
  func document() throws {
    let document = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../docs/vendors.md").standardizedFileURL
    let text = try String(contentsOf: document, encoding: .utf8)
    var rows: [String] = []
    for vendor in Vendor.allCases {
      let can = try adapter(vendor).capabilities
      func cell(_ does: Bool, atEnd: Bool = false) -> String { does ? atEnd ? "at the end" : "yes" : "no" }
      let cells =
        [cell(can.resumes), cell(can.tellsSessionID)]
        + [
          cell(can.reportsTokens, atEnd: can.tellsTokensAtEnd),
          cell(can.reportsCost, atEnd: can.tellsCostAtEnd),
        ]
        + [
          can.announcesEnd, can.tellsRetries, can.tellsRefusedTools, can.tellsLimits, can.takesMCPServers,
          can.structuredAnswer, can.exitStatusCounts,
        ].map { cell($0) }
      rows.append("| `\(vendor.rawValue)` | " + cells.joined(separator: " | ") + " |")
    }
    let table = text.split(separator: "\n").map(String.init).filter {
      $0.hasPrefix("| `") && $0.contains("| yes")
    }
    #expect(table == rows)
  }
}
