/// Why a loop stands where it does, what moves it, and what a person can do: a pure function of what is recorded.
struct WhyAnswer: Sendable {
  let record: WhyRecord
  /// Whether the loop's GitHub host answers.
  let host: HostHealth.State
  let policy: FlowPolicy
  let limits: Admission.Limits
  /// Who may run the queued item, best first.
  let vendors: [Vendor]
  let now: Timestamp
  /// Since when nothing new starts, by the operator's word.
  var allPausedSince: Timestamp?
  /// The issues that wait for each other, when the loop waits among them.
  var circle: [Int] = []

  /// What a state means for people.
  struct Part: Equatable, Sendable {
    var sentence: String
    var waitsFor: String
    var wakesAt: Timestamp?
    var humanCan: [String]

    init(_ sentence: String, waitsFor: String, wakesAt: Timestamp? = nil, _ humanCan: [String]) {
      self.sentence = sentence
      self.waitsFor = waitsFor
      self.wakesAt = wakesAt
      self.humanCan = humanCan
    }
  }

  var loop: Loop { record.facts.loop }
  var handle: String { loop.id.handle }
  var address: SubjectAddress { SubjectAddress(loop) }
  var pull: PullSnapshot? { record.facts.observation?.pull }
  /// Where a person meets the work: the pull request, before there is one the issue.
  var place: String { pull?.url ?? address.pull ?? address.subject }

  var view: WhyView {
    let part = part
    return WhyView(
      loop: handle, phase: loop.phase.rawValue, state: loop.state.code,
      reason: loop.state.reason ?? loop.state.code, sentence: part.sentence, since: loop.stateSince,
      waitsFor: part.waitsFor, wakesAt: part.wakesAt, humanCan: part.humanCan)
  }

  var part: Part {
    switch loop.state {
    case .queued: queued
    case .running: running
    case .waiting(let reason, let alarm): waiting(reason, until: alarm)
    case .blocked(let reason): blocked(reason)
    case .done(let outcome): done(outcome)
    }
  }

  private var queued: Part {
    guard let item = record.item else {
      return Part(
        "it is about to be scheduled", waitsFor: "the scheduler's next look", ["looper inspect \(handle)"])
    }
    let bump = "looper queue bump \(item.id)"
    if let since = allPausedSince {
      return Part(
        "\(item.job.code) does not start, for everything is paused since \(Self.clock(since))",
        waitsFor: "an operator to resume everything", ["looper resume --all", "looper cancel \(handle)"])
    }
    if item.dueAt > now { return delayed(item, bump) }
    if !host.isAvailable {
      return Part(
        "\(item.job.code) is due, but \(hostTrouble)", waitsFor: "an answer from \(loop.project.host)",
        wakesAt: host.retryAt, hostActions)
    }
    if let shut = shutVendors(item) { return shut }
    if let full = fullLimit(item) {
      return Part(
        "\(item.job.code) is due and waits for a free slot: \(full)", waitsFor: "the end of another run",
        [bump, "looper run list --state running", "looper run cancel <run>"])
    }
    return Part(
      "\(item.job.code) is due in the lane \(item.lane.rawValue) and starts next",
      waitsFor: "the scheduler's next look", [bump, "looper pause \(handle)"])
  }

  /// A queued item whose time has not come: something failed before.
  private func delayed(_ item: QueueItem, _ bump: String) -> Part {
    let time = Self.clock(item.dueAt)
    guard let run = record.lastRun, case .failed(let failure) = run.state else {
      let last = record.lastRun.map {
        " after \($0.id.handle) (\($0.job.code)) ended \($0.state.code): \($0.state.message)"
      }
      return Part(
        "\(item.job.code) starts at \(time)\(last ?? "")", waitsFor: "the time \(time)", wakesAt: item.dueAt,
        [bump, "looper retry \(handle)"])
    }
    let attempts =
      failure.kind == .agent
      ? " (failure \(loop.counters.agentFailures) of \(policy.attemptsMax) in a row)" : ""
    let meaning =
      switch failure.kind {
      case .usageLimited: "the plan of \(run.vendor.rawValue) is used up"
      case .rateLimited: "GitHub limits the rate of calls"
      case .transient, .conflict, .agent, .permanent, .needsHuman, .bug: "it is tried again after a pause"
      }
    return Part(
      "\(failed(run))\(attempts); \(meaning)",
      waitsFor: "the time \(time), then \(item.job.code) starts again",
      wakesAt: item.dueAt, [bump, "looper run logs \(run.id.handle)", "looper pause \(handle)"])
  }

  /// Nobody who may run a due item can be asked now; nil when somebody can.
  private func shutVendors(_ item: QueueItem) -> Part? {
    let gates = vendors.map { (vendor: $0, gate: record.gates[$0] ?? VendorGate()) }
    guard !gates.isEmpty, gates.allSatisfy({ $0.gate.admission(at: now) == .no }) else { return nil }
    let troubles = gates.compactMap { vendor, gate in gate.closure.map { Self.trouble(vendor, gate, $0) } }
    let wakesAt = gates.compactMap { $0.gate.probe == nil ? $0.gate.closure?.until : nil }.min()
    let probe = gates.compactMap(\.gate.probe).first
    return Part(
      "\(item.job.code) is due, but \(troubles.joined(separator: "; "))",
      waitsFor: probe.map { "the first answer of the model in \($0.handle)" }
        ?? wakesAt.map { "the time \(Self.clock($0)), when one run tries it" } ?? "the vendor",
      wakesAt: wakesAt,
      [
        "looper retry \(handle)  to have it tried at once",
        "set agent.fallback, or looper run \(address.subject) --vendor <vendor>",
      ])
  }

