/// Which review thread carries which finding: told by a hidden marker in the thread's first comment.
enum FindingThreads {
  static let opening = "<!-- looper:finding="

  /// Ends a finding's comment. The finding's title may be anything, so the marker holds a digest of its identity.
  static func marker(of finding: FindingDraft) -> String { "\(opening)\(digest(finding.identity)) -->" }

  /// The newest thread of this finding.
  static func thread(of finding: Finding, in pull: PullSnapshot?) -> ThreadSnapshot? {
    thread(of: finding.draft, in: pull)
  }

  static func thread(of finding: FindingDraft, in pull: PullSnapshot?) -> ThreadSnapshot? {
    let marker = marker(of: finding)
    return pull?.threads.last { $0.comments.first?.body.contains(marker) ?? false }
  }

  /// FNV-1a, 64 bits: stable across processes and versions, unlike `Hasher`. It recognises, it does not protect.
  static func digest(_ text: String) -> String {
    let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
  }
}
