import Foundation

/// The engine's way to agent processes: picks the adapter the configuration names and runs one session with it.
struct VendorSessions: AgentSessions {
  let runner: AgentSessionRunner
  let sandbox: Sandbox
  /// The configuration in force when a session starts.
  let configuration: @Sendable () -> Configuration
  /// Asked before a session starts; nil leaves versions unknown.
  var versions: AgentVersions?

  func run(_ assignment: AgentAssignment, as plan: SessionPlan, observer: SessionEvents) async -> SessionEnd {
    do throws(Failure) {
      var spec = try spec(assignment, plan)
      let programs = settings(assignment, plan).command.dropFirst()
      if let wrap = try await sandbox.wrapper(for: assignment, by: plan.vendor, programs: Array(programs)) {
        spec.wrap = wrap
      } else if case .missing(let reason) = await sandbox.health() {
        await observer.onUnsandboxed(reason)
      }
      var runner = runner
      runner.environment.extraNames = Set(configuration().agent.settings.environment)
      let version = await version(of: spec.adapter, runner.environment)
      let counted = spec.adapter.capabilities.repeated(of: plan.resume?.usage ?? .unknown)
      let result = await runner.run(
        spec, observer: Self.observer(observer, counted: counted, version: version))
      var end = Self.end(result)
      end.outcome.usage = end.outcome.usage.without(counted)
      return end
    } catch {
      let outcome = AgentOutcome(sessionID: nil, result: .failed(error), usage: .unknown, tail: "")
      return SessionEnd(outcome: outcome, ending: "not started")
    }
  }

  private func version(of adapter: any VendorAdapter, _ environment: AgentEnvironment) async -> String? {
    let variables = environment.variables(asking: adapter, isRoot: geteuid() == 0)
    let command = Command(executable: adapter.executable, environment: variables)
    guard let versions, let path = ShimLauncher.resolve(command) else { return nil }
    return await versions.version(of: adapter, at: path, environment: variables)
  }

  func finished(_ assignment: AgentAssignment, as plan: SessionPlan, directory: String) async -> SessionEnd? {
    guard let spec = try? spec(assignment, plan),
      let result = await runner.finished(spec, in: SessionDirectory(path: directory))
    else { return nil }
    return Self.end(result)
  }

  private static func end(_ result: AgentSessionResult) -> SessionEnd {
    SessionEnd(
      outcome: result.outcome, ending: result.ending, active: result.active,
      isVendorTrouble: result.isVendorTrouble, survivors: result.survivors)
  }

  func reading(of session: Session, told: Usage) async -> SessionReading? {
    // Only the parser is wanted, which does not depend on the command.
    guard !session.directory.isEmpty,
      let adapter = VendorAdapters.adapter(for: session.vendor, command: [session.executable])
    else { return nil }
    let directory = SessionDirectory(path: session.directory)
    let facts = SessionFacts(readingOutputIn: directory, with: adapter)
    return SessionReading(
      vendorSessionID: facts.vendorSessionID,
      usage: facts.usage.without(adapter.capabilities.repeated(of: told)),
      endedAt: ExitRecord.read(fromPath: directory.exitRecord)?.endedAt ?? directory.lastOutputAt)
  }

  private func settings(_ assignment: AgentAssignment, _ plan: SessionPlan) -> AgentSettings {
    configuration().agentSettings(for: assignment.role, project: plan.projectNames, vendor: plan.vendor)
  }

  private func spec(_ assignment: AgentAssignment, _ plan: SessionPlan) throws(Failure) -> AgentSessionSpec {
    let settings = settings(assignment, plan)
    guard let adapter = VendorAdapters.adapter(for: plan.vendor, command: settings.command) else {
      throw Failure(
        .needsHuman, "agent.command is not set; name the executable that the vendor `custom` runs")
    }
    var launch = AgentLaunch()
    launch.model = plan.model
    if let resume = plan.resume, adapter.capabilities.resumes {
      launch.continuation = .resumed(vendorSessionID: resume.vendorSessionID)
    }
    launch.extraArguments = settings.extraArguments + (plan.extraArguments ?? [])
    launch.mcpServers = try Self.mcpServers(settings.mcpConfiguration)
    var limits = SessionLimits()
    limits.idle = settings.timeout
    limits.runtime = settings.maxRuntime
    limits.grace = settings.stopGrace
    limits.transcript = configuration().storage.transcriptMax
    return AgentSessionSpec(assignment: assignment, adapter: adapter, launch: launch, limits: limits)
  }

  /// The operator's file of MCP servers.
  ///
  /// - Throws: `needsHuman` when it cannot be read: an agent without its tools would do other work.
  private static func mcpServers(_ path: String) throws(Failure) -> JSONValue? {
    guard !path.isEmpty else { return nil }
    let expanded = (path as NSString).expandingTildeInPath
    guard let data = FileManager.default.contents(atPath: expanded),
      let servers = try? JSONDecoder().decode(JSONValue.self, from: data),
      servers["mcpServers"]?.objectValue != nil
    else {
      throw Failure(
        .needsHuman, "agent.mcp-config \(path) is no readable JSON file with the member mcpServers")
    }
    return servers
  }

  private static func observer(
    _ events: SessionEvents, counted: Usage, version: String?
  ) -> SessionObserver {
    SessionObserver(
      onPrepared: { executable, directory in try await events.onPrepared(executable, directory.path) },
      onStart: { identity, executable, directory in
        try await events.onStart(
          SessionProcess(
            pid: identity.pid, startTicks: identity.startTicks, bootID: identity.bootID,
            executable: SandboxPath.onDisk(executable)?.real ?? executable, version: version,
            directory: directory.path))
      },
      onVendorSession: { await events.onVendorSession($0) },
      onNews: { news in
        var own = news
        own.usage = news.usage.without(counted)
        await events.onNews(own)
      },
      newsDueAt: events.newsDueAt)
  }
}
