/// One configured way of running a vendor's CLI.
struct AgentSettings: Sendable, Equatable {
  var vendor = Vendor.claudeCode
  /// Who does the work while ``vendor`` is limited or down, the first that is not.
  var fallback: [Vendor] = []
  /// What to run instead of the vendor's usual command, with leading arguments; empty for the usual one.
  var command: [String] = []
  /// Empty: the vendor's own default.
  var model = ""
  var extraArguments: [String] = []
  /// A JSON file of MCP servers, as written, with `~`; empty for none.
  var mcpConfiguration = ""
  /// Silence longer than this ends the session.
  var timeout = Duration.seconds(300)
  /// The session ends after this, whatever it does.
  var maxRuntime = Duration.seconds(3600)
  /// From SIGTERM to SIGKILL.
  var stopGrace = Duration.seconds(10)
  /// Failures of the agent before a loop is blocked.
  var attempts = 3
  /// Names of the daemon's variables that the agent gets in addition to the usual ones.
  var environment: [String] = []

  /// These settings with everything that `overrides` says in place of their own.
  ///
  /// Another vendor drops command, model and arguments, which belong to the one before, and begins with its own.
  func overridden(by overrides: Overrides, vendors: VendorTable = VendorTable()) -> Self {
    var result = self
    if let vendor = overrides.vendor, vendor != result.vendor {
      result.vendor = vendor
      result.command = []
      result.model = ""
      result.extraArguments = []
      result = result.completed(from: vendors)
    }
    if let fallback = overrides.fallback { result.fallback = fallback }
    if let command = overrides.command { result.command = command }
    if let model = overrides.model { result.model = model }
    if let extraArguments = overrides.extraArguments { result.extraArguments = extraArguments }
    if let mcpConfiguration = overrides.mcpConfiguration { result.mcpConfiguration = mcpConfiguration }
    if let timeout = overrides.timeout { result.timeout = timeout }
    if let maxRuntime = overrides.maxRuntime { result.maxRuntime = maxRuntime }
    return result
  }

  /// These settings with what the vendor's own table says where they say nothing.
  func completed(from vendors: VendorTable) -> Self {
    var result = self
    let own = vendors[vendor]
    if result.command.isEmpty, let command = own.command { result.command = command }
    if result.model.isEmpty, let model = own.model { result.model = model }
    if result.extraArguments.isEmpty, let extraArguments = own.extraArguments {
      result.extraArguments = extraArguments
    }
    return result
  }
}

extension AgentSettings {
  /// What a role or a project changes; nil leaves a value as it is.
  struct Overrides: Sendable, Equatable {
    var vendor: Vendor?
    var fallback: [Vendor]?
    var command: [String]?
    var model: String?
    var extraArguments: [String]?
    var mcpConfiguration: String?
    var timeout: Duration?
    var maxRuntime: Duration?
  }

  /// The changes of each role.
  struct RoleOverrides: Sendable, Equatable {
    var planner = Overrides()
    var reviewer = Overrides()
    var worker = Overrides()
    var fixer = Overrides()

    subscript(role: Role) -> Overrides {
      switch role {
      case .planner: planner
      case .reviewer: reviewer
      case .worker: worker
      case .fixer: fixer
      }
    }
  }

  /// How one vendor is run wherever nothing nearer says otherwise; nil leaves it at the adapter's default.
  struct VendorDefaults: Sendable, Equatable {
    var command: [String]?
    var model: String?
    var extraArguments: [String]?
  }

  /// The defaults of each vendor.
  struct VendorTable: Sendable, Equatable {
    var claudeCode = VendorDefaults()
    var codex = VendorDefaults()
    var opencode = VendorDefaults()
    var cursor = VendorDefaults()
    var custom = VendorDefaults()

    subscript(vendor: Vendor) -> VendorDefaults {
      switch vendor {
      case .claudeCode: claudeCode
      case .codex: codex
      case .opencode: opencode
      case .cursor: cursor
      case .custom: custom
      }
    }
  }
}
