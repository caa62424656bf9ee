/// Writes that are right only for what is there at that moment, held against GitHub's own state when they are sent.
enum EvidencedWrite {
  /// Lesson 39, and product, roles: a review, a resolution, an update, a rerun.
  static let judged = "what was decided for a head is sent only while it is the head"
  /// Product, merging.
  static let merge = "only a head that was reviewed clean and is green is merged"

  static func breach(
    _ write: Write, _ facts: LoopFacts, in forge: ForgeState, _ repository: ForgeRepository.ID
  ) -> SimulationBreach? {
    guard let number = facts.loop.pullNumber, let pull = forge.issue(number, in: repository),
      let head = pull.pull?.headSHA
    else { return nil }
    if let then = write.judgedHead, then != head {
      return SimulationBreach(
        rule: judged, what: "\(facts.loop.id.handle): \(write.kind) for \(then.short), there is \(head.short)"
      )
    }
    switch write {
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
