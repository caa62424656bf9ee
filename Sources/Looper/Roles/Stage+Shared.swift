/// Stages that mean the same in every role.
extension Stage {
  static let observe = Stage(StageName.observe) { _ in .perform(.observe) }

  /// Ends the run when the agent asked instead of answering, otherwise goes on with `decide`.
  static func verify(_ decide: @escaping @Sendable (RunFacts) -> StageVerdict) -> Stage {
    Stage(StageName.verify) { facts in
      guard let report = facts.report else { return .end(.failed(.bug, "no report was recorded")) }
      if case .question(let question) = report { return .emit(Question.publication(of: question, facts)) }
      return decide(facts)
    }
  }

  /// Runs the project's commands on what is about to be published.
  static let validate = Stage(StageName.validate) { facts in
    if case .question? = facts.report { return .pass }
    let commands = ValidationCommands.of(facts)
    guard !commands.isEmpty, let tree = facts.tree, tree.headSHA != facts.worktree?.startSHA else {
      return .pass
    }
    return .perform(.validate(commands))
  }

  /// Waits for the receipts, then ends the run.
  static func confirm(_ ending: @escaping @Sendable (RunFacts) -> RunEnding) -> Stage {
    Stage(StageName.confirm) { facts in
      if facts.effects.contains(where: \.isOpen) { return .awaitReceipts }
      if let refused = facts.effects.first(where: { $0.state == .refused }) {
        let failure = refusal(refused)
        return .end(
          failure.kind == .conflict
            ? .superseded(failure.message) : RunEnding(state: .failed(failure), phase: nil))
      }
      if case .question(let question)? = facts.report {
        return .end(.succeeded("asked: \(question.text.prefix(200))"))
      }
      return .end(ending(facts))
    }
  }

  private static func refusal(_ effect: Effect) -> Failure {
    effect.failure ?? Failure(.bug, "\(effect.write.kind) was refused without a reason")
  }
}

/// Which commands prove a change: the repository's own, else the operator's.
enum ValidationCommands {
  static func of(_ facts: RunFacts) -> [String] { facts.rules.validation ?? facts.validationCommands }

  /// The sentence about a failed command, for the next attempt and for people.
  static func failure(_ results: [ValidationResult]) -> Failure? {
    guard let failed = results.first(where: { !$0.passed }) else { return nil }
    let ending = failed.exitCode.map { "exited with \($0)" } ?? "did not end in time"
    return Failure(.agent, "validation failed: `\(failed.command)` \(ending)\n\(failed.tail.suffix(1500))")
  }
}
