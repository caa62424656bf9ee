/// Cursor's agent, headless. After its documentation (2026); not observed.
struct CursorAdapter: VendorAdapter {
  static let defaultExecutable = "cursor-agent"
  static let complaint = ProviderComplaint(
    loginAdvice: "set CURSOR_API_KEY for the daemon or run `cursor-agent login` as this user")

  var executable = Self.defaultExecutable
  var leadingArguments: [String] = []

  var vendor: Vendor { .cursor }
  var capabilities: VendorCapabilities {
    VendorCapabilities(
      promptChannel: .standardInput, resumes: true, tellsSessionID: true, reportsTokens: true,
      tellsTokensAtEnd: true,
      announcesEnd: true, tellsRefusedTools: true, tellsLimits: true)
  }
  var versionArguments: [String]? { ["--version"] }
  /// Its login and where it lies; print mode asks for the key.
  var allowance: ChildEnvironment.Allowance {
    ChildEnvironment.Allowance(names: ["XDG_CONFIG_HOME"], prefixes: ["CURSOR_"])
  }

  var login: VendorLogin? {
    VendorLogin(variables: ["CURSOR_API_KEY"], files: ["auth.json"], command: "cursor-agent login")
  }
  var installCommand: String? { "curl https://cursor.com/install -fsS | bash" }

  func arguments(for launch: AgentLaunch) -> [String] {
    // Without --trust it asks whether the directory is trusted, and there is nobody to answer.
    var arguments = leadingArguments + ["-p", "--output-format", "stream-json", "--force", "--trust"]
    if let model = launch.model { arguments += ["--model", model] }
    if case .resumed(let id) = launch.continuation { arguments += ["--resume", id] }
    return arguments + launch.extraArguments
  }

  func environment(isRoot: Bool) -> [String: String] { ["NO_OPEN_BROWSER": "1"] }

  func makeParser() -> any StreamParser { CursorStreamParser() }

  /// A session that fails prints its reason here and ends without a last event.
  func diagnose(standardError: String) -> Failure? {
    for line in standardError.split(whereSeparator: \.isNewline) {
      guard let words = AgentText.progress(String(line)) else { continue }
      if words.contains("Workspace Trust Required") || words.contains("unknown option") {
        return Failure(
          .needsHuman, "cursor-agent refuses to start: \(words); update it or check agent.extra-args")
      }
      if let known = Self.complaint.known(words) { return known }
    }
    return nil
  }
}
