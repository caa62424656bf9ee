/// Writes that are right only for what is there at that moment, held against GitHub's own state when they are sent.
enum EvidencedWrite {
  /// Lesson 39, and product, roles: a review, a resolution, an update, a rerun.
  static let judged = "what was decided for a head is sent only while it is the head"
  /// Product, merging.
  static let merge = "only a head that was reviewed clean and is green is merged"

  /// Product, merging.
  static let unattended = "what is protected or too large is merged by people"

  /// Lesson 39.
  static let thread = "a thread is resolved only while it says what was answered"

  /// What somebody has written into a thread before it is resolved, and after it was read. The last look before the
  /// resolution must see it, so it is a breach when the resolution is made all the same.
  static func unread(_ write: Write, _ facts: LoopFacts, in forge: ForgeState) -> SimulationBreach? {
    guard case .resolveThread(let id, let evidence) = write, let evidence,
      let thread = forge.threads.rows.first(where: { $0.nodeID == id })
    else { return nil }
    let news = forge.reviewComments.rows.first {
      $0.threadID == thread.id && $0.id > evidence.lastCommentID ?? 0
        && WriteMarker.key(in: $0.body, by: $0.author, viewer: SimulationPlan.viewer) == nil
    }
    return news.map {
      SimulationBreach(rule: Self.thread, what: "\(facts.loop.id.handle): \($0.author) wrote into \(id)")
    }
  }

  /// - Parameter changed: the files of the head that is to be merged.
  static func peoplesMerge(of changed: [ForgeFileDiff], _ demands: SimulatedDemands) -> SimulationBreach? {
    let globs = demands.protectedPaths.map(PathGlob.init)
    if let file = changed.first(where: { file in globs.contains { $0.matches(file.path) } }) {
      return SimulationBreach(rule: unattended, what: "it changes \(file.path)")
    }
    let lines = changed.reduce(0) { $0 + $1.additions + $1.deletions }
    guard let most = demands.changedLinesMax, lines > most else { return nil }
    return SimulationBreach(rule: unattended, what: "it changes \(lines) lines")
  }

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
