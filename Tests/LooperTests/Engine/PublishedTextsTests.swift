import Testing

@testable import Looper

@Suite("every text that a write holds is scanned before it is sent")
struct PublishedTextsTests {
  private static let head = PromptSamples.sha("a")

  /// One of each kind, every text of it different.
  private static let writes: [Write] = [
    .pushBranch(PushBranch(branch: "branch", commit: head, expectedOld: head)),
    .openPullRequest(OpenPullRequest(head: "head", base: "base", title: "title", body: "body")),
    .updatePullRequest(.loopPull, title: "title", body: "body"),
    .addLabel(.number(1), label: "added"), .removeLabel(.loopPull, label: "removed"),
    .submitReview(
      .loopPull,
      ReviewSubmission(
        head: head, verdict: .changes, body: "review",
        comments: [
          .init(path: "first path", line: 1, side: .right, startLine: nil, body: "first"),
          .init(path: "second path", line: 2, side: .left, startLine: 1, body: "second"),
        ])),
    .setCommitStatus(CommitStatus(commit: head, state: .success, description: "status")),
    .replyToThread(.loopPull, threadID: "T", body: "reply"),
    .resolveThread(threadID: "T", evidence: ThreadEvidence(head: head, lastCommentID: 1)),
    .rerunCheck(CheckRerun(head: head, check: CheckName(name: "name", app: "app"), checkID: 1)),
    .updateHead(.loopPull, HeadUpdate(head: head, base: head)),
    .merge(.loopPull, MergeOrder(head: head, method: .squash, way: .direct)), .withdrawMerge(.loopPull),
    .comment(.loopPull, body: "comment"), .statusComment(.number(1), body: "status comment"),
  ]

  /// Named by what is on GitHub already: nothing of it is published.
  private static let references: Set<String> = ["threadID", "check"]

  private static func texts(in value: Any) -> Set<String> {
    if let text = value as? String { return [text] }
    // Words of a closed set, and names of commits, say nothing.
    if value is CommitSHA || value is any RawRepresentable { return [] }
    return Mirror(reflecting: value).children.reduce(into: []) { found, child in
      guard !references.contains(child.label ?? "") else { return }
      found.formUnion(texts(in: child.value))
    }
  }

  @Test("field by field", arguments: writes)
  func complete(write: Write) {
    #expect(Set(write.publishedTexts.map(\.text)) == Self.texts(in: write), "\(write.kind)")
  }

  @Test("the fields are found: there are eighteen")
  func found() {
    #expect(Self.writes.reduce(0) { $0 + Self.texts(in: $1).count } == 18)
    #expect(Self.writes.map(\.kind).sorted() == Write.Kind.allCases.map(\.rawValue).sorted())
  }
}
