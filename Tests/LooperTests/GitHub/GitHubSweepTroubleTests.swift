import Testing

@testable import Looper

@Suite("what a further page or the search is refused for costs that alone, neither repository nor host")
struct GitHubSweepTroubleTests {
  private static func pull(_ number: Int) -> String {
    """
    {"number": \(number), "title": "t", "updatedAt": "2026-11-22T10:00:00Z", "state": "OPEN",
     "labels": {"nodes": []}, "repository": {"nameWithOwner": "acme/shop"}}
    """
  }

  private static func list(_ numbers: [Int], next: String? = nil) -> String {
    """
    {"nodes": [\(numbers.map(pull).joined(separator: ","))],
     "pageInfo": {"hasNextPage": \(next != nil), "endCursor": "\(next ?? "")"}}
    """
  }

  /// The sweep's first answer.
  private static func first(_ pulls: String, reviews: String) -> String {
    """
    {"data": {"r0": {"defaultBranchRef": {"name": "main"}, "pullRequests": \(pulls)}, "reviews": \(reviews)}}
    """
  }

  private static func refused(_ path: String, data: String) -> String {
    #"{"data": \#(data), "errors": [{"type": "FORBIDDEN", "message": "SAML", "path": [\#(path)]}]}"#
  }

  /// What GitHub answers, one after the other, and what comes of it.
  struct Row: Sendable {
    var answers: [String]
    var triggers: [Int]
    var isTruncated = false
    var troubles: [Failure] = []
  }

  private static let rows = [
    Row(
      answers: [
        first(list([3], next: "c"), reviews: list([4])),
        refused(#""repository", "pullRequests""#, data: #"{"repository": {"pullRequests": null}}"#),
      ], triggers: [3, 4], isTruncated: true,
      troubles: [Failure(.permanent, "acme/shop: github answered: SAML")]),
    Row(
      answers: [
        first(list([3], next: "c"), reviews: list([4])),
        refused(
          #""repository", "pullRequests", "nodes", 0, "baseRef", "target", "statusCheckRollup""#,
          data: #"{"repository": {"pullRequests": \#(list([3, 5]))}}"#),
      ], triggers: [3, 4, 5]),
    Row(
      answers: [first(list([3]), reviews: list([4], next: "c")), refused(#""reviews""#, data: "null")],
      triggers: [3, 4], troubles: [Failure(.permanent, "github answered: SAML")]),
    Row(
      answers: [
        first(list([3]), reviews: list([4], next: "c")),
        refused(#""reviews", "nodes", 0"#, data: #"{"reviews": \#(list([6]))}"#),
      ], triggers: [3, 4, 6]),
    Row(
      answers: [refused(#""reviews""#, data: "null"), first(list([3]), reviews: "null")], triggers: [3],
      troubles: [Failure(.permanent, "github answered: SAML")]),
  ]

  private func sweep(_ answers: [String]) async throws -> SweepResult {
    let github = GitHub(
      transport: ScriptedTransport(answers.map { .sample(200, $0) }), time: SystemTime())
    return try await github.sweep(
      SweepRequest(
        host: "github.com",
        repositories: [
          .init(
            project: try #require(ForgeScene.project), issueLabels: [], pullLabels: ["looper:adopt"],
            issues: [],
            pulls: [])
        ]))
  }

  @Test("what was read holds", arguments: rows)
  func partly(row: Row) async throws {
    let result = try await sweep(row.answers)
    let seen = try #require(try result.repositories.values.first?.get())
    #expect(seen.triggers.map(\.subject.number) == row.triggers)
    #expect(seen.areTriggersTruncated == row.isTruncated)
    #expect(result.troubles == row.troubles)
  }

  @Test("a request that is refused besides the search is refused as a whole")
  func whole() async throws {
    let answer = #"{"data": null, "errors": [{"message": "x", "path": ["reviews"]}, {"message": "y"}]}"#
    await #expect(throws: Failure(.permanent, "github answered: x")) { _ = try await sweep([answer]) }
  }
}
