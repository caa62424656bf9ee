/// Puts what is recorded into a prompt and its context file.
enum Brief {
  static func make(_ facts: RunFacts, phase: Phase) -> AgentBrief {
    guard let input = input(facts) else {
      preconditionFailure("an agent stage comes after the stages that observe and prepare the worktree")
    }
    return AgentBrief(
      phase: phase, prompt: PromptRenderer.render(input), context: ContextDocument.make(input))
  }

  private static func input(_ facts: RunFacts) -> PromptInput? {
    guard let observation = facts.observation, let worktree = facts.worktree else { return nil }
    let role = facts.run.role
    var input = PromptInput(
      job: facts.run.job, loop: facts.loop, observation: observation, worktree: worktree,
      specPath: specPath(facts, observation), nonce: facts.nonce)
    let phase = input.phase
    input.findings = facts.loopFacts.findings.filter { $0.phase == phase }
    input.reviews = facts.loopFacts.reviews
    let items = FixItems(facts)
    input.checks = items.checks
    input.threads = items.threads
    if facts.run.job == .fixConflict, let pull = facts.pull {
      input.conflict = facts.loopFacts.mergeSize.flatMap { $0.head == pull.headSHA ? $0 : nil }
    }
    input.validationCommands = ValidationCommands.of(facts)
    input.previousFailure = facts.previousFailure
    input.answers = facts.loopFacts.answers
    input.instructions = facts.rules.instructions.isEmpty ? [:] : [role: facts.rules.instructions]
    input.untrusted = facts.policy.quotesUntrustedText ? .quote : .omit
    return input
  }

  private static func specPath(_ facts: RunFacts, _ observation: Observation) -> String {
    let title = observation.issue?.title ?? facts.loop.title
    return facts.loop.specPath ?? facts.policy.specPath(for: facts.loop.subject.number, title: title)
  }
}
