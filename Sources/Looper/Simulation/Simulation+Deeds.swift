/// What people do of their own accord.
extension Simulation {
  /// What keeps the team going: merging what is ready, approving specs, answering, giving fresh starts.
  func helpAlong() async {
    do {
      guard let loop = fate.pick(try await database.store.liveLoops()) else { return }
      switch loop.state {
      case .waiting(.merge, _): try await merge(loop)
      case .waiting(.specApproval, _): try await approve(loop)
      case .blocked(.question): try await answer(loop)
      case .blocked:
        try await database.store.retry(loop.id, at: time.now)
        retries[loop.id, default: 0] += 1
        journal.note("\(loop.id.handle) gets a fresh start")
      case .queued, .running, .waiting, .done: break
      }
    } catch {
      journal.note("help was refused: \(error)")
    }
  }

  private func merge(_ loop: Loop) async throws {
    guard let number = loop.pullNumber else { return }
    try await forge.merge(number, in: SimulationPlan.repository, as: "alice")
    journal.note("#\(number) is merged")
  }

  private func approve(_ loop: Loop) async throws {
    guard let number = loop.pullNumber else { return }
    try await forge.addLabel(
      settings.current.policy.labels.specReady, to: number, in: SimulationPlan.repository, as: "alice")
    journal.note("the spec of #\(number) is approved")
  }

  private func answer(_ loop: Loop) async throws {
    if fate.chance(perMille: 500) {
      try await database.store.answerQuestion(of: loop.id, with: "left", by: "operator", at: time.now)
    } else {
      try await forge.comment("left", on: loop.subject.number, in: SimulationPlan.repository, as: "alice")
    }
    journal.note("\(loop.id.handle) is answered")
  }

  /// What keeps the team from going on.
  func interfere() async {
    do {
      guard let loop = fate.pick(try await database.store.liveLoops()) else { return }
      let deeds: [(weight: Int, value: @Sendable (Simulation, Loop) async throws -> String)] = [
        (3, { try await $0.hold($1) }), (3, { try await $0.comment(on: $1) }),
        (2, { try await $0.push(to: $1) }), (2, { try await $0.pause($1) }),
        (1, { try await $0.takeOver($1) }),
        (1, { try await $0.close($1) }), (1, { try await $0.relabel($1) }),
        (2, { try await $0.moveBase($1) }), (2, { try await $0.edit($1) }), (2, { try await $0.review($1) }),
        (1, { try await $0.turnIntoDraft($1) }), (1, { try await $0.delete($1) }),
        (2, { try await $0.write(intoThreadOf: $1) }),
        (demands.isDemanding ? 1 : 0, { try await $0.cancel($1) }),
        (demands.isDemanding ? 2 : 0, { try await $0.takeBackMerge(of: $1) }),
      ]
      let deed = fate.weighted(deeds, else: { _, _ in "nothing" })
      journal.note(try await deed(self, loop))
    } catch {
      journal.note("a deed was refused: \(error)")
    }
  }

  private var later: Timestamp { time.trueNow + .seconds(fate.draw(60...10_800)) }

  /// The subject or its pull request.
  private func number(_ loop: Loop) -> Int {
    fate.chance(perMille: 500) ? loop.pullNumber ?? loop.subject.number : loop.subject.number
  }

  private func hold(_ loop: Loop) async throws -> String {
    let number = number(loop)
    let hold = settings.current.policy.labels.hold
    try await forge.addLabel(hold, to: number, in: SimulationPlan.repository, as: "bob")
    agenda.append(Appointment(at: later, deed: .takeHoldAway(number: number)))
    return "#\(number) is held"
  }

  private func comment(on loop: Loop) async throws -> String {
    let number = number(loop)
    let author = fate.pick(SimulationPlan.people + [SimulationPlan.stranger]) ?? "bob"
    try await forge.comment("What about this?", on: number, in: SimulationPlan.repository, as: author)
    return "\(author) comments on #\(number)"
  }

