import Foundation

/// The daemon at a glance.
extension DaemonOperations {
  func status() async throws(LooperError) -> StatusView {
    try await answering {
      let now = time.now
      let loaded = loaded()
      let loops = try await store.liveLoops()
      let projects = try await store.projects()
      return StatusView(
        version: versionText, pid: Int(ProcessInfo.processInfo.processIdentifier), startedAt: startedAt,
        uptimeSeconds: Int(max(0, (now - startedAt).inSeconds)),
        health: healthViews(projects, loaded, await sandboxView(), at: now),
        queue: try await depths(at: now), runs: try await views(of: try await store.liveRuns()),
        agents: AgentCountView(
          running: try await store.liveSessions().count, limit: settings.current.limits.runs),
        loops: Self.counts(loops), needsHuman: try await needsHuman(loops),
        limits: try await limitViews(at: now), projects: projects.count, configPath: loaded.fileURL?.path,
        configWarnings: configurationWarnings(loaded), pausedSince: try await store.allPausedSince())
    }
  }

  private func depths(at now: Timestamp) async throws -> [LaneDepthView] {
    let queued = try await store.queue().map(\.item).filter { $0.state == .queued }
    return Lane.allCases.map { lane in
      let items = queued.filter { $0.lane == lane }
      let due = items.count { $0.dueAt <= now }
      return LaneDepthView(lane: lane.rawValue, due: due, delayed: items.count - due)
    }
  }

  private static func counts(_ loops: [Loop]) -> [LoopCountView] {
    LoopState.liveCodes.compactMap { state in
      let count = loops.count { $0.state.code == state }
      return count == 0 ? nil : LoopCountView(state: state, count: count)
    }
  }

  /// What stands still first, then what is ready; each the oldest first.
  private func needsHuman(_ loops: [Loop]) async throws -> [NeedsHumanView] {
    let circles = DependencyCircles(loops, try await store.waitedForBlockers())
    var stuck: [Loop.ID: [Int]] = [:]
    for loop in loops {
      let circle = circles.circle(through: loop)
      if !circle.isEmpty { stuck[loop.id] = circle }
    }
    let oldest = loops.filter { $0.needsHuman || stuck[$0.id] != nil }
      .sorted { $0.stateSince < $1.stateSince }
    let isReady = { (loop: Loop) in loop.state == .waiting(.merge, wakeAt: nil) }
    let waiting = oldest.filter { !isReady($0) } + oldest.filter(isReady)
    let extras = try await store.extras(ofLoops: waiting.map(\.id))
    let objections = try await store.objections(
      ofLoops: waiting.filter { $0.state == .waiting(.merge, wakeAt: nil) }.map(\.id))
    let labels = settings.current.policy.labels
    return waiting.map { loop in
      let objector = objections[loop.id]
      let ready = objector == nil ? "ready to merge" : "changes requested"
      return NeedsHumanView(
        loop: loop.id.handle, subject: SubjectAddress(loop).short, title: loop.title,
        reason: loop.state == .waiting(.merge, wakeAt: nil) ? ready : loop.state.reason ?? "",
        since: loop.stateSince,
        action: NeedsHumanText.action(
          for: loop, message: extras[loop.id]?.message ?? "", objector: objector,
          circle: stuck[loop.id] ?? [], labels))
    }
  }

  private func limitViews(at now: Timestamp) async throws -> [LimitView] {
    let hosts = health.all.sorted { $0.key < $1.key }.compactMap { name, state -> LimitView? in
      guard !state.isAvailable else { return nil }
      return LimitView(name: name, until: state.retryAt)
    }
    let gates = try await store.vendorGates().sorted { $0.key.rawValue < $1.key.rawValue }
    let vendors = gates.compactMap { vendor, gate in gate.closure.map { limitView(vendor, $0, gate.probe) } }
    let spent = try await store.spendingToday(at: now)
    let budgets = settings.current.policy.budget.readings(.day, spent).filter {
      $0.fraction >= BudgetReading.warnedFraction
    }
    return hosts + vendors + budgets.map { LimitView(name: "budget: \($0.words)", until: now.nextMidnight) }
  }

