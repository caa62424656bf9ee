/// What must hold between keys; what one key must be is in ``ConfigurationSchema``.
struct ConfigurationRules {
  var configuration: Configuration
  var paths: ConfigurationPaths
  var origins: [String: ConfigurationOrigin]

  var problems: [ConfigurationProblem] { host + labels + projects + commands + auto }

  var warnings: [ConfigurationProblem] { socketPath + budgets + servers }

  private var socketPath: [ConfigurationProblem] {
    guard paths.socketPath.utf8.count > UnixSocketPath.bytesMax else { return [] }
    return [
      problem(
        "server.socket-path",
        "\(paths.socketPath) is longer than \(UnixSocketPath.bytesMax) bytes; set a shorter one")
    ]
  }

  /// A limit of money alone never ends the work of a vendor that does not tell what it costs, and of one that tells it
  /// when a session is over only between two sessions.
  private var budgets: [ConfigurationProblem] {
    let known = vendors.sorted { $0.rawValue < $1.rawValue }
      .map { ($0.rawValue, VendorAdapters.capabilities(of: $0)) }
    let silent = known.filter { !$0.1.reportsCost }.map(\.0)
    let late = known.filter(\.1.tellsCostAtEnd).map(\.0)
    return budgets(silent, "does not hold", "no cost")
      + budgets(late, "ends no session of", "its cost at the end")
  }

  private func budgets(_ vendors: [String], _ what: String, _ told: String) -> [ConfigurationProblem] {
    guard let one = vendors.first else { return [] }
    let who =
      vendors.count == 1
      ? "\(one), which tells \(told)" : "\(vendors.joined(separator: ", ")), which tell \(told)"
    let budget = configuration.budget
    let levels = [
      ("run", budget.runCostUSD, budget.runTokens), ("loop", budget.loopCostUSD, budget.loopTokens),
      ("project-day", budget.projectDayCostUSD, budget.projectDayTokens),
      ("day", budget.dayCostUSD, budget.dayTokens),
    ]
    return levels.compactMap { level, cost, tokens in
      guard cost > 0, tokens == 0 else { return nil }
      return problem(
        "budget.\(level)-cost-usd",
        "\(what) \(who); set budget.\(level)-tokens as well"
      )
    }
  }

  /// Everybody who may be given work.
  private var vendors: Set<Vendor> {
    let projects = [nil] + configuration.projects
    return Role.allCases.reduce(into: []) { found, role in
      for project in projects {
        let settings = configuration.agentSettings(for: role, in: project)
        found.formUnion([settings.vendor] + settings.fallback)
      }
    }
  }

  /// MCP servers for vendors that take none.
  private var servers: [ConfigurationProblem] {
    var found: [ConfigurationProblem] = []
    for index in [nil] + configuration.projects.indices.map(Optional.some) {
      let project = index.map { configuration.projects[$0] }
      for role in Role.allCases {
        let settings = configuration.agentSettings(for: role, in: project)
        guard !settings.mcpConfiguration.isEmpty else { continue }
        let role = "roles.\(role.rawValue)."
        let candidates =
          (index.map { ["projects[\($0)].agent.\(role)", "projects[\($0)].agent."] } ?? [])
          + ["agent.\(role)", "agent."]
        let path = candidates.map { "\($0)mcp-config" }.first { origins[$0] != nil } ?? "agent.mcp-config"
        for vendor in [settings.vendor] + settings.fallback
        where !VendorAdapters.capabilities(of: vendor).takesMCPServers {
          let words =
            "is not given to \(vendor.rawValue), which takes servers only from its own configuration"
          let warning = problem(path, words)
          if !found.contains(warning) { found.append(warning) }
        }
      }
    }
    return found
  }

  private func problem(_ path: String, _ message: String) -> ConfigurationProblem {
    ConfigurationProblem(path: path, origin: origins[path] ?? .defaults, message: message)
  }

  /// What ``APIServer`` would refuse.
  private var host: [ConfigurationProblem] {
    guard configuration.server.isEnabled,
      let words = LoopbackHost.problem(serving: configuration.server.host)
    else { return [] }
    return [problem("server.host", words)]
  }

  /// Two labels of one name could not be told apart on GitHub.
  private var labels: [ConfigurationProblem] {
    var owners: [String: String] = [:]
    var found: [ConfigurationProblem] = []
    for key in ConfigurationSchema.labels {
      guard let name = key.value(configuration)?.stringValue?.lowercased() else { continue }
      if let owner = owners[name] {
        let isBlamed = origins[key.path] != nil || origins[owner] == nil
        found.append(
          problem(isBlamed ? key.path : owner, "is the same label as \(isBlamed ? owner : key.path)"))
      } else {
        owners[name] = key.path
      }
    }
    return found
  }

  private var projects: [ConfigurationProblem] {
    var first: [ProjectName: Int] = [:]
    var found: [ConfigurationProblem] = []
    for (index, project) in configuration.projects.enumerated() {
      let path = "projects[\(index)].name"
      // A name that could not be read has been reported already.
      guard origins[path] != nil else { continue }
      if let other = first[project.name] {
        found.append(problem(path, "is the same repository as projects[\(other)]"))
      } else {
        first[project.name] = index
      }
    }
    return found
  }

  /// A rule that asks for nothing would take every issue of everybody.
  private var auto: [ConfigurationProblem] {
    configuration.auto.enumerated().compactMap { index, rule in
      guard rule.labels.isEmpty, rule.authors.isEmpty else { return nil }
      let path = "\(ConfigurationSchema.autoKey)[\(index)]"
      let origin = origins.first { $0.key.hasPrefix("\(path).") }?.value ?? .defaults
      return ConfigurationProblem(path: path, origin: origin, message: "needs labels or authors")
    }
  }

  /// The vendor `custom` means nothing without a command.
  private var commands: [ConfigurationProblem] {
    var found: [ConfigurationProblem] = []
    func check(_ settings: AgentSettings, _ section: String) {
      guard settings.vendor == .custom, settings.command.isEmpty else { return }
      let vendor = problem("\(section).vendor", "")
      found.append(
        ConfigurationProblem(
          path: "\(section).command", origin: vendor.origin,
          message: "must be given, because \(section).vendor is custom"))
    }
    let agent = configuration.agent
    let general = agent.settings.completed(from: agent.vendors)
    check(general, "agent")
    for role in Role.allCases where agent.roles[role].vendor == .custom {
      check(
        general.overridden(by: agent.roles[role], vendors: agent.vendors), "agent.roles.\(role.rawValue)")
    }
    for (index, project) in configuration.projects.enumerated() {
      let section = "projects[\(index)].agent"
      if project.agent.vendor == .custom {
        check(general.overridden(by: project.agent, vendors: agent.vendors), section)
      }
      for role in Role.allCases where project.roles[role].vendor == .custom {
        check(
          configuration.agentSettings(for: role, in: project), "\(section).roles.\(role.rawValue)")
      }
    }
    return found
  }
}
