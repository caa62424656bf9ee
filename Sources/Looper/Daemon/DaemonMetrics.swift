import Foundation

/// The metrics of a daemon, made from what was counted at the moment of the scrape.
///
/// Totals live in the database, so they survive a restart; only calls to GitHub count from the daemon's start.
enum DaemonMetrics {
  /// What is known beside the database.
  struct Around: Sendable {
    var version: String
    var startedAt: Timestamp
    var process: ProcessUsage
    var agentsMax: Int
    /// The newest event that followers have been told of.
    var eventPublished: Int64
  }

  static func families(_ counts: StoreCounts, _ around: Around) -> [MetricFamily] {
    queueAndLoops(counts) + events(counts, around) + runs(counts.runs) + effects(counts) + usage(counts)
      + process(around)
  }

  private static func queueAndLoops(_ counts: StoreCounts) -> [MetricFamily] {
    let lanes = Lane.allCases.map(\.rawValue)
    let states = ["queued", "claimed"]
    let depth = lanes.flatMap { lane in
      states.map { state in
        let found = counts.queue.first { $0.first == lane && $0.second == state }
        return ([lane, state], Double(found?.count ?? 0))
      }
    }
    let loops = LoopState.codes.map { state in
      ([state], Double(counts.loops.first { $0.first == state }?.count ?? 0))
    }
    return [
      MetricFamily(
        "looper_queue_items", .gauge, "Requests to advance a loop.", labels: ["lane", "state"], depth),
      MetricFamily("looper_loops", .gauge, "Loops by state, ended ones too.", labels: ["state"], loops),
    ]
  }

  private static func events(_ counts: StoreCounts, _ around: Around) -> [MetricFamily] {
    [
      MetricFamily(
        "looper_event_sequence", .counter, "Sequence number of the newest event.",
        Double(counts.eventSequence)),
      MetricFamily(
        "looper_event_lag", .gauge, "Events that followers have not been told of yet.",
        Double(max(0, counts.eventSequence - around.eventPublished))),
    ]
  }

  private static func runs(_ runs: [StoreCounts.Runs]) -> [MetricFamily] {
    func matching(_ role: Role, _ states: [String] = RunState.endCodes) -> [StoreCounts.Runs] {
      runs.filter { Job(code: $0.job)?.role == role && states.contains($0.state) }
    }
    func count(_ runs: [StoreCounts.Runs]) -> Double { Double(runs.reduce(0) { $0 + $1.count }) }
    let ended = Role.allCases.flatMap { role in
      RunState.endCodes.map { outcome in ([role.rawValue, outcome], count(matching(role, [outcome]))) }
    }
    let running = Role.allCases.map { role in ([role.rawValue], count(matching(role, ["running"]))) }
    var durations = MetricFamily(
      name: "looper_run_duration_seconds", kind: .summary, help: "How long ended runs took.", samples: [])
    for role in Role.allCases {
      let label = [MetricFamily.Label(name: "role", value: role.rawValue)]
      let all = matching(role)
      durations.samples += [
        .init(suffix: "_sum", labels: label, value: all.reduce(0) { $0 + $1.seconds }),
        .init(suffix: "_count", labels: label, value: count(all)),
      ]
    }
    return [
      MetricFamily("looper_runs_total", .counter, "Runs that ended.", labels: ["role", "outcome"], ended),
      MetricFamily("looper_runs_running", .gauge, "Runs under way.", labels: ["role"], running), durations,
    ]
  }

  private static func effects(_ counts: StoreCounts) -> [MetricFamily] {
    [
      MetricFamily(
        "looper_effects", .gauge, "Writes to GitHub and remote branches.", labels: ["kind", "state"],
        counts.effects.map { ([$0.first, $0.second], Double($0.count)) })
    ]
  }

  private static func usage(_ counts: StoreCounts) -> [MetricFamily] {
    let tokens = counts.used.flatMap { used in
      [
        ([used.role, used.vendor, "input"], Double(used.inputTokens)),
        ([used.role, used.vendor, "output"], Double(used.outputTokens)),
      ]
    }
    return [
      MetricFamily(
        "looper_tokens_total", .counter, "Tokens that ended agent sessions told of.",
        labels: ["role", "vendor", "direction"], tokens),
      MetricFamily(
        "looper_cost_usd_total", .counter, "US dollars that ended agent sessions told of.",
        labels: ["role", "vendor"], counts.used.map { ([$0.role, $0.vendor], $0.costUSD) }),
      MetricFamily("looper_agents_running", .gauge, "Agent sessions under way.", Double(counts.sessionsLive)),
    ]
  }

  private static func process(_ around: Around) -> [MetricFamily] {
    var families = [
      MetricFamily("looper_agents_limit", .gauge, "Runs that may be live at once.", Double(around.agentsMax)),
      MetricFamily(
        "looper_build_info", .gauge, "1, for the version that runs.", labels: ["version"],
        [([around.version], 1)]),
      MetricFamily(
        "process_start_time_seconds", .gauge, "When the daemon started, since 1970.",
        Double(around.startedAt.milliseconds) / 1000),
      MetricFamily(
        "process_cpu_seconds_total", .counter, "User and system time of the daemon, without agents.",
        around.process.cpuSeconds),
    ]
    if let bytes = around.process.residentBytes {
      families.append(
        MetricFamily("process_resident_memory_bytes", .gauge, "Memory of the daemon.", Double(bytes)))
    }
    if let files = around.process.openFiles {
      families.append(MetricFamily("process_open_fds", .gauge, "Open descriptors.", Double(files)))
    }
    return families
  }
}

extension GitHub {
  /// Calls since the daemon started, and what is left of the budgets; over all hosts, the scarcest counts.
  var metrics: [MetricFamily] {
    let calls = callCounts.map { ([$0.key.kind.rawValue, $0.key.outcome], Double($0.value)) }
      .sorted { $0.0.lexicographicallyPrecedes($1.0) }
    let budgets = rateBudgets
    let remaining = GhRequest.Resource.allCases.compactMap { resource -> ([String], Double)? in
      budgets.filter { $0.key.resource == resource }.compactMap(\.value.remaining).min()
        .map { ([resource.rawValue], Double($0)) }
    }
    return [
      MetricFamily(
        "looper_github_calls_total", .counter, "Calls of gh since the daemon started.",
        labels: ["kind", "outcome"], calls),
      MetricFamily(
        "looper_github_rate_remaining", .gauge, "Calls left of GitHub's budgets, as it said last.",
        labels: ["resource"], remaining),
    ]
  }
}
