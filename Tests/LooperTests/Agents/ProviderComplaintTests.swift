import Testing

@testable import Looper

@Suite("a provider's complaint means the same whatever CLI passes it on")
struct ProviderComplaintTests {
  private let complaint = ProviderComplaint(loginAdvice: "log in")

  @Test(
    "known words",
    arguments: [
      ("unexpected status 401 Unauthorized", Failure.Kind.needsHuman),
      ("Incorrect API key provided: sk-…", .needsHuman),
      ("exceeded retry limit, last status: 429 Too Many Requests", .usageLimited(until: nil)),
      ("You've hit your usage limit.", .usageLimited(until: nil)),
      ("Quota exceeded. Check your plan and billing details.", .needsHuman),
      ("HTTP 503", .transient), ("status code 529", .transient),
      ("Selected model is at capacity", .transient),
      ("stream disconnected before completion", .transient), ("fetch failed", .transient),
      ("Model not found: a/b", .needsHuman), ("something else", .agent), ("", .agent),
      ("it took 429 ms in http2", .agent),
    ])
  func known(text: String, kind: Failure.Kind) {
    #expect(complaint.failure(text).kind == kind)
  }

  @Test("a status that is told apart from the words counts")
  func status() {
    #expect(complaint.failure("no", status: 502).kind == .transient)
    #expect(
      complaint.failure("no", status: 401) == Failure(.needsHuman, "the agent is not logged in: no; log in"))
  }

  @Test(
    "a short answer that says a limit or a login is a complaint, a long one is work",
    arguments: [
      ("You've hit your usage limit.", Failure.Kind.usageLimited(until: nil)), ("Not logged in", .needsHuman),
    ])
  func answers(text: String, kind: Failure.Kind) {
    #expect(complaint.failure(inAnswer: text)?.kind == kind)
    let work = text + String(repeating: " I changed the handling of this message.", count: 10)
    #expect(complaint.failure(inAnswer: work) == nil)
  }

  @Test("an answer about work is none", arguments: ["I fixed the connection refused error.", "Done.", ""])
  func work(text: String) {
    #expect(complaint.failure(inAnswer: text) == nil)
  }
}
