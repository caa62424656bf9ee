/// Lesson 36 and 40: rounds and attempts end with a human.
struct RoundsAreBounded: SimulationRule {
  let sentence = "rounds, attempts and sessions are bounded"
  /// Sessions between two fresh starts by people; every one moves the loop on or counts towards a bound.
  static let sessionsMax = 60

  func breach(in view: SimulationView) -> String? {
    for loop in view.loops {
      let counters = loop.counters
      if counters.specRounds > view.policy.specRoundsMax {
        return "\(loop.id.handle): \(counters.specRounds) spec rounds"
      }
      if counters.codeRounds > view.policy.codeRoundsMax {
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
        .waiting(.answer, _), .waiting(.specApproval, _), .waiting(.limit, _), .waiting(.checks, _),
        .waiting(.edited, _), .waiting(.author, _):
        continue
      case .waiting(let reason, _):
        return "\(loop.id.handle) (\(loop.phase.rawValue)) still waits for \(reason.rawValue)"
      case .queued, .running:
        return "\(loop.id.handle) (\(loop.phase.rawValue)) is \(loop.state.code)"
      }
    }
    return nil
  }
}
