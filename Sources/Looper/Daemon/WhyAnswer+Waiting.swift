/// What each ``WaitReason`` means for people.
extension WhyAnswer {
  func waiting(_ reason: WaitReason, until alarm: Timestamp?) -> Part {
    switch reason {
    case .effects: effects
    case .observation: observation(until: alarm)
    case .checks: checks(until: alarm)
    case .quietPeriod:
      Part(
        "the pull request's head moved a moment ago, so its checks are not judged yet",
        waitsFor: "\(Int(policy.quietPeriod.inSeconds)) s without a new commit", wakesAt: alarm,
        ["look at \(place)"])
    case .hold: hold
    case .paused: paused
    case .takeover:
      Part(
        "a person has taken it over", waitsFor: "the work being handed back",
        ["looper handback \(handle)", "looper cancel \(handle)"])
    case .answer: answer
    case .specApproval: specApproval
    case .merge: merge
    case .mergeability:
      lookAgain(
        "GitHub has not computed yet whether \(place) merges",
        "GitHub's answer, asked again at least once a minute", alarm)
    case .baseChecks: baseChecks
    case .draft:
      Part(
        "\(place) is a draft", waitsFor: "its author to mark it as ready for review",
        [
          "gh pr ready \(loop.pullNumber ?? loop.subject.number) --repo \(loop.project.display)",
          "looper cancel \(handle)",
        ])
    case .dependency: dependency
    case .author: author
    case .edited: edited
    case .permission:
      lookAgain(
        "it could not be read whether \(unreadPerson) may write to \(loop.project)",
        "GitHub's answer, asked again at least once a minute", alarm)
    }
  }

  /// Whose right to write could not be read.
  private var unreadPerson: String {
    if record.question != nil { return "somebody who replied" }
    return switch loop.phase {
    case .specReview: "the person who approved the spec"
    case .ready: "somebody who wrote on \(place)"
    case .plan, .work, .codeReview, .done: "who asked"
    }
  }

  private var effects: Part {
    let kinds = record.effects.map { "\($0.write.kind) to \($0.write.target(in: loop))" }
    let pending = kinds.isEmpty ? "its writes" : kinds.prefix(3).joined(separator: ", ")
    let due = record.effects.first?.notBefore
    let more = kinds.count > 3 ? " and \(kinds.count - 3) more" : ""
    let inspect = "looper inspect \(handle)"
    if let trouble = effectTrouble {
      return Part(trouble, waitsFor: "receipts of \(pending)\(more)", wakesAt: due, [inspect] + hostActions)
    }
    if !host.isAvailable {
      return Part(
        "\(pending)\(more) is not sent, for \(hostTrouble)", waitsFor: "an answer from \(loop.project.host)",
        wakesAt: host.retryAt, hostActions)
    }
    return Part(
      "\(pending)\(more) is being written to GitHub", waitsFor: "the receipts", wakesAt: due, [inspect])
  }

  private func observation(until alarm: Timestamp?) -> Part {
    let facts = record.facts
    let sentence: String
    if let seenAt = facts.observedAt {
      if let wroteAt = facts.wroteAt, seenAt <= wroteAt {
        sentence = "the last look at GitHub, at \(Self.clock(seenAt)), is older than Looper's last write"
      } else if loop.pullNumber != nil, pull == nil {
        sentence = "its pull request \(place) has not been looked at yet"
      } else if let replaced = loop.replacedSHA, pull?.headSHA == replaced {
        sentence = "GitHub still shows the head before Looper's push, \(replaced.short)"
      } else if pull?.areChecksTruncated == true {
        sentence = "the list of checks on \(place) was cut, so green is not known"
      } else {
        sentence = "what was seen at \(Self.clock(seenAt)) is being judged"
      }
    } else {
      sentence = "it has not been looked at on GitHub yet"
    }
    return lookAgain(sentence, "a new look at \(place)", alarm)
  }

  /// A wait that only a look at GitHub ends.
  private func lookAgain(_ sentence: String, _ waitsFor: String, _ alarm: Timestamp?) -> Part {
    guard !host.isAvailable else {
      return Part(sentence, waitsFor: waitsFor, wakesAt: alarm, ["look at \(place)"])
    }
    return Part(
      "\(sentence), and \(hostTrouble)", waitsFor: waitsFor, wakesAt: host.retryAt ?? alarm, hostActions)
  }

  private func checks(until alarm: Timestamp?) -> Part {
    let judgement = pull.map { CheckJudgement(record.facts, $0, at: now, checksWait: policy.checksWait) }
    let names =
      (judgement?.pending.map(\.name) ?? [])
      + (judgement?.missing.map { "\($0) (required, not there yet)" } ?? [])
    let shown =
      names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
    let deadline = alarm.map { ", at most until \(Self.clock($0))" } ?? ""
    return Part(
      names.isEmpty
        ? "checks on \(place) are still running" : "checks on \(place) are still running: \(shown)",
      waitsFor: "their results\(deadline)", wakesAt: alarm,
      ["look at \(place)/checks", "looper pause \(handle)"])
  }

