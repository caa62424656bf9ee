/// An agent's question to people: one comment on the issue, with its options, default and deadline.
enum Question {
  static func publication(of question: QuestionReport, _ facts: RunFacts) -> Publication {
    var lines = [
      "**Looper needs an answer** (\(facts.loop.id.handle)): \(PublishedText.neutralised(question.text))"
    ]
    lines += question.options.enumerated().map { "\($0.offset + 1). \(PublishedText.line($0.element))" }
    if let option = question.defaultOption { lines.append("Default: \(PublishedText.line(option))") }
    if let minutes = question.deadlineMinutes { lines.append("Wanted within \(minutes) minutes.") }
    if facts.loopFacts.isDefaultExhausted {
      lines.append(
        "Nobody answered the last \(FlowPolicy.defaultAnswersMax) questions: this one waits for an answer.")
    }
    lines.append("Answer with `looper answer \(facts.loop.id.handle) …` or a reply here.")
    let body = PublishedText.stamped(lines.joined(separator: "\n\n"), facts.policy)
    return Publication(
      effects: [
        EffectDraft(
          key: facts.key("question", facts.run.id.handle, facts.nonce),
          write: .comment(.number(facts.loop.subject.number), body: body))
      ],
      ledger: [.question(question)])
  }
}
