import Foundation

/// Loops: lists, starting, and what operators do to them.
extension DaemonOperations {
  func loops(_ filter: LoopFilter, _ page: PageRequest) async throws(LooperError) -> PageView<LoopView> {
    try await answering {
      let before = try PageCursor.before(page, in: .loops)
      let limit = PageCursor.size(page) + 1
      var project: Project.ID?
      if let name = filter.project { project = try await knownProject(name).id }
      let rows: [Loop] =
        if let state = filter.state {
          try await store.loops(
            state: state == "all" ? nil : state, project: project, before: before, limit: limit)
        } else {
          try await store.liveLoops(project: project, before: before, limit: limit)
        }
      let slice = PageCursor.slice(rows, page, in: .loops) { $0.id.rawValue }
      let extras = try await store.extras(ofLoops: slice.items.map(\.id))
      let now = time.now
      return PageView(
        items: slice.items.map { LoopView($0, extras[$0.id] ?? LoopExtras(), at: now) },
        nextCursor: slice.nextCursor)
    }
  }

  func loop(_ id: Loop.ID) async throws(LooperError) -> LoopView {
    try await answering { try await view(of: id) }
  }

  func view(of id: Loop.ID) async throws -> LoopView {
    let loop = try await knownLoop(id)
    let extras = try await store.extras(ofLoops: [id])
    return LoopView(loop, extras[id] ?? LoopExtras(), at: time.now)
  }

  func start(_ request: StartRequest) async throws(LooperError) -> LoopView {
    try await answering {
      let orders = try StartOrder.readings(of: request)
      let project = try await knownProject(orders[0].project)
      for order in orders {
        guard let live = try await store.liveLoop(of: order.subject, in: project.id) else { continue }
        try requireAgent(order, live, in: project)
        try await promote(live, order)
        return try await view(of: live.id, isNew: false)
      }
      for order in orders {
        try requireAgent(order, nil, in: project)
        // The time before the look: what was written while it ran is not in it.
        let lookedAt = time.now
        guard let observation = try await look(at: order.subject, in: project.name) else { continue }
        let (id, isNew) = try await begin(order, in: project, observation, lookedAt: lookedAt)
        return try await view(of: id, isNew: isNew)
      }
      let kinds = orders.map { $0.subject.kind == "issue" ? "issue" : "pull request" }
      throw LooperError(
        .notFound,
        "there is no \(kinds.joined(separator: " or ")) #\(orders[0].subject.number) in \(project.name) that the gh login can see"
      )
    }
  }

  private func view(of id: Loop.ID, isNew: Bool) async throws -> LoopView {
    var view = try await view(of: id)
    view.isNew = isNew
    return view
  }

  /// - Throws: `validation` when what is asked of the agent cannot be had.
  private func requireAgent(_ order: StartOrder, _ live: Loop?, in project: Project) throws(LooperError) {
    if let vendor = order.vendor {
      try requireRunnable(vendor, in: project)
    } else if order.model != nil || !order.extraArguments.isEmpty, live?.vendor == nil {
      try requireOneVendor(in: project)
    }
  }

  /// Starts the loop of a subject as it was seen, unless it has one by now.
  private func begin(
    _ order: StartOrder, in project: Project, _ observation: Observation, lookedAt: Timestamp
  ) async throws -> (Loop.ID, isNew: Bool) {
    var draft = try draft(order, observation, in: project)
    draft.labelledAt = Loop.adoptLabelledAt(observation, settings.current.policy.labels)
    if let issue = observation.issue {
      let known = try await store.knownPulls(of: order.subject, in: project.id)
      draft.earlierPull = try await poller.earlierPull(for: issue, in: project.name, known: known)
    }
    let (loop, isNew) = try await store.startLoop(draft, at: time.now)
    guard isNew else {
      try await promote(loop, order)
      return (loop.id, false)
    }
    try await store.recordObservation(observation, of: loop.id, issue: nil, pull: nil, at: lookedAt)
    return (loop.id, true)
  }

  /// The subject's live loop goes the operator's way: first in line, and a pull request that was only to be reviewed
  /// is taken over when that is asked.
  ///
  /// - Throws: `conflict` when it goes another way than was asked.
  private func promote(_ loop: Loop, _ order: StartOrder) async throws {
    if let other = Self.otherWay(of: loop, than: order) {
      let handle = loop.id.handle
      throw LooperError(.conflict, "\(handle) works on it already, and \(other); see looper why \(handle)")
    }
    try await store.promote(
      loop.id, vendor: order.vendor, model: order.model, extraArguments: order.extraArguments, at: time.now)
    guard loop.isReviewOnly, !order.isReviewOnly else { return }
    try await store.redirect(loop.id, .adopt, saying: "to be adopted, as the operator asks", at: time.now)
  }

