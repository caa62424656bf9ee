/// What people ask for by labels while a loop is under way.
extension Coordinator {
  /// The label is the request: taking it away takes the request back, of an issue before there is a pull request, and
  /// putting the other one in its place changes it.
  func withdrawn(_ facts: LoopFacts) -> Move? {
    let loop = facts.loop
    let asking = loop.askingLabels(policy.labels)
    guard !asking.isEmpty, let observation = facts.observation else { return nil }
    let present = (loop.subject.issueNumber != nil ? observation.issue?.labels : observation.pull?.labels)
    guard let present, !asking.contains(where: present.has) else { return nil }
    let why = "its label \(asking.joined(separator: " or ")) was taken away"
    guard loop.subject.issueNumber != nil, let issue = observation.issue else {
      return .finish(.cancelled, because: why)
    }
    let other = loop.skipsPlan ? policy.labels.plan : policy.labels.implement
    guard let label = present.named(other) else { return .finish(.cancelled, because: why) }
    switch (label.setBy ?? issue.author).canWrite {
    case .yes:
      return .redirect(loop.skipsPlan ? .plan : .implement, because: "the label is \(other) now")
    case .unknown: return .wait(.permission, until: nil)
    case .no: return .finish(.cancelled, because: why)
    }
  }

  /// A pull request that is being reviewed only and is now to be taken over: its label was set after the loop began.
  func takenOver(_ facts: LoopFacts, _ pull: PullSnapshot) -> Move? {
    guard let label = pull.labels.named(policy.labels.adopt), let setAt = label.setAt,
      facts.loop.labelledAt.map({ setAt > $0 }) ?? true
    else { return nil }
    switch (label.setBy ?? pull.author).canWrite {
    case .yes:
      return .redirect(.adopt, because: "the label \(label.name) was set")
    case .unknown: return .wait(.permission, until: nil)
    case .no: return nil
    }
  }

  /// What somebody without write access wrote into the issue after its label was set is not what was asked for. The
  /// operator's own word, the lane `manual`, stands for any text.
  func rewritten(_ facts: LoopFacts) -> Move? {
    guard let issue = facts.observation?.issue, facts.loop.lane != .manual else { return nil }
    switch issue.rewrite(since: facts.loop.labelledAt, policy.labels) {
    case nil: return nil
    case .yes?: return .wait(.edited, until: nil)
    case .unknown?: return .wait(.permission, until: nil)
    case .no?: return nil
    }
  }
}

extension Loop {
  /// The labels any one of which keeps the request alive as it is; none when no label asked, or the request has been
  /// met: of an issue once there is a pull request.
  ///
  /// What the label was called when it asked counts as well as what it is called now: a new name in the configuration
  /// takes nothing back.
  func askingLabels(_ labels: FlowPolicy.Labels) -> [String] {
    guard lane == .planned else { return [] }
    switch subject {
    case .issue:
      guard pullNumber == nil else { return [] }
      return [triggerLabel, skipsPlan ? labels.implement : labels.plan].compactMap(\.self)
    case .pull:
      guard let triggerLabel else { return [] }
      return [triggerLabel, labels.adopt] + (isReviewOnly ? [labels.review] : [])
    }
  }
}

extension FlowPolicy.Labels {
  func asking(for way: Redirection) -> String {
    switch way {
    case .plan: plan
    case .implement: implement
    case .adopt: adopt
    }
  }
}

extension IssueSnapshot {
  /// Whether somebody without write access edited the text after the label that counts was set; nil when nobody did.
  ///
  /// - Parameter labelledAt: when the loop's label was set; a label of Looper's that was set later counts instead.
  func rewrite(since labelledAt: Timestamp?, _ labels: FlowPolicy.Labels) -> Evidence? {
    let present = [labels.plan, labels.implement].compactMap { self.labels.named($0)?.setAt }
    guard let editedAt = lastEditedAt, let editor,
      let approvedAt = (present + [labelledAt].compactMap(\.self)).max(),
      editedAt > approvedAt
    else { return nil }
    switch editor.canWrite {
    case .yes: return .no
    case .no: return .yes
    case .unknown: return .unknown
    }
  }
}