  private static func trouble(
    _ vendor: Vendor, _ gate: VendorGate, _ closure: VendorGate.Closure
  ) -> String {
    let what =
      switch closure.cause {
      case .limit: "the plan of \(vendor.rawValue) is used up"
      case .outage: "\(vendor.rawValue) does not answer"
      case .account: "\(vendor.rawValue) needs a person"
      }
    let next = gate.probe.map { "\($0.handle) finds out whether it works again" }
    return "\(what): \(firstLine(closure.message)), \(next ?? "until \(clock(closure.until))")"
  }

  /// Which limit keeps a due item from starting.
  private func fullLimit(_ item: QueueItem) -> String? {
    let slots = record.slots
    let role = item.job.role
    if slots.count >= limits.runs { return "\(slots.count) of limits.runs = \(limits.runs) are taken" }
    let project = slots.count { $0.project == loop.projectID }
    if project >= limits.perProject {
      return "\(project) of limits.runs-per-project = \(limits.perProject) are taken in \(loop.project)"
    }
    let roles = slots.count { $0.role == role }
    if roles >= limits.perRole {
      return "\(roles) of limits.runs-per-role = \(limits.perRole) are taken by \(role.rawValue)s"
    }
    guard let vendor = vendors.first(where: { record.gates[$0]?.admission(at: now) != .no }) else {
      return nil
    }
    let vendors = slots.count { $0.vendor == vendor }
    guard vendors >= limits.perVendor else { return nil }
    return "\(vendors) of limits.runs-per-vendor = \(limits.perVendor) are taken by \(vendor.rawValue)"
  }

  private var running: Part {
    guard let run = record.run else {
      return Part("its run is ending", waitsFor: "the scheduler's next look", ["looper inspect \(handle)"])
    }
    let stage = record.runExtras.stage.map { ", stage \($0)" } ?? ""
    let progress = record.runExtras.progress.map { ": \($0)" } ?? ""
    let trouble = effectTrouble.map { "; \($0)" } ?? ""
    let id = run.id.handle
    return Part(
      "\(id) (\(run.job.code) by \(run.vendor.rawValue)) is at work\(stage)\(progress)\(trouble)",
      waitsFor: "the end of \(id), begun at \(Self.clock(run.startedAt))",
      wakesAt: trouble.isEmpty ? nil : record.effects.first?.notBefore,
      ["looper run logs \(id) --follow", "looper run cancel \(id)", "looper pause \(handle)"])
  }

  private func done(_ outcome: Outcome) -> Part {
    let sentence =
      switch outcome {
      case .merged: "the pull request \(place) was merged"
      case .closed: "the issue or its pull request was closed: \(place)"
      case .cancelled: record.extras.message.isEmpty ? "it was cancelled" : record.extras.message
      case .reviewed: "the review that was asked for was given: \(place)"
      }
    if record.facts.isTakenOver, record.hasWorktree {
      return Part(
        "it has ended: \(sentence); its worktree is kept for the person who took it over",
        waitsFor: "the worktree being handed back", ["looper handback \(handle)"])
    }
    return Part(
      "it has ended: \(sentence)", waitsFor: "nothing; it has ended",
      ["looper inspect \(handle)", "looper run \(address.subject)"])
  }
}

extension WhyAnswer {
  /// Whole seconds in UTC: `2026-11-22T10:35:28Z`.
  static func clock(_ time: Timestamp) -> String { String(time.iso8601.prefix(19)) + "Z" }

  /// `R3 (plan) failed: …`.
  func failed(_ run: Run) -> String {
    "\(run.id.handle) (\(run.job.code)) \(run.state.code): \(Self.firstLine(run.state.message))"
  }

  static func firstLine(_ text: String) -> String {
    text.split(separator: "\n").first.map(String.init) ?? text
  }

  var hostTrouble: String {
    let since = host.since.map { " since \(Self.clock($0))" } ?? ""
    let what = host.isLimited ? "has a rate limit that is used up" : "does not answer"
    return "\(loop.project.host) \(what)\(since): \(host.message)"
  }

  var hostActions: [String] {
    (host.isLimited ? [] : ["gh auth status --hostname \(loop.project.host)"]) + ["looper status"]
  }

  /// The oldest write without a receipt that failed before: the one the others wait behind.
  var effectTrouble: String? {
    guard let effect = record.effects.first, let failure = effect.failure else { return nil }
    let again = effect.notBefore > now ? "tried again at \(Self.clock(effect.notBefore))" : "tried again next"
    return "\(effect.write.kind) to \(effect.write.target(in: loop)) failed: \(failure.message); \(again)"
  }
}
