/// Something somebody is going to do.
struct Appointment: Sendable {
  /// The closed set of what people do, besides what they do of their own accord.
  enum Deed: Sendable {
    case ask(title: String, label: String)
    /// Opens a pull request of their own and asks for it.
    case offer(branch: String, label: String)
    case takeHoldAway(number: Int)
    case finishDraft(number: Int)
    case reopen(number: Int)
    case resume(Loop.ID)
    case handBack(Loop.ID)
    case report(check: String, commit: CommitSHA, isSuccess: Bool)
  }

  var at: Timestamp
  var deed: Deed
}

/// People at their browsers and at the command line, and the CI.
extension Simulation {
  private var repository: String { SimulationPlan.repository }

  /// When which issue is asked for.
  func planThePeople() async throws {
    let span = (plan.span - plan.calmHours) * 3600 / 2
    for index in 0..<fate.draw(1...4) {
      let label = fate.weighted(
        [(7, "looper:plan"), (2, "looper:implement"), (1, SimulationPlan.autoLabel)], else: "looper:plan")
      let isOffer = fate.chance(perMille: 250)
      let deed: Appointment.Deed =
        isOffer
        ? .offer(
          branch: "offer-\(index)", label: fate.chance(perMille: 500) ? "looper:adopt" : "looper:review")
        : .ask(title: "Issue \(index)", label: label)
      agenda.append(Appointment(at: time.trueNow + .seconds(fate.draw(0...span)), deed: deed))
    }
  }

  func people() async throws {
    let due = agenda.enumerated().filter { $0.element.at <= time.trueNow }
    agenda = agenda.filter { $0.at > time.trueNow }
    for (_, appointment) in due { await attempt(appointment.deed) }
    await integrate()
    guard !fate.isCalm else { return }
    if fate.chance(perMille: 20) { await helpAlong() }
    if fate.allows(.people), fate.chance(perMille: 12) { await interfere() }
  }

  /// People's deeds are refused as GitHub and the store refuse them; then nothing happened.
  private func attempt(_ deed: Appointment.Deed) async {
    do {
      try await perform(deed)
    } catch {
      journal.note("\(deed) was refused: \(error)")
    }
  }

  private func perform(_ deed: Appointment.Deed) async throws {
    switch deed {
    case .ask(let title, let label):
      let author = fate.pick(SimulationPlan.people) ?? "alice"
      let number = try await forge.createIssue(in: repository, title: title, body: "Please", as: author)
      try await forge.addLabel(label, to: number, in: repository, as: author)
      journal.note("\(author) asks for #\(number) with \(label)")
    case .offer(let branch, let label): try await offer(branch, label)
    case .takeHoldAway(let number):
      try await forge.removeLabel(
        settings.current.policy.labels.hold, from: number, in: repository, as: "alice")
      journal.note("hold is taken from #\(number)")
    case .finishDraft(let number):
      try await forge.setDraft(false, of: number, in: repository, as: "alice")
      journal.note("#\(number) is ready for review")
    case .reopen(let number):
      try await forge.reopen(number, in: repository, as: "bob")
      journal.note("#\(number) is opened again")
    case .resume(let id):
      try await database.store.unfence(id, at: time.now)
      journal.note("\(id.handle) is resumed")
    case .handBack(let id):
      try await database.store.setTakenOver(false, id, at: time.now)
      journal.note("\(id.handle) is handed back")
    case .report(let check, let commit, let isSuccess):
      try await forge.reportCheck(
        .init(
          name: check, conclusion: isSuccess ? .success : .failure, log: isSuccess ? "ok" : "error: broken"),
        on: commit, in: repository)
      journal.note("\(check) on \(commit.short): \(isSuccess ? "success" : "failure")")
    }
  }

  private func offer(_ branch: String, _ label: String) async throws {
    let author = fate.chance(perMille: 300) ? SimulationPlan.stranger : "alice"
    // Who may not write has a fork.
    let isFork = author == SimulationPlan.stranger
    let source = isFork ? try await forge.fork(repository, as: author).fullName : repository
    guard let project = ProjectName(source) else { return }
    let path = SimulatedWorkspaces.path(of: project)
    git.branch(off: "main", as: branch, in: path)
    _ = try git.push(["\(branch).txt": "one\ntwo\n"], to: branch, in: path, author: author, at: time.trueNow)
    try await forge.refresh()
    let number = try await forge.createPull(
      in: repository,
      .init(
        title: "An offer", head: isFork ? "\(author):\(branch)" : branch, base: "main",
        isDraft: fate.chance(perMille: 200)), as: author)
    try await forge.addLabel(label, to: number, in: repository, as: "alice")
    agenda.append(
      Appointment(at: time.trueNow + .seconds(fate.draw(60...3600)), deed: .finishDraft(number: number)))
    journal.note("\(author) opens #\(number) with \(label)")
  }

  /// The CI: a check for every new head of a pull request, some time later.
  private func integrate() async {
    let state = await forge.snapshot()
    for issue in state.issues.rows where issue.state == .open {
      guard let head = issue.pull?.headSHA, state.checkRuns(of: head, in: issue.repositoryID).isEmpty else {
        continue
      }
      do {
        let id = try await forge.reportCheck(
          .init(name: "build", status: .inProgress), on: head, in: repository)
        journal.note("the check \(id) begins on \(head.short)")
        let isSuccess = !fate.allows(.agents) || fate.chance(perMille: 850)
        agenda.append(
          Appointment(
            at: time.trueNow + .seconds(fate.draw(30...1200)),
            deed: .report(check: "build", commit: head, isSuccess: isSuccess)))
      } catch {
        journal.note("the CI was refused: \(error)")
      }
    }
  }
}
