import Testing

@testable import Looper

@Suite("A finding of an earlier round is recognised, and another one is not taken for it")
struct FindingMatchTests {
  private func draft(
    _ title: String, path: String = "src/upload.py", line: Int? = 42, cites: String? = nil
  ) -> FindingDraft {
    FindingDraft(
      path: path, line: line, side: .right, startLine: nil, severity: .major, title: title, body: "b",
      suggestion: nil, confidence: nil, cites: cites)
  }

  @Test(
    "numbers of lines do not tell findings apart, names with numbers do",
    arguments: [
      ("Missing test for AC1", "Missing test for AC2", false),
      ("Missing test for AC1", "missing test, for ac1!", true),
      ("Line 42 leaks a handle", "Line 57 leaks a handle", true),
      ("utf8 is assumed", "utf16 is assumed", false),
    ])
  func identity(one: String, other: String, isSame: Bool) {
    #expect((draft(one).identity == draft(other).identity) == isSame)
  }

  /// What the drafts are taken for, of a ledger with F3 at line 42.
  private func taken(_ drafts: [FindingDraft], _ state: Finding.State) -> [String] {
    let ledger = [PromptSamples.finding(3, "Errors are retried", state: state)]
    return FindingMatch.matched(drafts, with: ledger).map(\.identity)
  }

  private static let earlier = "src/upload.py|errors-are-retried"

  @Test("the reviewer's own word counts, however the finding is worded and wherever it lies")
  func cited() {
    let reworded = draft("No end to retries", path: "src/other.py", line: 1, cites: "f3")
    #expect(taken([reworded], .fixed) == [Self.earlier])
    #expect(
      taken([draft("No end to retries", line: 1, cites: "F9")], .open) == ["src/upload.py|no-end-to-retries"])
  }

  @Test(
    "what lies where an unanswered finding does is that one, reworded; where it was mended it is a new one",
    arguments: Finding.State.allCases)
  func reworded(state: Finding.State) {
    let isUnanswered = [.open, .declined, .deferred].contains(state)
    #expect(
      taken([draft("No end to retries")], state)
        == [isUnanswered ? Self.earlier : "src/upload.py|no-end-to-retries"])
    #expect(taken([draft("No end to retries", line: 43)], state) == ["src/upload.py|no-end-to-retries"])
  }

  @Test("an earlier finding that is raised itself is not taken for its neighbour too")
  func raised() {
    #expect(
      taken([draft("No end to retries"), draft("Errors are retried")], .declined)
        == ["src/upload.py|no-end-to-retries", Self.earlier])
    #expect(
      taken([draft("No end to retries"), draft("Retries for ever")], .declined)
        == [Self.earlier, "src/upload.py|retries-for-ever"])
  }
}
