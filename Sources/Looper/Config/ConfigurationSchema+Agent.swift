extension ConfigurationSchema {
  private static let timeoutRange = 1...86_400
  private static let runtimeRange = 1...604_800

  static let agent: [ConfigurationKey<Configuration>] = [
    .init("agent.vendor", \.agent.settings.vendor, .choice, "Which agent CLI does the work."),
    .init(
      "agent.fallback", \.agent.settings.fallback, .substitutes,
      "Who does the work while the vendor's plan is used up or its provider is down: the first that works."),
    .init(
      "agent.command", \.agent.settings.command, .list(.words),
      "What to run in place of the vendor's usual command, a list or one text; required for custom."),
    .init("agent.model", \.agent.settings.model, .text(), "The model; empty means the vendor's own default."),
    .init(
      "agent.extra-args", \.agent.settings.extraArguments, .list(.words),
      "Arguments added to every start of the agent."
    ),
    .init(
      "agent.mcp-config", \.agent.settings.mcpConfiguration, .path(orEmpty: true),
      "A JSON file with the MCP servers of the agent, as Claude Code reads it (mcpServers); empty means none."
    ),
    .init(
      "agent.timeout-secs", \.agent.settings.timeout, .duration(.seconds, timeoutRange),
      "A session that gives no sign of life for this long is ended."),
    .init(
      "agent.max-runtime-secs", \.agent.settings.maxRuntime, .duration(.seconds, runtimeRange),
      "A session is ended after this long, whatever it does."),
    .init(
      "agent.stop-grace-secs", \.agent.settings.stopGrace, .duration(.seconds, 0...600),
      "The time between asking an agent to stop and killing it."),
    .init(
      "agent.attempts", \.agent.settings.attempts, .integer(1...20),
      "Failures of the agent before a person is asked."),
    .init(
      "agent.env", \.agent.settings.environment,
      .list(.names, "a list of variable names") { ConfigurationText.isVariableName($0) },
      "Names of environment variables handed to the agent in addition to the usual ones."),
  ]

  /// What a role or a project may change about its agent.
  static let overrides: [ConfigurationKey<AgentSettings.Overrides>] = [
    .init(optional: "vendor", \.vendor, .choice, "In place of agent.vendor."),
    .init(optional: "fallback", \.fallback, .substitutes, "In place of agent.fallback."),
    .init(optional: "command", \.command, .list(.words), "In place of agent.command."),
    .init(optional: "model", \.model, .text(), "In place of agent.model."),
    .init(optional: "extra-args", \.extraArguments, .list(.words), "In place of agent.extra-args."),
    .init(
      optional: "mcp-config", \.mcpConfiguration, .path(orEmpty: true), "In place of agent.mcp-config."),
    .init(
      optional: "timeout-secs", \.timeout, .duration(.seconds, timeoutRange),
      "In place of agent.timeout-secs."),
    .init(
      optional: "max-runtime-secs", \.maxRuntime, .duration(.seconds, runtimeRange),
      "In place of agent.max-runtime-secs."),
  ]

  private static let roleOverrides: [ConfigurationKey<AgentSettings.RoleOverrides>] =
    overrides.map { $0.lifted(to: "planner", \.planner) }
    + overrides.map { $0.lifted(to: "reviewer", \.reviewer) }
    + overrides.map { $0.lifted(to: "worker", \.worker) }
    + overrides.map { $0.lifted(to: "fixer", \.fixer) }

  static let roles: [ConfigurationKey<Configuration>] = roleOverrides.map {
    $0.lifted(to: "agent.roles", \.agent.roles)
  }

  /// How one vendor is run.
  static let vendorDefaults: [ConfigurationKey<AgentSettings.VendorDefaults>] = [
    .init(
      optional: "command", \.command, .list(.words), "What to run in place of this vendor's usual command."),
    .init(optional: "model", \.model, .text(), "The model of this vendor."),
    .init(
      optional: "extra-args", \.extraArguments, .list(.words),
      "Arguments added to every start of this vendor."
    ),
  ]

  private static let vendorTable: [ConfigurationKey<AgentSettings.VendorTable>] =
    vendorDefaults.map { $0.lifted(to: Vendor.claudeCode.rawValue, \.claudeCode) }
    + vendorDefaults.map { $0.lifted(to: Vendor.codex.rawValue, \.codex) }
    + vendorDefaults.map { $0.lifted(to: Vendor.opencode.rawValue, \.opencode) }
    + vendorDefaults.map { $0.lifted(to: Vendor.cursor.rawValue, \.cursor) }
    + vendorDefaults.map { $0.lifted(to: Vendor.custom.rawValue, \.custom) }

  static let vendors: [ConfigurationKey<Configuration>] = vendorTable.map {
    $0.lifted(to: "agent.vendors", \.agent.vendors)
  }

  /// The keys of one `[[projects]]` table.
  static let project: [ConfigurationKey<Configuration.Project>] =
    [
      .init("name", \.name, .projectName, "The repository, as owner/name or host/owner/name."),
      .init("path", \.path, .path(orEmpty: true), "A local checkout of it, if there is one."),
      .init("base", \.base, .text(), "The branch to work against; empty means the default branch."),
      .init(
        optional: "validation-commands", \.validationCommands, .list(.whole),
        "In place of validation.commands."),
    ] + overrides.map { $0.lifted(to: "agent", \.agent) }
    + roleOverrides.map { $0.lifted(to: "agent.roles", \.roles) }
}

extension ConfigurationCodec<[Vendor]> {
  /// Vendors in order, each once. A custom agent is none of them: it has no command of its own.
  fileprivate static var substitutes: Self {
    let known = Vendor.allCases.filter { $0 != .custom }.map(\.rawValue)
    let names = ConfigurationCodec<[String]>.list(
      .names, "a list of \(known.joined(separator: ", "))", isValid: known.contains)
    return Self(
      names.expectation,
      convert: { value in
        guard case .success(let texts) = names.decode(value), Set(texts).count == texts.count else {
          return nil
        }
        return texts.compactMap(Vendor.init(rawValue:))
      },
      encode: { .array($0.map { .string($0.rawValue) }) }, interpret: names.interpret)
  }
}
