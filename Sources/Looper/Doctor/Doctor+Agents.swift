import Foundation

/// The agents: whether each one that may do work is there, logged in, and starts as a session would.
extension Doctor {
  /// A way of running a vendor's CLI that the configuration comes to.
  private struct AgentUse {
    /// Of the finding.
    var code: String
    var settings: AgentSettings

    /// What tells it from others.
    var key: [String] { [settings.vendor.rawValue] + settings.command }
  }

  func agents(_ scene: Scene) async -> [DoctorFinding] {
    var notes = DoctorNotes("agents")
    var answers: [[String]: DoctorProbe.Answer] = [:]
    var runnable: [(adapter: any VendorAdapter, settings: AgentSettings)] = []
    for use in Self.uses(scene.configuration) {
      guard
        let adapter = VendorAdapters.adapter(for: use.settings.vendor, command: use.settings.command)
      else {
        notes.fail(
          use.code, "agent.command is not set for \(use.settings.vendor.rawValue)",
          fix: "looper config set agent.command '[\"/path/to/agent\"]'")
        continue
      }
      let isNew = answers[use.key] == nil
      let answer: DoctorProbe.Answer
      if let known = answers[use.key] {
        answer = known
      } else {
        answer = await version(of: adapter, scene)
        answers[use.key] = answer
      }
      tell(answer, adapter, use.code, &notes)
      if isNew, case .output = answer { runnable.append((adapter, use.settings)) }
    }
    var counts: [Vendor: Int] = [:]
    for (adapter, settings) in runnable {
      let count = counts[adapter.vendor, default: 0] + 1
      counts[adapter.vendor] = count
      let name = adapter.vendor.rawValue + (count == 1 ? "" : "-\(count)")
      await login(adapter, settings, "agent-login-\(name)", scene, &notes)
      await start(adapter, "agent-start-\(name)", scene, &notes)
    }
    for vendor in Vendor.allCases where counts[vendor] != nil { links(vendor, scene, &notes) }
    secretsFile(scene, &notes)
    return notes.findings
  }

  /// Per role, then per project and role where that differs, then the substitutes of each, then whoever else has a table
  /// of his own, for `looper run --vendor`.
  private static func uses(_ configuration: Configuration) -> [AgentUse] {
    let general = Role.allCases.map { role in
      AgentUse(
        code: "agent-\(role.rawValue)", settings: configuration.agentSettings(for: role, project: []))
    }
    var uses = general
    var substitutes = zip(Role.allCases, general).flatMap { role, use in
      use.settings.fallback.map { configuration.agentSettings(for: role, project: [], vendor: $0) }
    }
    for project in configuration.projects {
      for (role, usual) in zip(Role.allCases, general) {
        let settings = configuration.agentSettings(for: role, in: project)
        substitutes += settings.fallback.map {
          configuration.agentSettings(for: role, in: project, vendor: $0)
        }
        let use = AgentUse(code: "agent-\(role.rawValue)-\(project.name.display)", settings: settings)
        if use.key != usual.key { uses.append(use) }
      }
    }
    let tables = Vendor.allCases
      .filter { configuration.agent.vendors[$0] != AgentSettings.VendorDefaults() }
      .map { configuration.agentSettings(for: .worker, project: [], vendor: $0) }
    uses += others("fallback", substitutes, beside: [])
    return uses + others("vendor", tables, beside: uses)
  }

  /// What is not among `known`, each way once, in the order of the vendors.
  private static func others(
    _ kind: String, _ settings: [AgentSettings], beside known: [AgentUse]
  ) -> [AgentUse] {
    var seen = Set(known.map(\.key))
    var uses: [AgentUse] = []
    for vendor in Vendor.allCases {
      var count = 0
      for own in settings where own.vendor == vendor {
        let use = AgentUse(
          code: "agent-\(kind)-\(vendor.rawValue)" + (count == 0 ? "" : "-\(count + 1)"), settings: own)
        guard seen.insert(use.key).inserted else { continue }
        count += 1
        uses.append(use)
      }
    }
    return uses
  }

