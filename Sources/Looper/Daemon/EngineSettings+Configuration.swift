/// The engine's values taken from the configuration.
extension EngineSettings {
  /// What the stamp says when the configuration gives no text of its own.
  static let disclosure = "Written by Looper, an autonomous agent."

  init(_ configuration: Configuration) {
    self.init()
    policy = FlowPolicy(configuration)
    limits = Admission.Limits(
      runs: configuration.limits.runs, perProject: configuration.limits.runsPerProject,
      perRole: configuration.limits.runsPerRole, perVendor: configuration.limits.runsPerVendor)
    configurationHash = configuration.fingerprint
    validationCommands = { configuration.validationCommands(for: $0) }
    validationLimit = configuration.validation.timeout
    pollInterval = configuration.daemon.pollInterval
    pacing = Pacing(
      interval: configuration.github.writeInterval, perMinute: configuration.github.writesPerMinute,
      perHour: configuration.github.writesPerHour)
    terms = { role, project in
      let settings = configuration.agentSettings(for: role, project: project)
      return ClaimTerms(
        vendor: settings.vendor, model: settings.model.isEmpty ? nil : settings.model,
        fallback: settings.fallback)
    }
    rules = { text, role in
      guard let text else { return RepositoryRules() }
      let parsed = RepositoryConfiguration.parse(Array(text.utf8)).configuration
      return RepositoryRules(
        validation: parsed.validationCommands, instructions: parsed.instructions(for: role))
    }
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
    self.init(
      runTokens: limit(budget.runTokens), runCost: limit(budget.runCostUSD),
      loopTokens: limit(budget.loopTokens),
      loopCost: limit(budget.loopCostUSD), loopTime: limit(budget.loopMinutes).map { .seconds(60 * $0) },
      projectDayCost: limit(budget.projectDayCostUSD), dayCost: limit(budget.dayCostUSD))
  }
}
