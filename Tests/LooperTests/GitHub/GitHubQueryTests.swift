import Testing

@testable import Looper

@Suite("The text of a GraphQL request follows from what is asked")
struct GitHubQueryTests {
  @Test("a sweep of two repositories")
  func sweep() throws {
    let shop = try #require(ProjectName("acme/shop"))
    let tools = try #require(ProjectName("acme/tools"))
    let text = GitHubSweepQuery.text(for: [
      .init(
        project: shop, issueLabels: ["looper:plan", "say \"hi\""], pullLabels: [], issues: [7, 7], pulls: []),
      .init(project: tools, issueLabels: [], pullLabels: [], issues: [], pulls: [3]),
    ])
    #expect(
      text == """
        query Sweep {
          r0: repository(owner: "acme", name: "shop") {
            nameWithOwner defaultBranchRef { name }
            issues(labels: ["looper:plan", "say \\"hi\\""], states: OPEN, first: 50, \
        orderBy: {field: UPDATED_AT, direction: DESC}) { nodes { title ...issueState } pageInfo { hasNextPage } }
            i7: issue(number: 7) { ...issueState }
          }
          r1: repository(owner: "acme", name: "tools") {
            nameWithOwner defaultBranchRef { name }
            p3: pullRequest(number: 3) { ...pullState ...pullChecks }
          }
        }
        fragment issueState on Issue {
          number updatedAt state
          labels(first: 30) { nodes { name } }
        }
        fragment pullState on PullRequest {
          number updatedAt state isDraft headRefOid baseRefOid mergeable
          baseRef { target { oid ... on Commit { statusCheckRollup { state } } } }
          labels(first: 30) { nodes { name } }
        }
        fragment pullChecks on PullRequest {
          commits(last: 1) { nodes { commit { oid statusCheckRollup { state contexts(first: 50) {
            totalCount
            nodes {
              __typename
              ... on CheckRun { name status conclusion }
              ... on StatusContext { context state }
            }
          } } } } }
        }

        """)
  }

  @Test("a guard asks only for what the loop has")
  func guardQuery() {
    #expect(
      GitHubGuardQuery.text(hasIssue: true, hasPull: false) == """
        query Guard($owner: String!, $name: String!, $issue: Int!) {
          repository(owner: $owner, name: $name) {
            issue(number: $issue) { state labels(first: 100) { nodes { name } } }
          }
        }

        """)
  }

  @Test(
    "no text leaves its quotes",
    arguments: [
      ("a\"b", #""a\"b""#), ("a\\", #""a\\""#), ("ü\n", #""\u00fc\u000a""#), ("👍", #""\ud83d\udc4d""#),
    ])
  func literals(text: String, literal: String) {
    #expect(GraphQLText.literal(text) == literal)
  }

  @Test("path parts are encoded, placeholders of gh included")
  func paths() throws {
    let shop = try #require(ProjectName("acme/shop"))
    #expect(
      GitHubPath.repository(shop, "labels", "looper:a/{owner} é", query: [("head", "acme:x&y")])
        == "repos/acme/shop/labels/looper%3Aa%2F%7Bowner%7D%20%C3%A9?head=acme%3Ax%26y")
  }

  @Test("a sweep answer: one repository refused, one with a missing number and hidden checks")
  func decode() throws {
    let shop = try #require(ProjectName("acme/shop"))
    let tools = try #require(ProjectName("acme/tools"))
    let json: JSONValue = [
      "data": [
        "r0": nil,
        "r1": [
          "defaultBranchRef": ["name": "main"], "i4": nil,
          "p3": [
            "number": 3, "updatedAt": "2026-11-22T10:00:00Z", "state": "OPEN", "isDraft": false,
            "headRefOid": "h",
            "baseRefOid": "b", "mergeable": "MERGEABLE", "labels": ["nodes": [["name": "B"], ["name": "a"]]],
            "commits": [
              "nodes": [["commit": ["statusCheckRollup": ["contexts": ["totalCount": 1, "nodes": [nil]]]]]]
            ],
          ],
        ],
      ],
      "errors": [
        ["type": "NOT_FOUND", "path": ["r0"], "message": "Could not resolve to a Repository"],
        ["type": "NOT_FOUND", "path": ["r1", "i4"], "message": "Could not resolve to an Issue"],
        [
          "type": "FORBIDDEN",
          "path": ["r1", "p3", "commits", "nodes", 0, "commit", "statusCheckRollup", "contexts"],
          "message": "Resource not accessible",
        ],
      ],
    ]
    let answer = try #require(GraphQLAnswer(json))
    let results = GitHubSweepDecoder(now: Timestamp(milliseconds: 0)).repositories(
      answer,
      asked: [
        .init(project: shop, issueLabels: [], pullLabels: [], issues: [], pulls: []),
        .init(project: tools, issueLabels: [], pullLabels: [], issues: [4], pulls: [3]),
      ])
    #expect(
      results[shop] == .failure(Failure(.permanent, "github answered: Could not resolve to a Repository")))
    let seen = try #require(results[tools]).get()
    #expect(seen.issues == [:])
    #expect(
      seen.pulls == [
        3: "2026-11-22T10:00:00Z OPEN ready head=h base=b mergeable=MERGEABLE labels=a,b checks=hidden"
      ])
  }

  @Test("of more checks than a sweep reads, GitHub's own sum tells when they end")
  func manyChecks() {
    func text(_ state: String) -> String {
      GitHubFingerprint.text(of: [
        "updatedAt": "2026-11-22T10:00:00Z", "state": "OPEN",
        "commits": [
          "nodes": [
            [
              "commit": [
                "statusCheckRollup": [
                  "state": .string(state),
                  "contexts": ["totalCount": 51, "nodes": [["name": "a", "conclusion": "SUCCESS"]]],
                ]
              ]
            ]
          ]
        ],
      ])
    }
    #expect(text("PENDING") == "2026-11-22T10:00:00Z OPEN labels= checks=a:SUCCESS,of 51:PENDING")
    #expect(text("SUCCESS") == "2026-11-22T10:00:00Z OPEN labels= checks=a:SUCCESS,of 51:SUCCESS")
  }

  @Test(
    "a check's conclusion says what it is worth",
    arguments: [
      ("success", CheckSnapshot.Result.passed), ("skipped", .neutral), ("timed_out", .failed),
      ("cancelled", .failed), ("stale", .failed), ("action_required", .pending), ("invented", .pending),
    ])
  func conclusions(word: String, result: CheckSnapshot.Result) {
    #expect(GitHubPullDecoder.result(ofConclusion: word) == result)
  }

  @Test("review requests are read to the last page of the search")
  func reviewPages() async throws {
    let shop = try #require(ProjectName("acme/shop"))
    func pull(_ number: Int, in repository: String) -> String {
      """
      {"number": \(number), "title": "t", "updatedAt": "2026-11-22T10:00:00Z", "state": "OPEN",
       "labels": {"nodes": []}, "repository": {"nameWithOwner": "\(repository)"}}
      """
    }
    func page(_ nodes: String, _ next: String) -> String {
      """
      "reviews": {"nodes": [\(nodes)], "pageInfo": {"hasNextPage": \(!next.isEmpty), "endCursor": "\(next)"}}
      """
    }
    let first = """
      {"data": {"r0": {"defaultBranchRef": {"name": "main"}, "pullRequests": {"nodes": [], "pageInfo":
      {"hasNextPage": false}}}, \(page(pull(3, in: "acme/other"), "c1"))}}
      """
    let transport = ScriptedTransport([
      .sample(200, first), .sample(200, "{\"data\": {\(page(pull(4, in: "acme/other"), "c2"))}}"),
      .sample(200, "{\"data\": {\(page(pull(7, in: "Acme/Shop"), ""))}}"),
    ])
    let github = GitHub(transport: transport, time: SystemTime())
    let result = try await github.sweep(
      SweepRequest(
        host: "github.com",
        repositories: [
          .init(project: shop, issueLabels: [], pullLabels: ["looper:adopt"], issues: [], pulls: [])
        ]))
    let seen = try #require(result.repositories[shop]).get()
    #expect(seen.triggers.map(\.subject) == [.pull(7)])
    #expect(transport.callCount == 3)
  }
}
