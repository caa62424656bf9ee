/// The engine's values taken from the configuration.
extension EngineSettings {
  /// What the stamp says when the configuration gives no text of its own.
  static let disclosure = "Written by Looper, an autonomous agent."

  /// - Parameter dataDirectory: whose disk must have room; nil for no such condition.
  init(_ configuration: Configuration, dataDirectory: String? = nil) {
    self.init()
    policy = FlowPolicy(configuration)
    limits = Admission.Limits(
      runs: configuration.limits.runs, perProject: configuration.limits.runsPerProject,
      perRole: configuration.limits.runsPerRole, perVendor: configuration.limits.runsPerVendor)
    configurationHash = configuration.fingerprint
    auto = configuration.auto.map { rule in
      AutoRule(
        repositories: rule.repositories.compactMap { ProjectName($0) }, labels: rule.labels,
        authors: rule.authors, perDay: rule.perDay, lookBack: rule.lookBack, skipsPlan: !rule.hasPlan)
    }
    validationCommands = { configuration.validationCommands(for: $0) }
    validationLimit = configuration.validation.timeout
    pollInterval = configuration.daemon.pollInterval
    let memoryFloor = configuration.daemon.memoryFloor
    shortage = { Self.memoryShortage(floor: memoryFloor, available: MachineMemory.available()) }
    let diskFloor = configuration.daemon.diskFloor
    diskShortage = {
      dataDirectory.flatMap { Self.diskShortage(floor: diskFloor, free: GitFiles.freeSpace(at: $0), at: $0) }
    }
    pacing = Pacing(
      interval: configuration.github.writeInterval, perMinute: configuration.github.writesPerMinute,
      perHour: configuration.github.writesPerHour)
    terms = { role, names in
      let project = configuration.project(names)
      let settings = configuration.agentSettings(for: role, in: project)
      var models: [Vendor: String] = [:]
      for vendor in Vendor.allCases where vendor != settings.vendor {
        let model = configuration.agentSettings(for: role, in: project, vendor: vendor).model
        if !model.isEmpty { models[vendor] = model }
      }
      return ClaimTerms(
        vendor: settings.vendor, model: settings.model.isEmpty ? nil : settings.model, models: models,
        fallback: settings.fallback)
    }
    rules = Self.repositoryRules
  }
}

extension EngineSettings {
  /// What a repository says of itself.
  ///
  /// - Throws: `needsHuman` with every problem: what is mistyped may be what protects.
  static func repositoryRules(_ text: String?, for role: Role) throws(Failure) -> RepositoryRules {
    guard let text else { return RepositoryRules() }
    let (parsed, problems) = RepositoryConfiguration.parse(Array(text.utf8))
    guard problems.isEmpty else {
      let told = problems.map(\.description).joined(separator: "; ")
      throw Failure(.needsHuman, "\(told); mend it on the default branch, then retry")
    }
    return RepositoryRules(
      validation: parsed.validationCommands, validationLimit: parsed.validationTimeout,
      instructions: parsed.instructions(for: role),
      protectedPaths: parsed.protectedPaths.isEmpty ? nil : parsed.protectedPaths)
  }

  /// The sentence about memory that is short; nil when enough is available, or nobody says how much is.
  static func memoryShortage(floor: ByteCount, available: ByteCount?) -> String? {
    guard let available, available < floor else { return nil }
    return
      "\(available.bytes >> 20) MiB of memory are available, less than daemon.memory-floor-mib (\(floor.bytes >> 20))"
  }

  /// The sentence about a disk that is full; nil when there is room, or nobody says how much.
  static func diskShortage(floor: ByteCount, free: ByteCount?, at directory: String) -> String? {
    guard let free, free < floor else { return nil }
    return
      "\(free.bytes >> 20) MiB are free below \(directory), less than daemon.disk-floor-mib (\(floor.bytes >> 20))"
  }
}

extension FlowPolicy {
  init(_ configuration: Configuration) {
    self.init()
    let names = configuration.labels
    labels = Labels(
      plan: names.plan, implement: names.implement, specReviewing: names.specReviewing,
      specReady: names.specReady,
      needsHuman: names.needsHuman, hold: names.hold, review: names.review, adopt: names.adopt)
    let flow = configuration.flow
    needsSpecApproval = flow.specApproval == .human
    specRoundsMax = flow.specReviewRounds
    codeRoundsMax = flow.codeReviewRounds
    attemptsMax = configuration.agent.settings.attempts
    quietPeriod = flow.quietPeriod
    checksWait = flow.checksWait
    branchPrefix = flow.branchPrefix
    specDirectory = flow.specDirectory
    update = flow.update
    merge = MergePolicy(
      mode: configuration.merge.mode, protectedPaths: configuration.merge.protectedPaths,
      changedLinesMax: configuration.merge.changedLinesMax > 0 ? configuration.merge.changedLinesMax : nil)
    budget = Budget(configuration.budget)
    let trust = configuration.trust
    disclosure =
      trust.isDisclosed
      ? (trust.disclosureText.isEmpty ? EngineSettings.disclosure : trust.disclosureText) : ""
    quotesUntrustedText = trust.untrustedText == .quote
  }
}

extension FlowPolicy.Budget {
  /// In the configuration 0 means no limit.
  init(_ budget: Configuration.Budget) {
    func limit<Number: Comparable & AdditiveArithmetic>(_ number: Number) -> Number? {
      number > .zero ? number : nil
    }
    func level(_ tokens: Int, _ cost: Double, minutes: Int) -> BudgetLimit {
      BudgetLimit(tokens: limit(tokens), cost: limit(cost), time: limit(minutes).map { .seconds(60 * $0) })
    }
    self.init(
      run: level(budget.runTokens, budget.runCostUSD, minutes: budget.runMinutes),
      loop: level(budget.loopTokens, budget.loopCostUSD, minutes: budget.loopMinutes),
      projectDay: level(
        budget.projectDayTokens, budget.projectDayCostUSD, minutes: budget.projectDayMinutes),
      day: level(budget.dayTokens, budget.dayCostUSD, minutes: budget.dayMinutes))
  }
}
