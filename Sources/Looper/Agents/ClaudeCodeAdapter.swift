/// Claude Code, headless. Observed with 2.1.330.
struct ClaudeCodeAdapter: VendorAdapter {
  static let defaultExecutable = "claude"
  /// Its own default of 10 takes minutes over a provider that is down; ours are retried by the scheduler.
  static let retriesMax = 4

  var executable = Self.defaultExecutable
  var leadingArguments: [String] = []

  var vendor: Vendor { .claudeCode }
  /// After `--resume` its tokens are the session's and its money is the conversation's.
  var capabilities: VendorCapabilities {
    VendorCapabilities(
      promptChannel: .standardInput, resumes: true, tellsSessionID: true, reportsTokens: true, sumsCost: true,
      reportsCost: true, tellsCostAtEnd: true, announcesEnd: true, tellsRetries: true,
      tellsRefusedTools: true,
      tellsLimits: true, takesMCPServers: true, structuredAnswer: true)
  }
  var versionArguments: [String]? { ["--version"] }
  /// Its login and where it lies, when not in the home directory.
  var allowance: ChildEnvironment.Allowance {
    ChildEnvironment.Allowance(names: [], prefixes: ["ANTHROPIC_", "CLAUDE_"])
  }

  var login: VendorLogin? {
    VendorLogin(
      variables: [
        "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN", "CLAUDE_CODE_USE_BEDROCK",
        "CLAUDE_CODE_USE_FOUNDRY", "CLAUDE_CODE_USE_VERTEX",
      ], files: [".credentials.json"], command: "claude auth login")
  }
  var installCommand: String? { "npm install -g @anthropic-ai/claude-code" }

  func arguments(for launch: AgentLaunch) -> [String] {
    var arguments = leadingArguments
    // Without --verbose it refuses stream-json.
    arguments += ["-p", "--output-format", "stream-json", "--verbose", "--dangerously-skip-permissions"]
    if let model = launch.model { arguments += ["--model", model] }
    if case .resumed(let id) = launch.continuation { arguments += ["--resume", id] }
    // Strictly: those of a pull request under review are not started.
    if let path = launch.mcpPath { arguments += ["--mcp-config", path, "--strict-mcp-config"] }
    if let schema = launch.answerSchema { arguments += ["--json-schema", schema.text] }
    return arguments + launch.extraArguments
  }

  func mcpDocument(_ servers: JSONValue) -> JSONValue? { servers }

  func environment(isRoot: Bool) -> [String: String] {
    var variables = [
      // What one session keeps in mind for the next would tell a reviewer what the reviewed wants.
      "CLAUDE_CODE_DISABLE_AUTO_MEMORY": "1",
      "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
      "CLAUDE_CODE_MAX_RETRIES": String(Self.retriesMax),
      "DISABLE_AUTOUPDATER": "1",
      "DISABLE_TELEMETRY": "1",
    ]
    // As root it refuses --dangerously-skip-permissions without this.
    if isRoot { variables["IS_SANDBOX"] = "1" }
    return variables
  }

  func makeParser() -> any StreamParser { ClaudeCodeStreamParser() }

  func diagnose(standardError: String) -> Failure? {
    guard let line = AgentText.lastLine(standardError) else { return nil }
    if line.contains("cannot be used with root") || line.contains("unknown option") {
      return Failure(.needsHuman, "claude refuses to start: \(line)")
    }
    return ClaudeCodeComplaint.failure(inText: line)
  }
}
