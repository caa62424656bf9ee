/// Recognises the findings of earlier rounds in a review, also where the reviewer words them anew; pure.
enum FindingMatch {
  /// `drafts` with what they go on with.
  ///
  /// The reviewer's own word counts first, then the same file and title. What is left and lies where an earlier finding
  /// does that this review does not raise otherwise is that one, reworded: to call it gone would accept a decline that
  /// the reviewer did not accept, and resolve its thread.
  static func matched(_ drafts: [FindingDraft], with ledger: [Finding]) -> [FindingDraft] {
    var drafts = drafts
    for index in drafts.indices {
      let cited = ledger.first { $0.id.handle == drafts[index].cites?.uppercased() }
      drafts[index].continues = cited?.draft.identity
    }
    let known = Set(ledger.map(\.draft.identity))
    var raised = Set(drafts.map(\.identity))
    for index in drafts.indices where !known.contains(drafts[index].identity) {
      let earlier = ledger.first { finding in
        isUnanswered(finding.state) && !raised.contains(finding.draft.identity)
          && isSamePlace(finding.draft, drafts[index])
      }
      guard let earlier else { continue }
      drafts[index].continues = earlier.draft.identity
      raised.insert(earlier.draft.identity)
    }
    return drafts
  }

  /// Whether the problem itself must still be where it was: nobody says that it was mended.
  private static func isUnanswered(_ state: Finding.State) -> Bool {
    switch state {
    case .open, .declined, .deferred: true
    case .fixed, .closed: false
    }
  }

  private static func isSamePlace(_ one: FindingDraft, _ other: FindingDraft) -> Bool {
    one.line != nil && one.path == other.path && one.line == other.line && one.side == other.side
  }
}