  /// The variables a session of it would have, the protocol's own left out.
  private func variables(_ adapter: any VendorAdapter, _ scene: Scene) -> [String: String] {
    AgentEnvironment(
      parent: probe.environment, extraNames: Set(scene.configuration.agent.settings.environment)
    ).variables(asking: adapter, isRoot: geteuid() == 0)
  }

  /// The command that makes it say its version; for an agent that has none, whether it can be run at all.
  private func question(_ adapter: any VendorAdapter, _ scene: Scene) -> Command? {
    var command = Command(
      executable: adapter.executable, environment: variables(adapter, scene), workingDirectory: "/")
    guard let path = ShimLauncher.resolve(command) else { return nil }
    if let arguments = adapter.versionArguments {
      command.executable = path
      command.arguments = adapter.leadingArguments + arguments
    } else {
      command.executable = "/bin/sh"
      command.arguments = ["-c", "test -x \"$0\" && echo \"$0\"", path]
    }
    return command
  }

  private func version(of adapter: any VendorAdapter, _ scene: Scene) async -> DoctorProbe.Answer {
    guard let command = question(adapter, scene) else { return .notFound }
    return await probe.run(command)
  }

  private func tell(
    _ answer: DoctorProbe.Answer, _ adapter: any VendorAdapter, _ code: String, _ notes: inout DoctorNotes
  ) {
    let vendor = adapter.vendor.rawValue
    let asked = ([adapter.executable] + adapter.leadingArguments + (adapter.versionArguments ?? []))
      .joined(separator: " ")
    switch answer {
    case .output(let text): notes.ok(code, "\(vendor) \(DoctorProbe.firstLine(text))")
    case .notFound:
      let command = "looper config set agent.vendors.\(vendor).command '[\"/path/to/\(vendor)\"]'"
      notes.fail(
        code, "there is no \(adapter.executable) for \(vendor)", fix: adapter.installCommand ?? command)
    case .refused(let text), .broken(let text):
      notes.fail(
        code, "\(adapter.executable) does not run: \(DoctorProbe.firstLine(text))", fix: asked)
    }
  }

  // MARK: login

  private func login(
    _ adapter: any VendorAdapter, _ settings: AgentSettings, _ code: String, _ scene: Scene,
    _ notes: inout DoctorNotes
  ) async {
    guard let login = adapter.login else { return notes.skip(code, "the agent's own matter") }
    let arguments = adapter.leadingArguments + settings.extraArguments
    guard !arguments.contains(where: { $0 == "--oss" || $0.contains("model_provider") }) else {
      return notes.skip(code, "another provider is set by extra-args")
    }
    let variables = variables(adapter, scene)
    if let name = login.variables.first(where: { variables[$0]?.isEmpty == false }) {
      return notes.ok(code, "\(name) is set")
    }
    let places = places(scene)
    let paths = places.directories(of: adapter.vendor).flatMap { directory in
      login.files.map { "\(directory)/\($0)" }
    }
    if let path = paths.first(where: files.exists) { return notes.ok(code, path) }
    if let question = login.arguments {
      var command = Command(
        executable: adapter.executable, environment: variables, workingDirectory: "/")
      command.arguments = adapter.leadingArguments + question
      switch await probe.run(command) {
      case .output(let text): return notes.ok(code, DoctorProbe.firstLine(text))
      case .notFound: return notes.skip(code, "there is no \(adapter.executable)")
      case .refused(let text), .broken(let text):
        return notes.fail(
          code, "\(adapter.vendor.rawValue) is not logged in: \(DoctorProbe.firstLine(text))",
          fix: login.command)
      }
    }
    #if os(macOS)
      notes.skip(code, "a login in the keychain cannot be looked at")
    #else
      // Only a warning: the CLI may have a way to log in that we do not know.
      let looked = paths.joined(separator: ", ")
      notes.warn(code, "no login of \(adapter.vendor.rawValue) found: no \(looked)", fix: login.command)
    #endif
  }

  // MARK: a start that costs nothing

