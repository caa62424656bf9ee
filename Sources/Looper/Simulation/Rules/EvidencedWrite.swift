/// Writes that are right only for what is there at that moment, held against GitHub's own state when they are sent.
enum EvidencedWrite {
  /// Lesson 39.
  static let resolution = "a thread is resolved only on the head and the words that were judged"
  /// Product, merging.
  static let merge = "only a head that was reviewed clean and is green is merged"

  static func breach(
    _ write: Write, _ facts: LoopFacts, in forge: ForgeState, _ repository: ForgeRepository.ID
  ) -> SimulationBreach? {
    guard let number = facts.loop.pullNumber, let pull = forge.issue(number, in: repository),
      let head = pull.pull?.headSHA
    else { return nil }
    switch write {
    case .resolveThread(_, let evidence?) where evidence.head != head:
      return SimulationBreach(
        rule: resolution,
        what: "\(facts.loop.id.handle): judged \(evidence.head.short), there is \(head.short)")
    case .merge(_, let order):
      if facts.review(of: order.head, in: .codeReview)?.verdict != .clean {
        return SimulationBreach(rule: merge, what: "\(order.head.short) was not reviewed clean")
      }
      let failed = forge.checkRuns(of: order.head, in: repository).filter { $0.conclusion == .failure }
      // GitHub itself waits for what is required when it is told to merge as soon as it can.
      if order.way == .direct, let check = failed.first {
        return SimulationBreach(rule: merge, what: "\(check.name) failed on \(order.head.short)")
      }
      return nil
    case .pushBranch, .openPullRequest, .updatePullRequest, .addLabel, .removeLabel, .submitReview,
      .setCommitStatus, .replyToThread, .resolveThread, .comment, .statusComment, .rerunCheck, .updateHead,
      .withdrawMerge:
      return nil
    }
  }
}
