import Testing

@testable import Looper

@Suite("Every answer of GitHub is classified once, by status, headers and body")
struct GitHubFailureTests {
  static let now = Timestamp(milliseconds: 1_000_000)

  struct Row: Sendable {
    var answer: GhAnswer
    var kind: Failure.Kind?
  }

  static let rows: [Row] = [
    Row(answer: .sample(200), kind: nil),
    Row(answer: .sample(204, ""), kind: nil),
    Row(answer: .sample(nil, complaint: "dial tcp: connection refused"), kind: .transient),
    Row(answer: .sample(nil, complaint: "To get started, please run:  gh auth login"), kind: .needsHuman),
    Row(answer: .sample(401), kind: .transient),
    Row(answer: .sample(502, "<html>"), kind: .transient),
    Row(answer: .sample(503), kind: .transient),
    Row(answer: .sample(404), kind: .permanent),
    Row(answer: .sample(409), kind: .conflict),
    Row(answer: .sample(403), kind: .permanent),
    Row(
      answer: .sample(403, headers: ["retry-after": "30"]),
      kind: .rateLimited(until: Timestamp(milliseconds: 1_030_000))),
    Row(
      answer: .sample(429, headers: ["retry-after": "5"]),
      kind: .rateLimited(until: Timestamp(milliseconds: 1_005_000))),
    Row(answer: .sample(429), kind: .rateLimited(until: Timestamp(milliseconds: 1_060_000))),
    Row(
      answer: .sample(403, headers: ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "2000"]),
      kind: .rateLimited(until: Timestamp(milliseconds: 2_000_000))),
    // GitHub's clock is 500 s behind ours: what counts is how long it is by its own.
    Row(
      answer: .sample(
        403,
        headers: [
          "x-ratelimit-remaining": "0", "x-ratelimit-reset": "2000", "date": "Thu, 01 Jan 1970 00:08:20 GMT",
        ]),
      kind: .rateLimited(until: Timestamp(milliseconds: 2_500_000))),
    Row(
      answer: .sample(403, #"{"message":"You have exceeded a secondary rate limit."}"#),
      kind: .rateLimited(until: Timestamp(milliseconds: 1_060_000))),
    Row(answer: .sample(422), kind: .permanent),
    Row(
      answer: .sample(
        422, #"{"message":"Validation Failed","errors":["Head SHA didn't match expected head sha"]}"#),
      kind: .conflict),
    Row(answer: .sample(400), kind: .permanent),
  ]

  @Test("the table", arguments: rows)
  func table(row: Row) {
    #expect(GitHubFailure.classify(row.answer, calling: "GET x", now: Self.now)?.kind == row.kind)
  }

  @Test(
    "a GraphQL request that is refused as such says nothing of what was asked for",
    arguments: [403, 404, 409, 422])
  func graph(status: Int) async throws {
    let shop = try #require(ForgeScene.project)
    let github = GitHub(
      transport: ScriptedTransport([.sample(status), .sample(status)]), time: SystemTime())
    #expect(
      await failureKind { _ = try await github.observe(shop, issue: 1, pull: nil) } == .transient)
    #expect(await failureKind { _ = try await github.repository(shop) } != .transient)
  }

  @Test("a 422 tells GitHub's own reasons")
  func reasons() {
    let body =
      #"{"message":"Validation Failed","errors":[{"resource":"Label","code":"already_exists","field":"name"},"b"]}"#
    #expect(
      GitHubFailure.message(of: .sample(422, body)) == "Validation Failed; Label name already_exists; b")
  }

  @Test(
    "commands that gave no answer",
    arguments: [
      (CommandError.notFound("gh"), Failure.Kind.needsHuman), (.timedOut(.seconds(60)), .transient),
      (.outputTooLarge(.kibibytes(1)), .permanent), (.cancelled, .transient),
      (.cannotStart("EAGAIN"), .transient),
    ])
  func commands(error: CommandError, kind: Failure.Kind) {
    #expect(GitHubFailure.classify(error, calling: "GET x").kind == kind)
  }

  @Test("what gh prints is read whether lines end in LF or CRLF")
  func output() {
    let printed = "HTTP/2.0 200 OK\nEtag: W/\"1\"\r\nX-Ratelimit-Remaining: 7\r\n\r\n{\"a\": 1}"
    let answer = GhOutput.parse(.init(printed.utf8), complaint: "", isComplete: true)
    #expect(answer.status == 200)
    #expect(answer.headers == ["etag": "W/\"1\"", "x-ratelimit-remaining": "7"])
    #expect(answer.json == ["a": 1])
    #expect(GhOutput.parse(.init("error connecting".utf8), complaint: "", isComplete: false).status == nil)
  }
}