  private func limitView(_ vendor: Vendor, _ closure: VendorGate.Closure, _ probe: Run.ID?) -> LimitView {
    let what =
      switch closure.cause {
      case .limit: "plan used up"
      case .outage: "no answer"
      case .account: "needs a person: \(WhyAnswer.firstLine(closure.message))"
      }
    let trial = probe.map { ", tried by \($0.handle)" } ?? ""
    return LimitView(name: "\(vendor.rawValue) (\(what)\(trial))", until: probe == nil ? closure.until : nil)
  }

  /// GitHub by host, the agent, its sandbox, the disk, the configuration.
  private func healthViews(
    _ projects: [Project], _ loaded: LoadedConfiguration, _ sandbox: HealthView?, at now: Timestamp
  ) -> [HealthView] {
    hostViews(projects) + [agentView(loaded)] + [sandbox].compactMap(\.self)
      + [diskView()] + [memoryView()].compactMap(\.self) + [configurationView()]
  }

  private func hostViews(_ projects: [Project]) -> [HealthView] {
    let states = health.all
    let others = Set(projects.map(\.name.host)).union(states.keys).subtracting([AssumedHost.name])
    return ([AssumedHost.name] + others.sorted()).map { host in
      let state = states[host] ?? HostHealth.State()
      let name = HealthView.name(ofHost: host)
      guard !state.isAvailable else { return .ok(name) }
      let again = state.retryAt.map { "; asked again at \(WhyAnswer.clock($0))" } ?? ""
      let check = state.isLimited ? "" : "; check: gh auth status --hostname \(host)"
      return .degraded(name, "\(state.message)\(again)\(check)", state.since)
    }
  }

  private func agentView(_ loaded: LoadedConfiguration) -> HealthView {
    for role in Role.allCases {
      let agent = loaded.configuration.agentSettings(for: role, project: [])
      guard let adapter = VendorAdapters.adapter(for: agent.vendor, command: agent.command) else {
        return .degraded(
          "agent",
          "agent.command is not set; name the executable that the vendor \(agent.vendor.rawValue) runs", nil)
      }
      if let trouble = missing(adapter) { return .degraded("agent", trouble, nil) }
    }
    return .ok("agent")
  }

  /// Nil when the vendor's command is there, or nobody starts it here.
  private func missing(_ adapter: any VendorAdapter) -> String? {
    guard let agentSearchPath else { return nil }
    let command = Command(
      executable: adapter.executable, environment: ["PATH": agentSearchPath], workingDirectory: "/")
    guard ShimLauncher.resolve(command) == nil else { return nil }
    let vendor = adapter.vendor.rawValue
    return
      "`\(adapter.executable)` is not found; install \(vendor) or set agent.vendors.\(vendor).command"
  }

  private func diskView() -> HealthView {
    settings.current.diskShortage().map { .degraded("disk", "\($0); nothing new starts, free some", nil) }
      ?? .ok("disk")
  }

  /// Nil when there is enough.
  private func memoryView() -> HealthView? {
    settings.current.shortage().map { .degraded("memory", "\($0); nothing new starts", nil) }
  }

  private func configurationView() -> HealthView {
    guard let trouble = configurationTrouble() else { return .ok("configuration") }
    return .degraded(
      "configuration", "the changed file was not taken over: \(trouble); run: looper config check", nil)
  }
}

extension HealthView {
  /// What the health of a GitHub host is called.
  static func name(ofHost host: String) -> String { host == AssumedHost.name ? "github" : "github \(host)" }

  fileprivate static func ok(_ name: String) -> Self { Self(name: name, state: .ok, message: "", since: nil) }

  fileprivate static func degraded(_ name: String, _ message: String, _ since: Timestamp?) -> Self {
    Self(name: name, state: .degraded, message: message, since: since)
  }
}

extension Loop {
  /// Whether it stands still until a person decides something.
  var needsHuman: Bool {
    switch state {
    case .blocked, .waiting(.answer, _), .waiting(.specApproval, _), .waiting(.merge, _),
      .waiting(.author, _), .waiting(.edited, _):
      true
    case .waiting, .queued, .running, .done: false
    }
  }
}
