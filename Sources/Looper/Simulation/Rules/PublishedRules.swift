/// Lesson 1 to 3: a comment, review or reply of ours with one key is on GitHub at most once.
struct OncePerKey: SimulationRule {
  let sentence = "what was written on GitHub under one key is there once"

  func breach(in view: SimulationView) -> String? {
    Self.twice(in: view.forge, viewer: SimulationPlan.viewer)
  }

  /// The first key that is there twice.
  static func twice(in forge: ForgeState, viewer: String) -> String? {
    var seen: Set<String> = []
    func isTwice(_ author: String, _ body: String, _ place: String) -> String? {
      guard let key = WriteMarker.key(in: body, by: author, viewer: viewer) else { return nil }
      return seen.insert("\(place) \(key)").inserted ? nil : "\(place): \(key)"
    }
    for comment in forge.comments.rows {
      if let twice = isTwice(comment.author, comment.body, "comment on \(comment.issueID)") { return twice }
    }
    for review in forge.reviews.rows {
      if let twice = isTwice(review.author, review.body, "review of \(review.issueID)") { return twice }
    }
    for reply in forge.reviewComments.rows {
      if let twice = isTwice(reply.author, reply.body, "reply in \(reply.threadID)") { return twice }
    }
    return nil
  }
}

/// Lesson 2: a pull request is found by its head branch before another is opened.
struct OnePullPerBranch: SimulationRule {
  let sentence = "a branch has one pull request of ours, unless people closed the one before"

  func breach(in view: SimulationView) -> String? {
    Self.twice(in: view.forge, viewer: SimulationPlan.viewer)
  }

  /// The first pull request that stands beside another of its branch.
  static func twice(in forge: ForgeState, viewer: String) -> String? {
    let ours = forge.issues.rows.filter {
      $0.isPull && $0.author.lowercased() == viewer
    }
    for (index, pull) in ours.enumerated() {
      let earlier = ours[..<index].filter {
        $0.pull?.headBranch == pull.pull?.headBranch && $0.repositoryID == pull.repositoryID
      }
      if earlier.contains(where: { $0.closedAt == nil || ($0.closedAt ?? pull.createdAt) > pull.createdAt }) {
        return "#\(pull.number) beside #\(earlier.map(\.number))"
      }
    }
    return nil
  }
}

/// Product, roles: a push is never forced over someone else's commit.
struct NothingIsOverwritten: SimulationRule {
  let sentence = "a push of ours keeps every commit that was there"

  func breach(in view: SimulationView) -> String? {
    // The newest: every step looks.
    for move in view.git.moves.suffix(20) where move.isOurs {
      guard let old = move.old, let new = move.new, !view.git.isAncestor(old, of: new) else { continue }
      return "\(move.ref) from \(old.short) to \(new.short)"
    }
    return nil
  }
}

/// Lesson 27 and 28: nothing unreachable is removed without a rescue ref.
struct WorkIsNeverLost: SimulationRule {
  let sentence = "work that only a worktree holds is kept on a rescue ref before it goes"

  func breach(in view: SimulationView) -> String? { view.git.lost.first.map { "commit \($0.short) is gone" } }
}
