/// Lesson 36 and 40: rounds and attempts end with a human.
struct RoundsAreBounded: SimulationRule {
  let sentence = "rounds, attempts and sessions are bounded"
  /// Sessions between two fresh starts by people; every one moves the loop on or counts towards a bound.
  static let sessionsMax = 60

  func breach(in view: SimulationView) -> String? {
    for loop in view.loops {
      let counters = loop.counters
      if counters.specRounds > FlowPolicy.grantedRounds(view.policy.specRoundsMax) {
        return "\(loop.id.handle): \(counters.specRounds) spec rounds"
      }
      if counters.codeRounds > FlowPolicy.grantedRounds(view.policy.codeRoundsMax) {
        return "\(loop.id.handle): \(counters.codeRounds) code rounds"
      }
      if counters.agentFailures > view.policy.attemptsMax {
        return "\(loop.id.handle): \(counters.agentFailures) attempts"
      }
      let allowed = Self.sessionsMax * (1 + (view.retries[loop.id] ?? 0))
      if (view.started[loop.id] ?? 0) > allowed {
        return "\(loop.id.handle): \(view.started[loop.id] ?? 0) agent sessions"
      }
    }
    return nil
  }
}

/// Lesson 37: evidence is yes, no or unknown, and only yes is ready.
struct ReadyNeedsEvidence: SimulationRule {
  let sentence = "ready means: mergeable, green and reviewed clean on that head, all of it known"

  func breach(in view: SimulationView) -> String? {
    for facts in view.ready {
      guard case .waiting(.merge, _) = facts.loop.state, let pull = facts.observation?.pull else { continue }
      let name = facts.loop.id.handle
      if pull.isMergeable != .yes { return "\(name): mergeable is \(pull.isMergeable)" }
      let checks = ChecksVerdict(pull)
      if !checks.areKnown || !checks.failed.isEmpty || !checks.pending.isEmpty {
        return "\(name): checks are not green"
      }
      if facts.review(of: pull.headSHA, in: .codeReview)?.verdict != .clean {
        return "\(name): \(pull.headSHA.short) was not reviewed clean"
      }
    }
    return nil
  }
}

/// Lesson 37: a missing verdict and a crashed reviewer never approve.
struct VerdictsAreGiven: SimulationRule {
  let sentence = "no head counts as reviewed clean of which no reviewer said anything"

  func breach(in view: SimulationView) -> String? {
    view.cleanHeads.subtracting(view.reviewedHeads).map(\.short).min()
  }
}

/// Lesson 20: the environment of agents is built from an allow-list.
struct AgentsSeeWhatIsAllowed: SimulationRule {
  let sentence = "agents see no variable of the daemon that is not theirs"

  func breach(in view: SimulationView) -> String? { view.leaks.first }
}

/// At the end of a simulation: after hours without trouble everything has come to rest.
struct EverythingComesToRest: SimulationRule {
  let sentence = "without trouble every loop ends, is ready, is blocked or waits for a person"

  func breach(in view: SimulationView) -> String? {
    for loop in view.loops {
      switch loop.state {
      case .blocked, .done: continue
      case .waiting(.merge, _), .waiting(.hold, _), .waiting(.paused, _), .waiting(.takeover, _),
        .waiting(.answer, _), .waiting(.specApproval, _), .waiting(.checks, _),
        .waiting(.edited, _), .waiting(.author, _), .waiting(.baseChecks, _):
        continue
      case .waiting(.dependency, _) where isBlocked(loop, in: view): continue
      case .waiting(let reason, _):
        return "\(loop.id.handle) (\(loop.phase.rawValue)) still waits for \(reason.rawValue)"
      case .queued, .running:
        return "\(loop.id.handle) (\(loop.phase.rawValue)) is \(loop.state.code)"
      }
    }
    return nil
  }

  /// Whether the issue of a loop depends on one that is open.
  private func isBlocked(_ loop: Loop, in view: SimulationView) -> Bool {
    guard let repository = view.forge.repository(named: SimulationPlan.repository) else { return false }
    let blocker = view.blockers[loop.subject.number].flatMap { view.forge.issue($0, in: repository.id) }
    return blocker?.state == .open
  }
}

/// Product, triggers: an issue that depends on another one waits for it.
struct BlockersComeFirst: SimulationRule {
  let sentence = "nothing begins for an issue while another one is open that it depends on"

  func breach(in view: SimulationView) -> String? {
    guard !view.blockers.isEmpty,
      let repository = view.forge.repository(named: SimulationPlan.repository)
    else { return nil }
    for loop in view.loops where (view.started[loop.id] ?? 0) > 0 {
      guard case .issue(let number) = loop.subject,
        let blocker = view.blockers[number].flatMap({ view.forge.issue($0, in: repository.id) })
      else { continue }
      // People may take it back, and what began while it was closed goes on when somebody opens it again.
      guard let issue = view.forge.issue(number, in: repository.id),
        issue.blockedBy.contains(blocker.number) || issue.body.contains("Depends on #\(blocker.number)")
      else { continue }
      if !view.forge.events(of: blocker.id).contains(where: { $0.kind == .closed }) {
        return "\(loop.id.handle) of #\(number) began, #\(blocker.number) is open"
      }
    }
    return nil
  }
}

/// Product, merging. At the end of a simulation: GitHub keeps an order to merge when somebody pushes.
struct StandingOrdersAreEarned: SimulationRule {
  let sentence = "an order to merge later stands only for a live loop and a head that was reviewed clean"

  func breach(in view: SimulationView) -> String? {
    Self.unearned(in: view.forge, reviewedClean: view.cleanHeads, live: view.loops.compactMap(\.pullNumber))
  }

  /// - Parameter live: the pull requests of live loops.
  static func unearned(in forge: ForgeState, reviewedClean heads: Set<CommitSHA>, live: [Int]) -> String? {
    for issue in forge.issues.rows where issue.state == .open {
      guard let pull = issue.pull else { continue }
      let isOurs = pull.autoMerge?.enabledBy == SimulationPlan.viewer
      let isQueued = pull.queuedAt != nil && pull.queuedBy == SimulationPlan.viewer
      guard isOurs || isQueued else { continue }
      if !heads.contains(pull.headSHA) { return "#\(issue.number) with \(pull.headSHA.short)" }
      if !live.contains(issue.number) { return "#\(issue.number), no loop" }
    }
    return nil
  }
}

/// Product, merging. At the end of a simulation: what Looper may merge is merged, or GitHub was told to.
struct WhatMayMergeMerges: SimulationRule {
  let sentence = "what is ready and may be merged is merged, or GitHub was told to"

  func breach(in view: SimulationView) -> String? {
    for facts in view.ready {
      // What GitHub refused for good is left alone.
      guard let pull = facts.observation?.pull, facts.refusals.isEmpty,
        case .order(let order) = MergeDecision(facts, pull, view.policy, at: view.now)
      else { continue }
      return "\(facts.loop.id.handle): \(order.head.short) may be merged"
    }
    return nil
  }
}
