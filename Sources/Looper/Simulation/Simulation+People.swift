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
    /// - Parameter run: the run that ends; nil is a new one.
    case report(check: String, commit: CommitSHA, isSuccess: Bool, run: Int? = nil)
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
      let number = try await ask(title, as: author)
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
    case .report(let check, let commit, let isSuccess, let run):
      try await forge.reportCheck(
        .init(
          name: check, conclusion: isSuccess ? .success : .failure, log: isSuccess ? "ok" : "error: broken"),
        on: commit, in: repository, updating: run)
      journal.note("\(check) on \(commit.short): \(isSuccess ? "success" : "failure")")
    }
  }

  /// Where issues depend on each other, half of them say so with GitHub's own dependencies and half in their text.
  private func ask(_ title: String, as author: String) async throws -> Int {
    let blocker = demands.chainsIssues ? lastAsked : nil
    let isWritten = blocker.map { $0.isMultiple(of: 2) } ?? false
    let body = isWritten ? "Please\n\nDepends on #\(blocker ?? 0)" : "Please"
    let number = try await forge.createIssue(in: repository, title: title, body: body, as: author)
    if let blocker, !isWritten {
      try await forge.setBlockers([blocker], of: number, in: repository, as: author)
    }
    if let blocker { blockers[number] = blocker }
    lastAsked = number
    return number
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

  /// What is asked to run again, and where the repository demands checks also the tip of its base.
  private func integrateMore(_ state: ForgeState) async {
    guard demands.isDemanding, let found = state.repository(named: repository) else { return }
    if let tip = found.branches[found.defaultBranch], state.checkRuns(of: tip, in: found.id).isEmpty {
      await begin(on: tip, passesPerMille: 800)
    }
    for run in state.checkRuns.rows where run.status == .queued && reruns.insert(run.id).inserted {
      let isSuccess = !fate.allows(.agents) || fate.chance(perMille: 500)
      agenda.append(
        Appointment(
          at: time.trueNow + .seconds(fate.draw(30...600)),
          deed: .report(check: run.name, commit: run.sha, isSuccess: isSuccess, run: run.id)))
    }
  }

  private func begin(on commit: CommitSHA, passesPerMille: Int) async {
    do {
      let id = try await forge.reportCheck(
        .init(name: "build", status: .inProgress), on: commit, in: repository)
      journal.note("the check \(id) begins on \(commit.short)")
      let isSuccess = !fate.allows(.agents) || fate.chance(perMille: passesPerMille)
      agenda.append(
        Appointment(
          at: time.trueNow + .seconds(fate.draw(30...1200)),
          deed: .report(check: "build", commit: commit, isSuccess: isSuccess)))
    } catch {
      journal.note("the CI was refused: \(error)")
    }
  }

  /// The CI: a check for every new head of a pull request, some time later.
  private func integrate() async {
    let state = await forge.snapshot()
    await integrateMore(state)
    for issue in state.issues.rows where issue.state == .open {
      guard let head = issue.pull?.headSHA, state.checkRuns(of: head, in: issue.repositoryID).isEmpty else {
        continue
      }
      await begin(on: head, passesPerMille: 850)
    }
  }
}