  /// What a live loop does that the role which was asked for would not; nil when it does what was asked.
  private static func otherWay(of loop: Loop, than order: StartOrder) -> String? {
    switch order.role {
    case .reviewer? where !loop.isReviewOnly: return "reviews what it does"
    case .planner? where loop.skipsPlan: return "goes without a spec"
    case .worker? where !loop.skipsPlan && [.plan, .specReview].contains(loop.phase):
      return "has its spec written and reviewed first"
    case .planner?, .worker?, .reviewer?, .fixer?, nil: return nil
    }
  }

  /// - Throws: `conflict` when the subject is not open, or cannot be pushed to.
  private func draft(
    _ order: StartOrder, _ observation: Observation, in project: Project
  ) throws(LooperError) -> LoopDraft {
    let place = "\(project.name)#\(order.subject.number)"
    var draft = LoopDraft(
      projectID: project.id, subject: order.subject, title: "", lane: .manual, skipsPlan: order.skipsPlan,
      vendor: order.vendor, model: order.model, extraArguments: order.extraArguments)
    switch order.subject {
    case .issue:
      guard let issue = observation.issue, issue.isOpen else {
        throw LooperError(.conflict, "\(place) is closed; reopen it, then run this again")
      }
      draft.title = issue.title
    case .pull:
      guard let pull = observation.pull, pull.state == .open else {
        throw LooperError(.conflict, "\(place) is not open; reopen it, then run this again")
      }
      draft.title = pull.title
      draft.branch = pull.headRef
      draft.isReviewOnly = order.isReviewOnly
    }
    return draft
  }

  /// Nil when GitHub has no such thing.
  private func look(at subject: Subject, in project: ProjectName) async throws -> Observation? {
    do throws(Failure) {
      return try await forge.observe(project, issue: subject.issueNumber, pull: subject.pullNumber)
    } catch {
      guard error.kind == .permanent else { throw error }
      return nil
    }
  }

  /// - Throws: `validation` when this configuration cannot run the vendor in some role.
  private func requireRunnable(_ vendor: Vendor, in project: Project) throws(LooperError) {
    let configuration = loaded().configuration
    for role in Role.allCases {
      let agent = configuration.agentSettings(for: role, project: project.names, vendor: vendor)
      guard VendorAdapters.adapter(for: vendor, command: agent.command) == nil else { continue }
      throw LooperError(
        .validation,
        "the vendor \(vendor.rawValue) needs agent.vendors.\(vendor.rawValue).command in the configuration, the executable to run"
      )
    }
  }

  /// A model and arguments belong to one vendor.
  ///
  /// - Throws: `validation` when the roles of a project are done by several.
  private func requireOneVendor(in project: Project) throws(LooperError) {
    let configuration = loaded().configuration
    let settings = Role.allCases.map { configuration.agentSettings(for: $0, project: project.names) }
    let vendors = Set(settings.map(\.vendor))
    guard vendors.count > 1 else { return }
    let names = Vendor.allCases.filter(vendors.contains).map(\.rawValue).joined(separator: ", ")
    throw LooperError(
      .validation,
      "a model and arguments are one vendor's, but the roles of \(project.name) are done by \(names); name one with --vendor"
    )
  }

  func control(_ id: Loop.ID, _ action: LoopAction) async throws(LooperError) -> LoopView {
    try await control(id, action, ofAll: false)
  }

  /// - Parameter isOfAll: whether it is done to every loop that it applies to.
  func control(
    _ id: Loop.ID, _ action: LoopAction, ofAll isOfAll: Bool
  ) async throws(LooperError) -> LoopView {
    try await answering {
      let loop = try await knownLoop(id)
      guard !loop.state.isDone || action.isHandback else {
        throw LooperError(.conflict, "\(id.handle) has ended already")
      }
      switch action {
      case .pause:
        let purpose: StopPurpose = isOfAll ? .pauseAll : .pause
        try await stopping(id, for: purpose, reason: "paused by the operator") {
          try await store.pause(id, for: purpose, saying: "paused by the operator", at: time.now)
        }
      case .resume: try await resume(loop)
      case .retry:
        guard loop.state != .running else {
          throw LooperError(
            .conflict, "\(id.handle) is at work; stop its run first: looper pause \(id.handle)")
        }
        guard try await store.facts(of: id)?.isPaused != true else {
          throw LooperError(
            .conflict, "\(id.handle) is paused; let it go on first: looper resume \(id.handle)")
        }
        try await store.retry(id, at: time.now)
      case .cancel:
        try await cancel(id)
      case .takeover: return try await takeOver(loop)
      case .handback: return try await handBack(loop, keeping: false)
      case .handbackKeeping: return try await handBack(loop, keeping: true)
      }
      return try await view(of: id)
    }
  }

