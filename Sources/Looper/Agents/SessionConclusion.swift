/// Why a session's process ended.
enum SessionEnding: Equatable, Sendable {
  case byItself
  /// It was told to stop.
  case stopped
  case idle(Duration)
  case overtime(Duration)
  /// The vendor's last event was there and the process stayed; it was ended and counts as done.
  case lingered
}

/// Everything known of a session that has ended, and what follows from it: pure.
struct SessionConclusion {
  /// What became of the result.
  enum ReportState: Equatable, Sendable {
    case missing
    /// The words say why; they name the key.
    case refused(String)
    case valid(Report)
  }

  var ending: SessionEnding
  var record: ExitRecord
  var facts: SessionFacts
  var report: ReportState
  var standardErrorTail: String
  /// What the adapter read out of standard error.
  var diagnosis: Failure?
  /// ``VendorCapabilities/exitStatusCounts``.
  var exitStatusCounts = true

  var result: AgentOutcome.Result {
    if let survivors { return .failed(survivors) }
    return switch ending {
    case .stopped: .stopped
    case .idle(let limit):
      .failed(
        facts.pendingRetry
          ?? Failure(
            .agent,
            "the agent showed no sign of life for \(Self.seconds(limit)) and was ended; see agent.timeout-secs"
          ))
    case .overtime(let limit):
      .failed(
        facts.pendingRetry
          ?? Failure(
            .agent, "the agent ran for \(Self.seconds(limit)) and was ended; see agent.max-runtime-secs"))
    case .lingered: resultOfSuccess
    case .byItself: resultByExit
    }
  }

  /// What no signal ended is still at work in the worktree, so nothing that came of the session counts.
  private var survivors: Failure? {
    guard record.survivorCount > 0 else { return nil }
    let names = (record.survivorPIDs ?? []).map(String.init).joined(separator: ", ")
    return Failure(
      .needsHuman, Session.survivorWords(names.isEmpty ? "\(record.survivorCount) unknown" : names))
  }

  /// Whether the vendor said that a person must see to its account or setup: every session of it would say the same.
  var isVendorTrouble: Bool {
    guard survivors == nil, record.reason == .exited, case .failed(let failure) = result,
      failure.kind == .needsHuman
    else { return false }
    return BubblewrapCommand.complaint(in: standardErrorTail) == nil
  }

  private var resultByExit: AgentOutcome.Result {
    switch record.reason {
    case .exited: resultByStatus
    case .couldNotStart(let words):
      .failed(Failure(.needsHuman, "the agent could not be started: \(words); check agent.command"))
    case .terminated: .failed(Failure(.transient, "the agent was ended from outside"))
    case .daemonDied: .failed(Failure(.transient, "the agent was ended because its daemon died"))
    case .shimLost: .failed(Failure(.transient, "the process that watched the agent was killed"))
    case .outputTooLarge:
      .failed(Failure(.agent, "the agent printed more than its output limit and was ended"))
    }
  }

  private var resultByStatus: AgentOutcome.Result {
    let words = AgentText.lastLine(standardErrorTail).map { ": \($0)" } ?? ""
    switch record.status {
    case .exited(0): return resultOfSuccess
    case .exited where !exitStatusCounts && facts.pendingRetry == nil: return resultOfSuccess
    case .exited(let status):
      return .failed(reason ?? Failure(.agent, "the agent exited with status \(status)\(words)"))
    case .signalled(let number):
      return .failed(reason ?? Failure(.agent, "the agent was killed by signal \(number)\(words)"))
    }
  }

  /// What the vendor itself says of a failure, the most certain first. An event that names a limit's end is more
  /// certain than the words that tell of the limit.
  private var reason: Failure? {
    let told = facts.finalResult?.failure ?? facts.limit ?? diagnosis ?? facts.pendingRetry
    guard case .usageLimited? = told?.kind, let limit = facts.limit, limit.kind.until != nil else {
      return told
    }
    return limit
  }

  private var resultOfSuccess: AgentOutcome.Result {
    if let final = facts.finalResult, final.isError {
      guard final.failure != nil, let reason else {
        return .failed(Failure(.agent, "the agent calls its session failed"))
      }
      return .failed(reason)
    }
    // An exit status that means nothing does not make good the error that came last.
    if !exitStatusCounts, let trouble = facts.pendingRetry { return .failed(trouble) }
    switch report {
    case .valid(let report): return .reported(report)
    case .refused(let words): return .failed(Failure(.agent, "the agent's result was refused: \(words)"))
    case .missing: return .failed(reason ?? missing)
    }
  }

  private var missing: Failure {
    if let denied = facts.finalResult?.deniedTools, !denied.isEmpty {
      let names = Set(denied).sorted().prefix(5).joined(separator: ", ")
      return Failure(.agent, "the agent gave no result; tools were refused to it: \(names)")
    }
    let words = (facts.finalResult?.text).flatMap(AgentText.lastLine).map { "; its last words: \($0)" } ?? ""
    return Failure(.agent, "the agent ended without a result\(words)")
  }

  /// How it ended, in a few words, for the session's row.
  var words: String {
    switch ending {
    case .stopped: "stopped"
    case .idle(let limit): "no sign of life for \(Self.seconds(limit))"
    case .overtime(let limit): "longer than \(Self.seconds(limit))"
    case .lingered: "done, ended while lingering"
    case .byItself:
      switch record.status {
      case .exited(let status): "exit status \(status)"
      case .signalled(let number): "signal \(number)"
      }
    }
  }

  private static func seconds(_ duration: Duration) -> String {
    let milliseconds = duration.milliseconds
    return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(Double(milliseconds) / 1000) s"
  }
}
