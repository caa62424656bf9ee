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

/// Lesson 38: one review per head and round.
struct OneReviewPerRound: SimulationRule {
  let sentence = "GitHub shows no more reviews of a head than were made"

  func breach(in view: SimulationView) -> String? {
    var shown: [CommitSHA: Int] = [:]
    for review in view.forge.reviews.rows
    // A reply in a thread is a review of its own to GitHub, without a body.
    where WriteMarker.key(in: review.body, by: review.author, viewer: SimulationPlan.viewer) != nil {
      shown[review.commit, default: 0] += 1
    }
    return shown.first { $0.value > view.reviews[$0.key, default: 0] }.map {
      "\($0.value) reviews of \($0.key.short), \(view.reviews[$0.key, default: 0]) were made"
    }
  }
}

/// Lesson 4: at most one write a second, and so many a minute and an hour.
struct WritesArePaced: SimulationRule {
  let sentence = "writes to GitHub keep their pace"

  func breach(in view: SimulationView) -> String? {
    let writes = view.writes
    guard let last = writes.last else { return nil }
    for (span, most) in [(60, view.pacing.perMinute), (3600, view.pacing.perHour)] {
      let count = writes.count { $0.at > last.at - .seconds(span) }
      if count > most { return "\(count) within \(span) s" }
    }
    // A daemon that was killed takes its memory of the last second with it.
    for (earlier, later) in zip(writes.suffix(20), writes.suffix(20).dropFirst())
    where earlier.life == later.life && later.at - earlier.at < leastInterval(view.pacing) {
      return "two within \(later.at - earlier.at)"
    }
    return nil
  }

  /// The daemon's clock may run a tenth fast while it makes up for a jump.
  private func leastInterval(_ pacing: EngineSettings.Pacing) -> Duration {
    pacing.interval - pacing.interval / Int(SystemTime.slewPart)
  }
}

/// What a label tells people is how it is.
struct LabelsTellTheState: SimulationRule {
  let sentence = "at rest the labels tell what state a loop is in"

  func breach(in view: SimulationView) -> String? {
    guard let repository = view.forge.repository(named: SimulationPlan.repository) else { return nil }
    for loop in view.loops {
      guard let subject = view.forge.issue(loop.subject.number, in: repository.id) else { continue }
      let labels = Set(view.forge.labels(of: subject).map(\.name))
      let isBlocked = if case .blocked = loop.state { true } else { false }
      if labels.contains(view.policy.labels.needsHuman) != isBlocked {
        return "\(loop.id.handle) is \(loop.state.code), #\(subject.number) has \(labels.sorted())"
      }
      guard let number = loop.pullNumber, number != loop.subject.number,
        let pull = view.forge.issue(number, in: repository.id)
      else { continue }
      let shown = Set(view.forge.labels(of: pull).map(\.name)).intersection([
        view.policy.labels.specReviewing, view.policy.labels.specReady,
      ])
      if shown != Self.expected(loop.phase, view.policy.labels) {
        return "\(loop.id.handle) is in \(loop.phase.rawValue), #\(number) has \(shown.sorted())"
      }
    }
    return nil
  }

  private static func expected(_ phase: Phase, _ labels: FlowPolicy.Labels) -> Set<String> {
    switch phase {
    case .specReview: [labels.specReviewing]
    case .work: [labels.specReady]
    case .plan, .codeReview, .ready, .done: []
    }
  }
}
