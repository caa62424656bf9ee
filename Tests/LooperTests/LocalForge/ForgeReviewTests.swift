import Testing

@testable import Looper

@Suite("Reviews are anchored and refused as on GitHub", .serialized)
struct ForgeReviewTests {
  private func review(_ line: Int, event: String = "COMMENT", side: String = "RIGHT") -> JSONValue {
    [
      "event": .string(event), "body": "Look",
      "comments": [
        ["path": "list.txt", "line": ForgeJSON.number(line), "side": .string(side), "body": "Here"]
      ],
    ]
  }

  @Test("one's own pull request is neither approved nor refused by oneself")
  func ownPull() async throws {
    try await withForge { scene in
      let number = try await scene.openPull()
      let own = await scene.repo("POST", "/pulls/\(number)/reviews", review(2, event: "APPROVE"))
      #expect(own.status == 422)
      #expect(own.json?["errors"] == ["Can not approve your own pull request"])
      let other = await scene.repo(
        "POST", "/pulls/\(number)/reviews", review(2, event: "APPROVE"), token: "alice-token")
      #expect(other.json?["state"] == "APPROVED")
    }
  }

  @Test(
    "a line outside the diff refuses the whole review", arguments: [(2, 200), (5, 200), (6, 422), (19, 422)])
  func anchors(line: Int, status: Int) async throws {
    try await withForge { scene in
      let number = try await scene.openPull()
      let answer = await scene.repo("POST", "/pulls/\(number)/reviews", review(line))
      #expect(answer.status == status)
      let snapshot = await scene.forge.snapshot()
      #expect(snapshot.reviews.rows.count == (status == 200 ? 1 : 0))
      #expect(snapshot.threads.rows.count == (status == 200 ? 1 : 0))
    }
  }

  @Test("a thread is answered and resolved, follows its line, and is outdated when the line changes")
  func threads() async throws {
    try await withForge { scene in
      let number = try await scene.openPull()
      _ = await scene.repo("POST", "/pulls/\(number)/reviews", review(2), token: "alice-token")
      let comments = await scene.repo("GET", "/pulls/\(number)/comments").json
      let id = try #require(comments?[0]?["id"]?.integerValue)
      let reply = await scene.repo("POST", "/pulls/\(number)/comments/\(id)/replies", ["body": "Done"])
      #expect(reply.json?["in_reply_to_id"] == .integer(id))
      let thread = try #require(await scene.forge.snapshot().threads.rows.first)
      let resolve =
        "mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { isResolved resolvedBy { login } } } }"
      let resolved = try await scene.graph(resolve, ["id": .string("PRRT_\(thread.id)")])
      let expected: JSONValue = ["isResolved": true, "resolvedBy": ["login": "looper"]]
      #expect(resolved["data"]?["resolveReviewThread"]?["thread"] == expected)
      try await scene.push(
        ["list.txt": "line 0\n" + ForgeScene.list(changing: 2)], to: "feature", from: "feature")
      try await scene.forge.refresh()
      #expect(await scene.forge.snapshot().threads.rows.first?.current?.line == 3)
      try await scene.push(["list.txt": ForgeScene.list(changing: 3)], to: "feature", from: "feature")
      let moved = await scene.repo("GET", "/pulls/\(number)/comments").json
      #expect(moved?[0]?["line"] == .null)
      #expect(moved?[0]?["original_line"] == 2)
    }
  }

  @Test("a single comment on a line is a thread of its own, refused outside the diff")
  func singleComment() async throws {
    try await withForge { scene in
      let number = try await scene.openPull()
      let head = try #require(try await scene.git.branches(of: scene.barePath)["feature"])
      var body: [String: JSONValue] = [
        "body": "x", "commit_id": .string(head.rawValue), "path": "list.txt", "line": 2,
      ]
      #expect(await scene.repo("POST", "/pulls/\(number)/comments", .object(body)).status == 201)
      body["line"] = 15
      let refused = await scene.repo("POST", "/pulls/\(number)/comments", .object(body))
      #expect(refused.status == 422)
      #expect(refused.json?["errors"]?[0]?["field"] == "pull_request_review_thread.line")
    }
  }

  @Test("reviews are requested of collaborators only, never of the author")
  func requests() async throws {
    try await withForge { scene in
      let number = try await scene.openPull()
      let path = "/pulls/\(number)/requested_reviewers"
      #expect(await scene.repo("POST", path, ["reviewers": ["looper"]]).status == 422)
      #expect(await scene.repo("POST", path, ["reviewers": ["nobody"]]).status == 422)
      #expect(await scene.repo("POST", path, ["reviewers": ["alice"]]).status == 201)
      #expect(await scene.repo("GET", path).json?["users"]?[0]?["login"] == "alice")
      _ = await scene.repo("POST", "/pulls/\(number)/reviews", review(2), token: "alice-token")
      #expect(await scene.repo("GET", path).json?["users"] == [])
    }
  }

  @Test("a pending review is its author's alone until it is submitted")
  func pending() async throws {
    try await withForge { scene in
      let number = try await scene.openPull()
      let made = await scene.repo(
        "POST", "/pulls/\(number)/reviews", ["comments": [["path": "list.txt", "line": 2, "body": "x"]]])
      let id = try #require(made.json?["id"]?.integerValue)
      #expect(made.json?["state"] == "PENDING")
      #expect(await scene.repo("GET", "/pulls/\(number)/reviews", token: "alice-token").json == [])
      #expect(await scene.repo("GET", "/pulls/\(number)/comments").json == [])
      let sent = await scene.repo(
        "POST", "/pulls/\(number)/reviews/\(id)/events", ["event": "COMMENT", "body": "y"])
      #expect(sent.json?["state"] == "COMMENTED")
      #expect(await scene.repo("GET", "/pulls/\(number)/comments").json?.arrayValue?.count == 1)
    }
  }
}
