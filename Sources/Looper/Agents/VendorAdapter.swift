/// How one vendor's agent CLI is run and understood.
///
/// An adapter is a value that starts nothing: ``AgentSessionRunner`` runs what it describes. The prompt always goes
/// in on standard input, never in an argument, which every process of the machine can read.
protocol VendorAdapter: Sendable {
  var vendor: Vendor { get }
  var capabilities: VendorCapabilities { get }
  /// An absolute path, or a bare name looked up in the child's `PATH`.
  var executable: String { get }
  /// What follows the executable before everything else: the rest of the configured command.
  var leadingArguments: [String] { get }
  /// Arguments after the leading ones that make it print its version and end; nil when there is no such way.
  var versionArguments: [String]? { get }
  /// Variables of the daemon's environment it needs beside ``ChildEnvironment/Allowance/agent``: its own login.
  var allowance: ChildEnvironment.Allowance { get }

  /// What follows the executable for one session.
  func arguments(for launch: AgentLaunch) -> [String]

  /// Variables set for every session; the daemon's own value of the same name wins when it may pass.
  func environment(isRoot: Bool) -> [String: String]

  /// The vendor's own form of a file of MCP servers (`{"mcpServers": {…}}`); nil when it is given them otherwise.
  func mcpDocument(_ servers: JSONValue) -> JSONValue?

  /// The variables that give it MCP servers, or what these keep secret.
  ///
  /// - Parameter inherited: the session's variables so far.
  func mcpEnvironment(_ servers: JSONValue, over inherited: [String: String]) -> [String: String]

  /// How it is found out whether it is logged in; nil when that is its own matter.
  var login: VendorLogin? { get }

  /// The command that installs it; nil when nobody but its operator knows.
  var installCommand: String? { get }

  /// A parser for the standard output of one session.
  func makeParser() -> any StreamParser

  /// What standard error tells of a session that failed without saying why on standard output; nil for nothing.
  func diagnose(standardError: String) -> Failure?
}

extension VendorAdapter {
  func mcpDocument(_ servers: JSONValue) -> JSONValue? { nil }
  func mcpEnvironment(_ servers: JSONValue, over inherited: [String: String]) -> [String: String] { [:] }
  var login: VendorLogin? { nil }
  var installCommand: String? { nil }
}

/// What a vendor's CLI can and cannot do. `docs/vendors.md` shows it for people.
struct VendorCapabilities: Hashable, Sendable {
  /// How the prompt gets in. Never as an argument, which every process of the machine can read.
  enum PromptChannel: Hashable, Sendable {
    case standardInput
    /// Standard input, which a last argument `-` stands for.
    case standardInputNamedByDash
  }

  var promptChannel = PromptChannel.standardInput
  /// Whether a session can be continued by its id.
  var resumes = false
  /// Whether its stream has the vendor's id of the session.
  var tellsSessionID = false
  /// Whether tokens are told.
  var reportsTokens = false
  /// Whether tokens are told only when the session is over, when no budget can end it any more.
  var tellsTokensAtEnd = false
  /// Whether a resumed session tells the tokens of the whole conversation, earlier sessions included.
  var sumsTokens = false
  /// The same of the money.
  var sumsCost = false
  /// Whether money is told.
  var reportsCost = false
  /// Whether money is told only when the session is over, when no budget can end it any more.
  var tellsCostAtEnd = false
  /// Whether its stream has an event that says the work is over; what lingers after it may be ended.
  var announcesEnd = false
  /// Whether its stream tells that the model cannot be reached while it tries again.
  var tellsRetries = false
  /// Whether its stream tells which tools were refused.
  var tellsRefusedTools = false
  /// Whether its output tells that the plan is used up.
  var tellsLimits = false
  /// Whether it can be given MCP servers.
  var takesMCPServers = false
  /// Whether it checks the answer against a JSON schema.
  var structuredAnswer = false
  /// Whether its exit status means anything; where not, a valid result is the only success.
  var exitStatusCounts = true
}

extension VendorCapabilities {
  /// What a resumed session tells once more although earlier ones of its conversation told it.
  ///
  /// - Parameter told: by the earlier ones, all together.
  func repeated(of told: Usage) -> Usage {
    Usage(
      inputTokens: sumsTokens ? told.inputTokens : nil, outputTokens: sumsTokens ? told.outputTokens : nil,
      costUSD: sumsCost ? told.costUSD : nil)
  }
}

/// What varies from session to session of one adapter.
struct AgentLaunch: Hashable, Sendable {
  /// Whether a session begins anew or goes on with an earlier one.
  enum Continuation: Hashable, Sendable {
    case fresh
    /// Goes on with the vendor's session of that id.
    case resumed(vendorSessionID: String)
  }

  var continuation: Continuation = .fresh
  /// Nil for the vendor's default.
  var model: String?
  /// From the configuration, after the adapter's own.
  var extraArguments: [String] = []
  /// MCP servers, for vendors that can be given them.
  var mcpServers: JSONValue?
  /// The file with ``mcpServers`` in the vendor's form; set by ``AgentSessionRunner``.
  var mcpPath: String?
  /// What the answer must look like, for vendors that check it; set by ``AgentSessionRunner``.
  var answerSchema: AnswerSchema?

  /// A JSON schema, as text and as the file with it.
  struct AnswerSchema: Hashable, Sendable {
    var text: String
    var path: String
  }
}

/// How it is found out whether a vendor's CLI is logged in, without a call that costs.
struct VendorLogin: Hashable, Sendable {
  /// Any of these variables is a login.
  var variables: [String] = []
  /// Any of these files in one of the vendor's own directories is one.
  var files: [String] = []
  /// Arguments after the leading ones that make it end with status 0 when it is logged in; nil when there are none.
  var arguments: [String]?
  /// The command that logs in.
  var command: String
}

/// The adapters this version has.
enum VendorAdapters {
  /// What a vendor can do, whatever its command is.
  static func capabilities(of vendor: Vendor) -> VendorCapabilities {
    adapter(for: vendor, command: [vendor.rawValue])?.capabilities ?? VendorCapabilities()
  }

  /// The adapter of a vendor; nil for a custom agent without a command.
  ///
  /// - Parameter command: `agent.command`: the executable and leading arguments. Empty for the vendor's own name; a
  ///   custom agent has none of its own.
  static func adapter(for vendor: Vendor, command: [String]) -> (any VendorAdapter)? {
    let rest = Array(command.dropFirst())
    switch vendor {
    case .claudeCode:
      return ClaudeCodeAdapter(
        executable: command.first ?? ClaudeCodeAdapter.defaultExecutable, leadingArguments: rest)
    case .codex:
      return CodexAdapter(executable: command.first ?? CodexAdapter.defaultExecutable, leadingArguments: rest)
    case .opencode:
      return OpenCodeAdapter(
        executable: command.first ?? OpenCodeAdapter.defaultExecutable, leadingArguments: rest)
    case .cursor:
      return CursorAdapter(
        executable: command.first ?? CursorAdapter.defaultExecutable, leadingArguments: rest)
    case .custom:
      guard let executable = command.first else { return nil }
      return CustomAdapter(executable: executable, leadingArguments: rest)
    }
  }
}
