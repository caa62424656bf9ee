import Testing

@testable import Looper

@Suite("a pull request's title is one that GitHub takes")
struct PullTextTests {
  private static let family: Character = "👨‍👩‍👧‍👦"

  private func issue(_ title: String) -> IssueSnapshot {
    IssueSnapshot(
      number: 1, title: title, body: "", url: "", author: AuthorSnapshot(login: "alice", isBot: false),
      isOpen: true, labels: [], comments: [], areCommentsTruncated: false,
      updatedAt: Timestamp(milliseconds: 0))
  }

  @Test("up to GitHub's 256 scalars it is whole, beyond it ends between two characters")
  func length() {
    let longest = String(repeating: "a", count: 256)
    #expect(PullText.workTitle(issue(longest)) == longest)
    #expect(PullText.specTitle(issue(longest)) == "Spec: \(String(repeating: "a", count: 249))…")
    // Seven scalars each.
    let families = String(repeating: Self.family, count: 40)
    #expect(PullText.workTitle(issue(families)) == "\(String(repeating: Self.family, count: 36))…")
    #expect(PullText.specTitle(issue(families)) == "Spec: \(String(repeating: Self.family, count: 35))…")
  }
}
