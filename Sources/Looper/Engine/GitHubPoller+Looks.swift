import Logging

/// How looks at one subject fail: what follows concerns that subject alone.
struct LookTrouble: Equatable, Sendable {
  /// In a row.
  var failures: Int
  var retryAt: Timestamp
}

/// Detailed looks at loops. One that fails is tried again ever less often, and delays no other.
extension GitHubPoller {
  /// Looks that fail in a row at as many different subjects say that the host is in trouble.
  static let failedLooksMax = 3
  /// Sweeps in a row that must miss a subject, and a look besides, before it counts as gone: GitHub's reads lag.
  static let missingSweepsMax = 3

  /// Loops that cannot go on before somebody looked: after our own writes, or while GitHub computes.
  func lookAtWaiting(at now: Timestamp) async throws {
    var waiting: Set<Loop.ID> = []
    let reasons = WaitReason.allCases.filter(\.needsLook)
    for loop in try await store.loops(waitingFor: reasons)
    where health[loop.project.host, .read].isAvailable {
      waiting.insert(loop.id)
      let isSlow = loop.state.waitReason == .dependency
      let state = looks[loop.id] ?? (0, isSlow ? now + Self.slowLook : now)
      looks[loop.id] = state
      guard state.next <= now else { continue }
      if let later = retryAt(loop.key) {
        looks[loop.id] = (state.count, later)
        continue
      }
      let delay = isSlow ? Self.slowLook : Self.lookDelays[min(state.count + 1, Self.lookDelays.count - 1)]
      try await look(at: loop, issue: nil, pull: nil)
      looks[loop.id] = (state.count + 1, retryAt(loop.key) ?? now + delay)
    }
    looks = looks.filter { waiting.contains($0.key) }
  }

  /// One detailed look, stored. A failure changes nothing but when this subject is looked at again.
  func look(at loop: Loop, issue: String?, pull: String?) async throws {
    let startedAt = time.now
    do throws(Failure) {
      let observation = try await forge.observe(
        loop.project, issue: loop.subject.issueNumber, pull: loop.pullNumber)
      lookSucceeded(at: loop.key, on: loop.project.host)
      await record { [store, time] in
        // The time before the look: what was written while it ran is not in it.
        try await store.recordObservation(
          observation, of: loop.id, issue: observation.confirmed(issue: issue),
          pull: observation.confirmed(pull: pull), at: startedAt, storedAt: time.now)
      }
    } catch {
      try await lookFailed(error, at: loop.key, on: loop.project.host)
    }
  }

  /// When a subject in trouble may be looked at again; nil when it may now.
  func retryAt(_ key: SubjectKey) -> Timestamp? {
    troubles[key].flatMap { $0.retryAt > time.now ? $0.retryAt : nil }
  }

  func lookSucceeded(at key: SubjectKey, on host: String) {
    troubles[key] = nil
    failedInARow[host] = nil
  }

  /// One subject in trouble says little about its host, several in a row do; a limit is the login's.
  func lookFailed(_ failure: Failure, at key: SubjectKey, on host: String) async throws {
    guard !Task.isCancelled else { return }
    let failures = (troubles[key]?.failures ?? 0) + 1
    troubles[key] = LookTrouble(
      failures: failures,
      retryAt: RetryPolicy.next(after: failure.kind, count: failures, unit: random.unit(), at: time.now))
    guard !failure.isOfOneThing else { return logRefusal(failure, of: host) }
    failedInARow[host, default: []].insert(key)
    if case .transient = failure.kind, failedInARow[host, default: []].count < Self.failedLooksMax {
      log.warning(
        "a look failed",
        metadata: ["host": "\(host)", "subject": "\(key.subject)", "failure": "\(failure.message)"])
      return
    }
    try await reportFailure(failure, of: host)
  }

  /// Whether what the loop is about was found by the sweep. What was deleted or moved away ends with a person.
  func isThere(_ loop: Loop, _ seen: SweepResult.Repository) async throws -> Bool {
    let isIssueThere = loop.subject.issueNumber.map { seen.issues[$0] != nil } ?? true
    guard !isIssueThere || loop.pullNumber.map({ seen.pulls[$0] == nil }) ?? false else {
      missing[loop.id] = nil
      return true
    }
    let sweeps = (missing[loop.id] ?? 0) + 1
    missing[loop.id] = sweeps
    // Looked for once, and again while it goes on after a fresh start; when it comes back the count begins anew.
    guard sweeps == Self.missingSweepsMax || sweeps > Self.missingSweepsMax && loop.state.goesOnByItself
    else {
      return false
    }
    do throws(Failure) {
      _ = try await forge.observe(loop.project, issue: loop.subject.issueNumber, pull: loop.pullNumber)
      missing[loop.id] = nil
    } catch {
      guard case .permanent = error.kind else {
        missing[loop.id] = sweeps - 1
        try await lookFailed(error, at: loop.key, on: loop.project.host)
        return false
      }
      let place = isIssueThere ? loop.pullNumber ?? loop.subject.number : loop.subject.number
      let message = "#\(place) of \(loop.project) cannot be found any more: it was deleted or moved away"
      await record { [store] in
        try await store.stop(loop.id, .init(reason: .permanent, message: message))
      }
    }
    return false
  }
}

/// GitHub's reads lag: a look can be older than the sweep that led to it.
extension Observation {
  /// The sweep's fingerprint of the issue; nil when this look is from before it, so that the next sweep finds the change
  /// again.
  func confirmed(issue fingerprint: String?) -> String? {
    guard let fingerprint, let issue else { return fingerprint }
    return Self.isOlder(issue.updatedAt, than: SubjectFingerprint(fingerprint)) ? nil : fingerprint
  }

  /// The same of the pull request. Neither a new head nor the end of a draft need move the time within a second.
  func confirmed(pull fingerprint: String?) -> String? {
    guard let fingerprint, let pull else { return fingerprint }
    let swept = SubjectFingerprint(fingerprint)
    let isOther =
      swept.isDraft.map { $0 != pull.isDraft } ?? false
      || swept.head.map { $0 != pull.headSHA.rawValue } ?? false
    return isOther || Self.isOlder(pull.updatedAt, than: swept) ? nil : fingerprint
  }

  private static func isOlder(_ time: Timestamp, than fingerprint: SubjectFingerprint) -> Bool {
    fingerprint.updatedAt.map { time < $0 } ?? false
  }
}

extension Loop {
  var key: GitHubPoller.SubjectKey { .init(project: projectID, subject: subject) }
}

extension LoopState {
  /// Whether the loop may do something before a person does.
  fileprivate var goesOnByItself: Bool {
    switch self {
    case .waiting(.paused, _), .waiting(.takeover, _), .waiting(.hold, _), .blocked, .done: false
    case .waiting, .queued, .running: true
    }
  }
}

extension Failure {
  /// Whether it concerns what was asked about, and not the host that was asked.
  var isOfOneThing: Bool {
    switch kind {
    // A login that is gone concerns everything.
    case .transient, .rateLimited, .needsHuman: false
    case .usageLimited, .conflict, .agent, .permanent, .bug: true
    }
  }
}
