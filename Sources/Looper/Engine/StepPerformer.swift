/// Performs steps: one exhaustive switch from the closed vocabulary to the ports.
struct StepPerformer: Sendable {
  let store: Store
  let forge: any Forge
  let workspaces: any Workspaces
  let agents: any Agents
  let validator: any Validator
  let settings: LiveSettings
  let time: any TimeSource
  /// What is free where a path lies; nil when the system does not tell.
  var freeSpace: @Sendable (_ path: String) -> ByteCount? = { _ in nil }

  /// - Throws: ``Failure`` from the ports; `DatabaseError` from the store.
  func perform(_ step: Step, stage: String, of record: RunRecord) async throws -> StepResult {
    switch step {
    case .observe: return .observed(try await observe(record))
    case .prepareWorktree(let start): return try await prepare(start, record)
    case .readFailingChecks(let checks): return .checkLogs(try await logs(of: checks, record))
    case .invokeAgent(let brief): return try await invoke(brief, stage: stage, record)
    case .inspectTree(let leftovers, let spec):
      var worktree = try worktree(record)
      worktree.specPath = spec
      return .tree(try await workspaces.inspect(worktree, leftovers: leftovers))
    case .validate(let commands): return .validation(try await validate(commands, record))
    }
  }

  /// Nobody is shown a text that was written into the issue after its label was set; the coordinator waits for a person.
  private func observe(_ record: RunRecord) async throws(Failure) -> Observation {
    var facts = record.facts
    let observation = try await look(facts.loop)
    facts.observation = observation
    guard Coordinator(policy: settings.current.policy).rewritten(facts) == nil else {
      throw Failure(.conflict, "the issue was edited after its label was set")
    }
    return observation
  }

  private func look(_ loop: Loop) async throws(Failure) -> Observation {
    do throws(Failure) {
      return try await forge.observe(
        loop.project, issue: loop.subject.issueNumber, pull: loop.subject.pullNumber ?? loop.pullNumber)
    } catch {
      throw error.asOutage
    }
  }

  private func prepare(_ start: WorktreeStart, _ record: RunRecord) async throws -> StepResult {
    let loop = record.facts.loop
    let project = try await contacted(record.project)
    guard let facts = project.facts, let base = project.base else {
      throw Failure(.transient, "the default branch of \(loop.project) is not known yet")
    }
    // A pull request may go to another branch than the project's, and be sent to another one at any time.
    let seen: Observation? =
      if case .observed(let observation)? = record.results[StageName.observe] { observation } else { nil }
    try await store.intendWorktree(of: loop.id, at: time.now)
    let worktree = try await workspaces.prepare(
      WorktreeRequest(
        repository: RemoteRepository(name: loop.project, cloneURL: facts.cloneURL), loopID: loop.id,
        start: start,
        baseBranch: seen?.pull?.baseRef ?? base, configurationBranch: facts.defaultBranch,
        steeringBranch: base,
        adoptsEarlierWork: record.run.role != .reviewer,
        // A worker begins on the head of its spec's pull request, which others may have pushed to.
        takesSteeringFromBase: true,
        specPath: loop.specPath))
    try await store.confirmWorktree(worktree, at: time.now)
    return .worktree(worktree, try settings.current.rules(worktree.repositoryConfiguration, record.run.role))
  }

  /// A project that was added while GitHub did not answer is completed now.
  private func contacted(_ project: Project) async throws -> Project {
    guard project.facts == nil else { return project }
    var contacted = project
    let facts: RepositoryFacts
    do throws(Failure) {
      facts = try await forge.repository(project.name)
    } catch {
      throw error.asOutage
    }
    try await store.updateFacts(of: project.id, to: facts)
    contacted.facts = facts
    return contacted
  }

  private func logs(of checks: [CheckSnapshot], _ record: RunRecord) async throws -> [CheckLog] {
    var logs: [CheckLog] = []
    for (index, check) in checks.prefix(Self.checksMax).enumerated() {
      let excerpt: String
      do throws(Failure) {
        excerpt = try await forge.failureExcerpt(of: check, in: record.facts.loop.project)
      } catch {
        throw error.asOutage
      }
      logs.append(CheckLog(id: "C\(index + 1)", check: check, excerpt: excerpt))
    }
    return logs
  }

  /// Failing checks whose logs one fixer is shown.
  static let checksMax = 10

