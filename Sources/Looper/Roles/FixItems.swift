/// What a fixer is asked to answer, under the ids it sees: findings `F…`, people's threads `T…`, checks `C…`.
struct FixItems: Sendable {
  let findings: [Finding]
  let threads: [PromptThread]
  let checks: [CheckLog]
  /// Checks and conflicts cannot be talked away: without a commit nothing changes.
  let needsCommit: Bool
  private let pull: PullSnapshot?

  init(_ facts: RunFacts) {
    pull = facts.pull
    let phase = FixerPolicy.phase(facts)
    switch facts.run.job {
    case .fixFindings: findings = facts.loopFacts.openFindings(in: phase)
    case .plan, .reviewSpec, .reviewCode, .implement, .fixChecks, .fixThreads, .fixConflict: findings = []
    }
    if facts.run.job == .fixThreads, let pull {
      let coordinator = Coordinator(policy: facts.policy)
      let open =
        coordinator.actionableThreads(facts.loopFacts, pull)
        + coordinator.remarks(facts.loopFacts, pull).map(ThreadSnapshot.init(remark:))
      threads = open.enumerated().map { PromptThread(id: "T\($0.offset + 1)", thread: $0.element) }
    } else {
      threads = []
    }
    checks = facts.checkLogs
    needsCommit = facts.run.job == .fixChecks || facts.run.job == .fixConflict
  }

  /// Every id the report must contain. Checks are judged by running again, so their answers are welcome, not needed.
  var ids: [String] { findings.map(\.id.handle) + threads.map(\.id) }

  /// One answer of the report with what it is about.
  struct Answer: Sendable {
    var item: FixReport.Item
    var finding: Finding?
    var thread: ThreadSnapshot?

    /// The reply in the thread: what was done, and where.
    func replyText(head: CommitSHA, isPatch: Bool = false, _ policy: FlowPolicy) -> String {
      PublishedText.stamped(words(head: head, isPatch: isPatch), policy)
    }

    func words(head: CommitSHA, isPatch: Bool) -> String {
      let verb =
        switch item.action {
        case .fixed: isPatch ? "The patch in the comment fixes it." : "Fixed in \(head.short)."
        case .declined: "Not changed."
        case .deferred: "Left for later."
        }
      return "\(verb) \(PublishedText.neutralised(item.explanation))"
    }
  }

  /// The report's items with what they are about; answers to nothing that was asked are dropped.
  func answers(_ report: FixReport) -> [Answer] {
    report.items.compactMap { item in
      let id = item.id.uppercased()
      if let finding = findings.first(where: { $0.id.handle == id }) {
        return Answer(item: item, finding: finding, thread: FindingThreads.thread(of: finding, in: pull))
      }
      if let thread = threads.first(where: { $0.id == id }) {
        return Answer(item: item, finding: nil, thread: thread.thread)
      }
      return nil
    }
  }
}