  private var hold: Part {
    let label = policy.labels.hold
    let isOnIssue = record.facts.observation?.issue?.labels.has(label) ?? (pull == nil)
    let number = isOnIssue ? loop.subject.number : pull?.number ?? loop.subject.number
    let url = isOnIssue ? address.subject : place
    let kind = isOnIssue ? "issue" : "pr"
    return Part(
      "the label \(label) is on \(url)", waitsFor: "the label being taken away",
      [
        "gh \(kind) edit \(number) --repo \(loop.project.display) --remove-label \(label)",
        "looper cancel \(handle)",
      ])
  }

  private var paused: Part {
    let control = record.control ?? ""
    return Part(
      control.hasPrefix("paused") ? control : "paused by the operator", waitsFor: "an operator to resume it",
      ["looper resume \(handle)", "looper cancel \(handle)"])
  }

  private var answer: Part {
    Part(
      "\(questionSentence); nobody answered yet", waitsFor: "an answer", wakesAt: record.question?.deadlineAt,
      questionActions)
  }

  private var specApproval: Part {
    Part(
      "the spec is reviewed and clean, and flow.spec-approval wants a person to approve it",
      waitsFor: "an approving review of \(place), or its label \(policy.labels.specReady)",
      NeedsHumanText.approval(loop, policy.labels) + ["looper cancel \(handle)"])
  }

  private var baseChecks: Part {
    let base = pull?.base
    let names =
      pull.map {
        CheckJudgement(record.facts, $0, at: now, checksWait: policy.checksWait).baseRed.map(\.name)
      } ?? []
    let shown = names.isEmpty ? "" : ": \(names.prefix(5).joined(separator: ", "))"
    return Part(
      "the checks that fail also fail on \(pull?.baseRef ?? "the base")\(base.map { " at \($0.sha.short)" } ?? "")\(shown)",
      waitsFor: "the base being mended; no agent is paid for what this change did not break",
      ["mend \(pull?.baseRef ?? "the base")", "look at \(place)/checks", "looper cancel \(handle)"])
  }

  private var author: Part {
    let isConflict = pull.map { record.facts.conflicts($0) } ?? false
    let what = isConflict ? "and conflicts with its base" : "and its patch is in a comment there"
    return Part(
      "\(place) comes from a fork, which Looper never pushes to, \(what)", waitsFor: "the author to push",
      ["look at \(place)", "looper cancel \(handle)"])
  }

  private var edited: Part {
    let editor = record.facts.observation?.issue?.editor?.login ?? ""
    let who = editor.isEmpty ? "somebody" : editor
    return Part(
      "\(who), who may not write to \(loop.project), edited the issue after its label was set",
      waitsFor: "somebody with write access to set the label anew",
      [
        "read \(address.subject), then take its label away and set it again",
        "looper run \(address.subject)  to start it as it is now", "looper cancel \(handle)",
      ])
  }

  private var dependency: Part {
    let open = record.facts.openBlockers.map(\.text)
    if open.isEmpty, record.facts.areBlockersHidden {
      return Part(
        "GitHub refused to tell which issues it depends on, so it may depend on one that is open",
        waitsFor: "the login of gh being allowed to read issues of \(loop.project)",
        [
          "gh api repos/\(loop.project.slug)/issues/\(loop.subject.number)/dependencies/blocked_by  to see what is refused",
          "looper run \(address.subject)  to start it all the same", "looper cancel \(handle)",
        ])
    }
    let shown = open.isEmpty ? "an issue it depends on" : open.joined(separator: ", ")
    if !circle.isEmpty {
      return Part(
        "it depends on \(shown), and they wait for each other: \(DependencyCircles.words(circle))",
        waitsFor: "a person to take one of these dependencies away, or to close one",
        ["looper run \(address.subject)  to start it all the same", "looper cancel \(handle)"])
    }
    return Part(
      "it depends on \(shown), not closed yet", waitsFor: "that being closed",
      ["looper run \(address.subject)  to start it all the same", "looper cancel \(handle)"])
  }

  /// Why Looper does not merge it itself, when it is told to merge at all.
  private var mergeReason: String {
    guard let pull else { return "" }
    guard policy.merge.mode != .off else {
      return pull.standingObjection.map { "; \($0) asks for changes" } ?? ""
    }
    guard let reason = MergeDecision(record.facts, pull, policy, at: now).reason else { return "" }
    return "; merge.mode is \(policy.merge.mode.rawValue), but \(reason)"
  }

  private var merge: Part {
    let target = "\(loop.pullNumber ?? loop.subject.number) --repo \(loop.project.display)"
    let objector = pull?.standingObjection
    let isLapsed = !MergeDecision.news(record.facts, policy, at: now).isEmpty
    return Part(
      "it is ready to merge: reviewed clean, every check green, no conflict\(mergeReason)",
      waitsFor: objector.map { "\($0) to approve \(place), or a person to dismiss that review or to merge" }
        ?? "a person to merge \(place)",
      (objector.map { ["gh pr review \(target) --approve  as \($0)"] } ?? []) + [
        "gh pr merge \(target)"
      ] + (isLapsed ? ["looper retry \(handle)  to order it again"] : []) + [
        "write a review comment on \(place) to have something changed", "looper cancel \(handle)",
      ])
  }
}