  /// Its version once more, from inside the sandbox its sessions get: what is hidden there would fail every session.
  private func start(
    _ adapter: any VendorAdapter, _ code: String, _ scene: Scene, _ notes: inout DoctorNotes
  ) async {
    let settings = scene.configuration.sandbox
    guard let plain = question(adapter, scene),
      let path = ShimLauncher.resolve(
        Command(executable: adapter.executable, environment: plain.environment))
    else { return notes.skip(code, "there is no \(adapter.executable)") }
    // Nobody knows what an agent without such a question does when it is started.
    let isTried = adapter.versionArguments != nil
    guard settings.mode != .off else {
      // It has told its version already, as it would here.
      let words = isTried ? "starts" : "is there and can be run, but was not"
      return notes.ok(code, "\(words); sandbox.mode is off, so nothing holds it")
    }
    let search = Command(
      executable: BubblewrapCommand.name, environment: ["PATH": plain.environment["PATH"] ?? ""])
    guard let tool = ShimLauncher.resolve(search) else { return notes.skip(code, "there is no bwrap") }
    // Nothing lies there: a dry run has neither worktree nor task.
    let nowhere = "\(scene.paths.dataDirectory)/sessions/none"
    let session = SandboxPolicy.Session(
      vendor: adapter.vendor, isReadOnly: true, worktree: nowhere, directory: nowhere, scratch: nowhere,
      programs: [path] + adapter.leadingArguments.filter { $0.hasPrefix("/") })
    let policy = SandboxPolicy.agent(session, places(scene), settings)
    switch await probe.run(BubblewrapCommand.wrap(plain, policy, bubblewrap: tool)) {
    case .output:
      notes.ok(
        code, isTried ? "starts in the sandbox" : "is there in the sandbox and can be run, but was not")
    case .notFound: notes.skip(code, "there is no bwrap")
    case .refused(let text), .broken(let text):
      let said = DoctorProbe.firstLine(text)
      let folder = URL(filePath: path).deletingLastPathComponent().path
      notes.fail(
        code, "\(adapter.executable) does not start in the sandbox: \(said)",
        fix: said.hasPrefix("\(BubblewrapCommand.name):")
          ? "looper config set sandbox.mode off, or mend bubblewrap: see the check sandbox"
          : "looper config set sandbox.show '[\"\(folder)\"]'")
    }
  }

  // MARK: what commands later sessions

  /// The sandbox holds such a file where it is, and what a link leads to; the link itself lies in a directory that the
  /// agent writes to, and could be replaced by a file of its own.
  private func links(_ vendor: Vendor, _ scene: Scene, _ notes: inout DoctorNotes) {
    let code = "agent-links-\(vendor.rawValue)"
    guard scene.configuration.sandbox.mode != .off else { return notes.skip(code, "sandbox.mode is off") }
    let places = places(scene).steering(of: vendor).map(\.path)
    guard !places.isEmpty else {
      return notes.skip(code, "nothing of \(vendor.rawValue) is known to be held")
    }
    let links = places.filter(files.isLink)
    guard let first = links.first else {
      return notes.ok(code, "what commands \(vendor.rawValue)'s sessions is no link, so the sandbox holds it")
    }
    let named = "'" + first.replacing("'", with: "'\\''") + "'"
    notes.warn(
      code,
      "a session of \(vendor.rawValue) could put a file of its own in the place of "
        + links.joined(separator: ", ") + ", for a link cannot be held",
      fix: "cp -rL \(named) \(named).new && rm \(named) && mv \(named).new \(named)")
  }

  private func places(_ scene: Scene) -> SandboxPlaces {
    SandboxPlaces(
      scene.loaded, paths: scene.paths, home: sources.homeDirectory, environment: probe.environment)
  }

  private func secretsFile(_ scene: Scene, _ notes: inout DoctorNotes) {
    let path = scene.configuration.trust.secretsFile
    guard !path.isEmpty else { return notes.skip("secrets-file", "trust.secrets-file is not set") }
    let expanded = ConfigurationText.expanded(path, home: sources.homeDirectory)
    if let problem = OperatorSecrets.problem(ofFile: expanded) {
      notes.fail(
        "secrets-file", "\(path) \(problem); nothing is published", fix: "chmod 600 \(expanded)")
    } else {
      notes.ok("secrets-file", path)
    }
  }
}
