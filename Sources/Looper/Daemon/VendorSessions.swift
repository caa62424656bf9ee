/// The engine's way to agent processes: picks the adapter the configuration names and runs one session with it.
struct VendorSessions: AgentSessions {
  let runner: AgentSessionRunner
  let sandbox: Sandbox
  /// The configuration in force when a session starts.
  let configuration: @Sendable () -> Configuration

  func run(_ assignment: AgentAssignment, as plan: SessionPlan, observer: SessionEvents) async -> SessionEnd {
    do throws(Failure) {
      var spec = try spec(assignment, plan)
      let programs = settings(assignment, plan).command.dropFirst()
      if let wrap = try await sandbox.wrapper(for: assignment, by: plan.vendor, programs: Array(programs)) {
        spec.wrap = wrap
      }
      let result = await runner.run(spec, observer: Self.observer(observer))
      return SessionEnd(outcome: result.outcome, ending: result.ending)
    } catch {
      let outcome = AgentOutcome(sessionID: nil, result: .failed(error), usage: .unknown, tail: "")
      return SessionEnd(outcome: outcome, ending: "not started")
    }
  }

  func finished(_ assignment: AgentAssignment, as plan: SessionPlan, directory: String) async -> SessionEnd? {
    guard let spec = try? spec(assignment, plan),
      let result = await runner.finished(spec, in: SessionDirectory(path: directory))
    else { return nil }
    return SessionEnd(outcome: result.outcome, ending: result.ending)
  }

  private func settings(_ assignment: AgentAssignment, _ plan: SessionPlan) -> AgentSettings {
    let settings = configuration().agentSettings(for: assignment.role, project: plan.project)
    return settings.vendor == plan.vendor ? settings : settings.overridden(by: .init(vendor: plan.vendor))
  }

  private func spec(_ assignment: AgentAssignment, _ plan: SessionPlan) throws(Failure) -> AgentSessionSpec {
    let settings = settings(assignment, plan)
    guard let adapter = VendorAdapters.adapter(for: plan.vendor, command: settings.command) else {
      throw Failure(
        .needsHuman, "agent.command is not set; name the executable that the vendor `custom` runs")
    }
    var launch = AgentLaunch()
    launch.model = plan.model
    launch.extraArguments = settings.extraArguments
    var limits = SessionLimits()
    limits.idle = settings.timeout
    limits.runtime = settings.maxRuntime
    limits.grace = settings.stopGrace
    limits.transcript = configuration().storage.transcriptMax
    return AgentSessionSpec(assignment: assignment, adapter: adapter, launch: launch, limits: limits)
  }

  private static func observer(_ events: SessionEvents) -> SessionObserver {
    SessionObserver(
      onStart: { identity, executable, directory in
        await events.onStart(
          SessionProcess(
            pid: identity.pid, startTicks: identity.startTicks, bootID: identity.bootID,
            executable: executable,
            directory: directory.path))
      },
      onProgress: { await events.onProgress($0) }, onUsage: { await events.onUsage($0) })
  }
}