  private func push(to loop: Loop) async throws -> String {
    guard let branch = loop.branch, let project = ProjectName(SimulationPlan.repository) else {
      return "nothing to push to"
    }
    let path = SimulatedWorkspaces.path(of: project)
    let pushed = try git.push(
      ["people-\(fate.draw(1000)).txt": "by hand\n"], to: branch, in: path, author: "bob", at: time.trueNow)
    return "bob pushes \(pushed?.short ?? "nothing") to \(branch)"
  }

  /// Somebody pushes, or writes into a thread, just before something is sent that was decided for what was there before.
  /// A mutation test has it happen as often as it needs.
  func interfereWithWrites() async {
    let isWanted = plan.flaw == .guardSeesNoLabels || plan.flaw == .resolutionLooksAway
    guard fate.allows(.people), fate.chance(perMille: isWanted ? 300 : 30) else { return }
    do {
      guard let loop = fate.pick(try await database.loopsWithWrites()) else { return }
      journal.note(try await interfere(withWritesOf: loop))
    } catch {
      journal.note("a deed was refused: \(error)")
    }
  }

  private func interfere(withWritesOf loop: Loop) async throws -> String {
    if plan.flaw == .guardSeesNoLabels { return try await hold(loop) }
    let isPush = plan.flaw != .resolutionLooksAway && fate.chance(perMille: 600)
    return try await isPush ? push(to: loop) : write(intoThreadOf: loop)
  }

  /// Somebody pushes to the very branch an agent works on.
  func pushMeanwhile(_ run: Run.ID) async {
    do {
      guard let record = try await database.store.run(run),
        let loop = try await database.store.loop(record.loopID)
      else { return }
      journal.note(try await push(to: loop))
    } catch {
      journal.note("a push was refused: \(error)")
    }
  }

  private func moveBase(_ loop: Loop) async throws -> String {
    guard let project = ProjectName(SimulationPlan.repository) else { return "no base" }
    // Now and then where the workers work, for conflicts.
    let file =
      fate.chance(perMille: 300) ? "src/work-\(loop.id.rawValue).txt" : "src/other-\(fate.draw(1000)).txt"
    let pushed = try git.push(
      [file: "base \(fate.draw(1000))\n"], to: "main", in: SimulatedWorkspaces.path(of: project),
      author: "alice",
      at: time.trueNow)
    return "alice pushes \(pushed?.short ?? "nothing") to main"
  }

  /// Fences a loop and ends its run, as the daemon's commands do.
  private func stop(_ loop: Loop, for purpose: StopPurpose = .pause, reason: String) async throws {
    try await database.store.fence(loop.id, for: purpose, at: time.now)
    for run in try await database.store.liveRuns() where run.loopID == loop.id {
      try await database.store.requestStop(of: run.id, reason: reason)
      if !busy.contains(.run(run.id)) { await daemon?.runner.settle(run.id) }
    }
  }

  private func pause(_ loop: Loop) async throws -> String {
    try await stop(loop, reason: "paused by the operator")
    agenda.append(Appointment(at: later, deed: .resume(loop.id)))
    return "\(loop.id.handle) is paused"
  }

  private func takeOver(_ loop: Loop) async throws -> String {
    guard
      !(try await database.store.liveRuns().contains { $0.loopID == loop.id && busy.contains(.run($0.id)) })
    else {
      return "\(loop.id.handle) is at work"
    }
    try await stop(loop, for: .takeover, reason: "taken over by a person")
    try await database.store.setTakenOver(true, loop.id, at: time.now)
    agenda.append(Appointment(at: later, deed: .handBack(loop.id)))
    return "\(loop.id.handle) is taken over"
  }