  /// Stops the loop's run, then ends it. Where that fails it is paused, and no later daemon goes on with the cancel; one
  /// that our own shutdown cuts off is finished by the next daemon.
  private func cancel(_ id: Loop.ID) async throws {
    do {
      try await stopping(id, for: .cancel, reason: "cancelled by the operator") {
        try await store.cancelLoop(id, policy: settings.current.policy, at: time.now)
      }
    } catch {
      guard !Task.isCancelled else { throw error }
      // Best effort: an ended loop has no fence, and what is told is why the cancel failed.
      try? await shielded { [store, time] in try await store.fence(id, at: time.now) }
      throw error
    }
  }

  /// Stops the loop's run, then gives its worktree to a person.
  private func takeOver(_ loop: Loop) async throws -> LoopView {
    guard let worktree = try await store.worktree(of: loop.id), worktree.state == "present" else {
      throw LooperError(.conflict, "\(loop.id.handle) has no worktree yet; see looper why \(loop.id.handle)")
    }
    guard try await store.facts(of: loop.id)?.isTakenOver != true else {
      throw LooperError(.conflict, "\(loop.id.handle) is taken over already")
    }
    do {
      try await stopping(loop.id, for: .takeover, reason: "taken over by a person") {
        try await store.setTakenOver(true, loop.id, at: time.now)
      }
    } catch {
      await release(loop.id)
      throw error
    }
    // What was sent in that moment; from now on nothing is.
    await writesSettled(loop.id)
    var view = try await view(of: loop.id)
    view.worktree = worktree.path
    return view
  }

  /// Takes back the pause by which a takeover fenced a loop that it then did not get: nobody asked for that one.
  private func release(_ id: Loop.ID) async {
    // Best effort: the next daemon would do it too, and what is told is why the takeover failed.
    try? await shielded { [store, time] in
      try await store.releaseTakeover(of: id, saying: "goes on: it was not taken over", at: time.now)
    }
  }

  /// Takes a worktree back and tells what a person left in it. What is nowhere else is never gone on without unasked; of an
  /// ended loop it is rescued before the worktree goes.
  private func handBack(_ loop: Loop, keeping: Bool) async throws -> LoopView {
    guard try await store.facts(of: loop.id)?.isTakenOver == true else {
      throw LooperError(.conflict, "\(loop.id.handle) is not taken over")
    }
    // Best effort for an ended loop: whatever is left is rescued when its worktree goes.
    var left =
      loop.state.isDone
      ? try? await worktreeKeeper.left(loop, false) : try await worktreeKeeper.left(loop, !keeping)
    if let work = left, !work.isPublished, !loop.state.isDone {
      guard keeping else {
        throw LooperError(.conflict, work.refusal(of: loop))
      }
      left?.rescueRef = try await worktreeKeeper.keep(loop)
    }
    try await store.setTakenOver(
      false, loop.id, saying: "handed back\(left.map { ": \($0.sentence)" } ?? "")", at: time.now)
    if let ref = left?.rescueRef { try await store.noteRescue(ref, of: loop.id, at: time.now) }
    var view = try await view(of: loop.id)
    view.left = left?.view
    return view
  }

  func answer(_ id: Loop.ID, _ request: AnswerRequest) async throws(LooperError) -> LoopView {
    try await answering {
      _ = try await knownLoop(id)
      let text = request.text.trimmingCharacters(in: .whitespacesAndNewlines)
      guard !text.isEmpty else { throw LooperError(.validation, "an answer needs some text") }
      try await store.answerQuestion(of: id, with: text, by: "operator", at: time.now)
      return try await view(of: id)
    }
  }

  private func resume(_ loop: Loop) async throws {
    guard try await store.facts(of: loop.id)?.isPaused == true else {
      let handle = loop.id.handle
      if case .blocked(let reason) = loop.state {
        throw LooperError(
          .conflict, "\(handle) is not paused but blocked (\(reason.rawValue)); run: looper retry \(handle)")
      }
      throw LooperError(.conflict, "\(handle) is not paused; see looper why \(handle)")
    }
    try await store.unfence(loop.id, at: time.now)
  }

  func why(_ id: Loop.ID) async throws(LooperError) -> WhyView {
    try await answering {
      guard let record = try await store.whyRecord(of: id, at: time.now) else {
        throw LooperError(.notFound, "there is no loop \(id.handle); see looper loops")
      }
      let loop = record.facts.loop
      let settings = settings.current
      let vendors = record.item.map { settings.terms(of: loop, $0.job.role).vendors }
      return WhyAnswer(
        record: record, host: health[loop.project.host], policy: settings.policy, limits: settings.limits,
        vendors: vendors ?? [], now: time.now, allPausedSince: try await store.allPausedSince(),
        circle: try await circle(through: loop)
      ).view
    }
  }

  private func circle(through loop: Loop) async throws -> [Int] {
    guard case .waiting(.dependency, _) = loop.state else { return [] }
    let blockers = try await store.waitedForBlockers()
    return DependencyCircles(try await store.liveLoops(), blockers).circle(through: loop)
  }
}
