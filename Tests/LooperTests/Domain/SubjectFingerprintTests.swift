import Testing

@testable import Looper

@Suite("a subject's fingerprint is read as it was written")
struct SubjectFingerprintTests {
  private static let labels = ["Not ready", "a draft CLOSED head=x"]

  @Test("of a pull request, whatever its labels are called", arguments: [true, false])
  func pull(isDraft: Bool) {
    let written = SubjectFingerprint(
      updatedAt: "2026-11-22T10:00:00Z", state: "OPEN",
      pull: .init(isDraft: isDraft, head: "1a", base: "2b:SUCCESS", mergeable: "UNKNOWN"),
      labels: Self.labels,
      checks: "ready draft:FAILURE")
    let word = isDraft ? "draft" : "ready"
    #expect(
      written.text
        == "2026-11-22T10:00:00Z OPEN \(word) head=1a base=2b:SUCCESS mergeable=UNKNOWN "
        + "labels=a draft closed head=x,not ready checks=ready draft:FAILURE")
    let read = SubjectFingerprint(written.text)
    #expect(read == written)
    #expect(read.updatedAt == Timestamp(iso8601: "2026-11-22T10:00:00Z"))
    #expect(read.isDraft == isDraft)
    #expect(read.head == "1a")
    #expect(!read.isClosed)
  }

  @Test("of an issue, which is no draft and has no head", arguments: ["OPEN", "CLOSED"])
  func issue(state: String) {
    let written = SubjectFingerprint(
      updatedAt: "?", state: state, pull: nil, labels: Self.labels, checks: nil)
    #expect(written.text == "? \(state) labels=a draft closed head=x,not ready")
    let read = SubjectFingerprint(written.text)
    #expect(read.updatedAt == nil)
    #expect(read.isDraft == nil)
    #expect(read.head == nil)
    #expect(read.isClosed == (state == "CLOSED"))
  }

  @Test("a look at a pull request whose label says ready is not from before the sweep")
  func confirmed() {
    var pull = MergeDecisionTests.pull
    pull.isDraft = true
    let observation = Observation(viewer: "looper-bot", issue: nil, pull: pull)
    let fingerprint = SubjectFingerprint(
      updatedAt: pull.updatedAt.iso8601, state: "OPEN",
      pull: .init(isDraft: true, head: pull.headSHA.rawValue, base: "2b", mergeable: "UNKNOWN"),
      labels: ["not ready"], checks: nil
    ).text
    #expect(observation.confirmed(pull: fingerprint) == fingerprint)
  }
}