  private func cancel(_ loop: Loop) async throws -> String {
    try await stop(loop, reason: "cancelled by the operator")
    guard !(try await database.store.liveRuns().contains { $0.loopID == loop.id }) else {
      return "\(loop.id.handle) is at work"
    }
    try await database.store.cancelLoop(loop.id, policy: settings.current.policy, at: time.now)
    return "\(loop.id.handle) is cancelled"
  }

  /// The button in the browser that takes an order to merge later back, whoever gave it.
  private func takeBackMerge(of loop: Loop) async throws -> String {
    guard let number = loop.pullNumber else { return "nothing to merge" }
    try await forge.takeBackMerge(of: number, in: SimulationPlan.repository, as: "alice")
    return "the merge of #\(number) is taken back"
  }

  private func close(_ loop: Loop) async throws -> String {
    let number = number(loop)
    try await forge.close(number, in: SimulationPlan.repository, as: "bob")
    if fate.chance(perMille: 500) {
      agenda.append(Appointment(at: later, deed: .reopen(number: number)))
    }
    return "#\(number) is closed"
  }

  private func edit(_ loop: Loop) async throws -> String {
    let number = number(loop)
    let text = "Please, \(fate.draw(1000))"
    let author = fate.pick(SimulationPlan.people) ?? "bob"
    if fate.chance(perMille: 500) {
      try await forge.editIssue(number, in: SimulationPlan.repository, body: text, as: author)
    } else {
      try await forge.editIssue(number, in: SimulationPlan.repository, title: text, as: author)
    }
    return "\(author) edits #\(number)"
  }

  private func review(_ loop: Loop) async throws -> String {
    guard let number = loop.pullNumber else { return "nothing to review" }
    let isApproval = fate.chance(perMille: 500)
    try await forge.submitReview(
      .init(event: isApproval ? .approve : .requestChanges, body: "About \(fate.draw(1000))"), on: number,
      in: SimulationPlan.repository, as: "bob")
    return "bob \(isApproval ? "approves" : "wants changes of") #\(number)"
  }

  /// Somebody goes on with a thread that is open.
  private func write(intoThreadOf loop: Loop) async throws -> String {
    let state = await forge.snapshot()
    guard let number = loop.pullNumber, let repository = state.repository(named: SimulationPlan.repository),
      let pull = state.issue(number, in: repository.id),
      let thread = fate.pick(state.threads(of: pull.id).filter { !$0.isResolved })
    else { return "no thread to write into" }
    let author = fate.pick(SimulationPlan.people + [SimulationPlan.stranger]) ?? "bob"
    try await forge.reply("And \(fate.draw(1000))?", toThread: thread.id, as: author)
    return "\(author) writes into a thread of #\(number)"
  }

  private func turnIntoDraft(_ loop: Loop) async throws -> String {
    guard let number = loop.pullNumber else { return "nothing to draft" }
    try await forge.setDraft(true, of: number, in: SimulationPlan.repository, as: "alice")
    agenda.append(Appointment(at: later, deed: .finishDraft(number: number)))
    return "#\(number) becomes a draft"
  }

  /// Rarely: it takes everything with it.
  private func delete(_ loop: Loop) async throws -> String {
    guard fate.chance(perMille: 200), case .issue(let number) = loop.subject else {
      return "nothing is deleted"
    }
    try await forge.delete(number, in: SimulationPlan.repository, as: "alice")
    return "#\(number) is deleted"
  }

  private func relabel(_ loop: Loop) async throws -> String {
    let labels = settings.current.policy.labels
    let label =
      fate.pick([labels.plan, labels.specReady, labels.specReviewing, labels.needsHuman]) ?? labels.plan
    let number = number(loop)
    if fate.chance(perMille: 500) {
      try await forge.addLabel(label, to: number, in: SimulationPlan.repository, as: "alice")
      return "#\(number) gets \(label)"
    }
    try await forge.removeLabel(label, from: number, in: SimulationPlan.repository, as: "alice")
    return "#\(number) loses \(label)"
  }
}