  private func invoke(_ brief: AgentBrief, stage: String, _ record: RunRecord) async throws -> StepResult {
    let worktree = try worktree(record)
    let checkout = record.project.checkoutPath
    let before = try await surroundings(of: worktree, before: stage, record)
    let outcome = try await agents.run(
      AgentAssignment(
        runID: record.run.id, loopID: record.run.loopID, stage: stage, role: record.run.role,
        phase: brief.phase,
        worktree: worktree.path, prompt: brief.prompt, context: brief.context, head: worktree.startSHA))
    switch outcome.result {
    case .reported(let report):
      try await requireUntouched(worktree, checkout, since: before)
      return .report(report)
    case .failed(let failure):
      throw await tampering(of: worktree, checkout, since: before) ?? whole(failure, at: worktree.path)
    case .stopped:
      throw await tampering(of: worktree, checkout, since: before)
        ?? Failure(.conflict, "the agent was stopped")
    case .overBudget(let breach):
      // Whatever else went wrong, a budget that is spent stays spent.
      if let tampering = await tampering(of: worktree, checkout, since: before) {
        throw BudgetBreach(
          level: breach.level, message: "\(breach.message); its work is not kept: \(tampering.message)")
      }
      throw try await keepingWork(of: worktree, breach)
    }
  }

  /// What lay around the worktree before the stage's first session: a restart in the middle must not take what an agent
  /// did until then for what was there.
  private func surroundings(of worktree: WorktreeFacts, before stage: String, _ record: RunRecord)
    async throws
    -> Surroundings
  {
    if let known = try await store.surroundings(before: stage, of: record.run.id) { return known }
    let surroundings = try await workspaces.surroundings(of: worktree, checkout: record.project.checkoutPath)
    try await store.note(surroundings, before: stage, of: record.run.id)
    return surroundings
  }

  /// How often git is asked again after a session, which is too dear to be lost to a moment's trouble.
  static let looksMax = 6

  /// - Throws: ``Failure`` when an agent edited what it must leave alone, or when nobody can tell.
  private func requireUntouched(_ worktree: WorktreeFacts, _ checkout: String?, since before: Surroundings)
    async throws
  {
    for count in 1... {
      do throws(Failure) {
        let after = try await workspaces.surroundings(of: worktree, checkout: checkout)
        if let tampering = Self.tampering(after.differences(from: before)) { throw tampering }
        return
      } catch {
        guard error.kind == .transient, count < Self.looksMax else { throw error }
        try await time.sleep(
          until: RetryPolicy.next(after: error.kind, count: count, unit: 0, at: time.now))
      }
    }
  }

  /// What an agent touched around its worktree; nil for nothing, and when nobody can tell.
  private func tampering(of worktree: WorktreeFacts, _ checkout: String?, since before: Surroundings) async
    -> Failure?
  {
    // Best effort: the session has failed already, and nothing of it is used before the next look.
    let after = try? await workspaces.surroundings(of: worktree, checkout: checkout)
    return after.flatMap { Self.tampering($0.differences(from: before)) }
  }

  private static func tampering(_ touched: [String]) -> Failure? {
    guard !touched.isEmpty else { return nil }
    return Failure(
      .agent, "the agent edited outside its worktree: \(touched.prefix(5).joined(separator: ", "))")
  }

  /// What the agent did before a budget was spent is kept where nobody loses it.
  private func keepingWork(of worktree: WorktreeFacts, _ breach: BudgetBreach) async throws -> BudgetBreach {
    let kept: String?
    do throws(Failure) {
      kept = try await workspaces.keep(worktree)
    } catch {
      return BudgetBreach(
        level: breach.level,
        message:
          "\(breach.message); its work stays in the worktree, for it could not be kept: \(error.message)")
    }
    guard let kept else { return breach }
    try await store.noteRescue(kept, of: worktree.loopID, at: time.now)
    return BudgetBreach(level: breach.level, message: "\(breach.message); its work is kept on \(kept)")
  }

  /// Every command runs, so that a fixer sees all that is wrong; the first failure decides.
  private func validate(_ commands: [String], _ record: RunRecord) async throws -> [ValidationResult] {
    let worktree = try worktree(record)
    guard case .tree(let tree)? = record.results[StageName.inspect] else {
      throw Failure(.bug, "validation comes after the tree was inspected")
    }
    var limit = settings.current.validationLimit
    if case .worktree(_, let rules)? = record.results[StageName.prepare], let own = rules.validationLimit {
      limit = own
    }
    var results: [ValidationResult] = []
    for command in commands {
      results.append(
        try await validator.run(
          command, in: worktree.path, head: tree.headSHA, limit: limit))
    }
    if results.contains(where: { !$0.passed }), let full = diskFull(at: worktree.path) { throw full }
    return results
  }

  /// With less than this free, what fails fails for want of space.
  static let fullDisk: ByteCount = .mebibytes(16)

  /// Nobody can work on a full disk: then it is not the agent that failed.
  private func whole(_ failure: Failure, at path: String) -> Failure {
    failure.kind == .agent ? diskFull(at: path) ?? failure : failure
  }

  private func diskFull(at path: String) -> Failure? {
    guard let free = freeSpace(path), free < Self.fullDisk else { return nil }
    return Failure(.transient, "the disk is full: \(free.bytes >> 20) MiB free at \(path); free some space")
  }

  private func worktree(_ record: RunRecord) throws(Failure) -> WorktreeFacts {
    guard case .worktree(let facts, _)? = record.results[StageName.prepare] else {
      throw Failure(.bug, "there is no worktree yet")
    }
    return facts
  }
}
