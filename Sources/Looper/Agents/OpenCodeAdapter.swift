import Foundation

/// OpenCode, headless. After its documentation and issue tracker (1.x and 2.0); not observed.
struct OpenCodeAdapter: VendorAdapter {
  static let defaultExecutable = "opencode"
  static let complaint = ProviderComplaint(loginAdvice: "run `opencode auth login` as this user")

  var executable = Self.defaultExecutable
  var leadingArguments: [String] = []

  var vendor: Vendor { .opencode }
  /// It exits 0 after errors, 1 after errors it got over (issues 14551 and 50062), and may stay after its last event
  /// (44901).
  var capabilities: VendorCapabilities {
    VendorCapabilities(
      promptChannel: .standardInput, resumes: true, tellsSessionID: true, reportsTokens: true,
      reportsCost: true, announcesEnd: true, tellsRetries: true, tellsRefusedTools: true,
      tellsLimits: true, takesMCPServers: true, exitStatusCounts: false)
  }
  var versionArguments: [String]? { ["--version"] }
  /// Its own settings, where its login lies, and the logins of the providers it can use.
  var allowance: ChildEnvironment.Allowance {
    ChildEnvironment.Allowance(
      names: [
        "DEEPSEEK_API_KEY", "GEMINI_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY", "GROQ_API_KEY",
        "MISTRAL_API_KEY", "XAI_API_KEY", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
        "XDG_STATE_HOME",
      ],
      prefixes: ["ANTHROPIC_", "OPENAI_", "OPENCODE_", "OPENROUTER_"])
  }

  var login: VendorLogin? {
    VendorLogin(
      variables: [
        "ANTHROPIC_API_KEY", "DEEPSEEK_API_KEY", "GEMINI_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY",
        "GROQ_API_KEY", "MISTRAL_API_KEY", "OPENAI_API_KEY", "OPENCODE_API_KEY", "OPENROUTER_API_KEY",
        "XAI_API_KEY",
      ], files: ["auth.json"], command: "opencode auth login")
  }
  var installCommand: String? { "npm install -g opencode-ai" }

  func arguments(for launch: AgentLaunch) -> [String] {
    var arguments = leadingArguments + ["run", "--format", "json"]
    if let model = launch.model { arguments += ["-m", model] }
    if case .resumed(let id) = launch.continuation { arguments += ["--session", id] }
    return arguments + launch.extraArguments
  }

  /// The permissions are a variable because the flag for them has had two names.
  func environment(isRoot: Bool) -> [String: String] {
    [
      "OPENCODE_DISABLE_AUTOUPDATE": "true",
      "OPENCODE_PERMISSION": #"{"*":"allow","external_directory":"allow"}"#,
    ]
  }

  /// Its inline configuration, which it merges over every file; the operator's own inline one is kept around it.
  func mcpEnvironment(_ servers: JSONValue, over inherited: [String: String]) -> [String: String] {
    let name = "OPENCODE_CONFIG_CONTENT"
    var document: [String: JSONValue] = [:]
    if let text = inherited[name],
      let own = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)).objectValue
    {
      document = own
    }
    let merged = (document["mcp"]?.objectValue ?? [:]).merging(Self.servers(servers)) { $1 }
    document["mcp"] = .object(merged)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(JSONValue.object(document)) else { return [:] }
    return [name: String(decoding: data, as: UTF8.self)]
  }

  /// `{name: {"type": "local", "command": […], "environment": {…}}}`, or `remote` with a URL.
  private static func servers(_ servers: JSONValue) -> [String: JSONValue] {
    (servers["mcpServers"]?.objectValue ?? [:]).mapValues { server -> JSONValue in
      if let url = server["url"] {
        return .object([
          "type": "remote", "url": url, "headers": server["headers"] ?? .object([:]), "enabled": true,
        ])
      }
      let command = [server["command"] ?? .null] + (server["args"]?.arrayValue ?? [])
      return .object([
        "type": "local", "command": .array(command), "environment": server["env"] ?? .object([:]),
        "enabled": true,
      ])
    }
  }

  func makeParser() -> any StreamParser { OpenCodeStreamParser() }

  func diagnose(standardError: String) -> Failure? {
    for line in standardError.split(whereSeparator: \.isNewline) {
      guard let words = AgentText.progress(String(line)) else { continue }
      if words.contains("auto-rejecting") {
        return Failure(.agent, "a permission was refused to the agent: \(words); allow it in opencode.json")
      }
      if words.contains("Session not found") || words.contains("NotFoundError") {
        return Failure(.agent, "opencode does not know the session to go on with: \(words)")
      }
      if words.contains("Unknown argument") {
        return Failure(.needsHuman, "opencode refuses to start: \(words); check agent.extra-args")
      }
      if let known = Self.complaint.known(words) { return known }
    }
    return nil
  }
}
