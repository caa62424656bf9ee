/// Codex CLI, headless. Observed with 0.163.0.
struct CodexAdapter: VendorAdapter {
  static let defaultExecutable = "codex"
  static let complaint = ProviderComplaint(loginAdvice: "run `codex login` as this user")

  var executable = Self.defaultExecutable
  var leadingArguments: [String] = []

  var vendor: Vendor { .codex }
  var capabilities: VendorCapabilities {
    VendorCapabilities(
      promptChannel: .standardInputNamedByDash, resumes: true, tellsSessionID: true, reportsTokens: true,
      tellsTokensAtEnd: true,
      sumsTokens: true, announcesEnd: true, tellsRetries: true, tellsLimits: true,
      takesMCPServers: true, structuredAnswer: true)
  }
  var versionArguments: [String]? { ["--version"] }
  /// Its login, and `CODEX_HOME`, where its login and sessions lie when not in the home directory.
  var allowance: ChildEnvironment.Allowance {
    ChildEnvironment.Allowance(names: [], prefixes: ["CODEX_", "OPENAI_"])
  }

  var login: VendorLogin? {
    VendorLogin(variables: ["CODEX_API_KEY"], arguments: ["login", "status"], command: "codex login")
  }
  var installCommand: String? { "npm install -g @openai/codex" }

  func arguments(for launch: AgentLaunch) -> [String] {
    var arguments = leadingArguments + ["exec"]
    if case .resumed = launch.continuation { arguments.append("resume") }
    // Its own sandbox cannot commit in a linked worktree; ours is around the whole process.
    arguments += ["--json", "--dangerously-bypass-approvals-and-sandbox"]
    if let model = launch.model { arguments += ["-m", model] }
    if let path = schemaPath(launch) { arguments += ["--output-schema", path] }
    arguments += CodexServers(launch.mcpServers, reserved: allowance).arguments
    arguments += launch.extraArguments
    if case .resumed(let id) = launch.continuation { arguments.append(id) }
    // Last, so that no option of the operator's takes it for its value.
    return arguments + ["-"]
  }

  /// Nil where the answer cannot be checked: `exec resume` has no such option, other providers may not know it.
  private func schemaPath(_ launch: AgentLaunch) -> String? {
    guard launch.continuation == .fresh,
      !launch.extraArguments.contains(where: { $0 == "--oss" || $0.contains("model_provider") })
    else { return nil }
    return launch.answerSchema?.path
  }

  /// Nothing to silence: `codex exec` neither updates itself nor asks.
  func environment(isRoot: Bool) -> [String: String] { [:] }

  func mcpEnvironment(_ servers: JSONValue, over inherited: [String: String]) -> [String: String] {
    CodexServers(servers, reserved: allowance).environment
  }

  func makeParser() -> any StreamParser { CodexStreamParser() }

  func diagnose(standardError: String) -> Failure? {
    for line in standardError.split(whereSeparator: \.isNewline) {
      guard let words = AgentText.progress(String(line)) else { continue }
      if words.contains("unexpected argument") || words.contains("invalid value") {
        return Failure(.needsHuman, "codex refuses to start: \(words); check agent.extra-args")
      }
      if words.contains("CODEX_HOME") || words.contains("Not inside a trusted directory") {
        return Failure(.needsHuman, "codex refuses to start: \(words)")
      }
      if words.contains("no rollout found") {
        return Failure(.agent, "codex does not know the session to go on with: \(words)")
      }
    }
    return AgentText.lastLine(standardError).flatMap { Self.complaint.known($0) }
  }
}
