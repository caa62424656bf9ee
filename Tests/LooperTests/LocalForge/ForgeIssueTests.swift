import Testing

@testable import Looper

@Suite("Issues behave as on GitHub", .serialized)
struct ForgeIssueTests {
  @Test("a label is made, added, found, removed, and leaves a timeline with actor and time")
  func labels() async throws {
    try await withForge { scene in
      let added = await scene.repo(
        "POST", "/issues/1/labels", ["labels": ["looper:plan"]], token: "alice-token")
      #expect(added.status == 200)
      let listed = await scene.repo("GET", "/issues?labels=LOOPER:PLAN")
      #expect(listed.json?[0]?["number"] == 1)
      let removed = await scene.repo("DELETE", "/issues/1/labels/looper%3Aplan")
      #expect(removed.json == [])
      let again = await scene.repo("DELETE", "/issues/1/labels/looper%3Aplan")
      #expect(again.status == 404)
      let events = await scene.repo("GET", "/issues/1/timeline").json?.arrayValue ?? []
      #expect(events.map { $0["event"] } == ["labeled", "unlabeled"])
      #expect(events.map { $0["actor"]?["login"] } == ["alice", "looper"])
      #expect(events.first?["created_at"] == ForgeJSON.time(ForgeScene.startedAt))
    }
  }

  @Test("who has no right is refused with GitHub's status")
  func permissions() async throws {
    try await withForge { scene in
      let label = await scene.repo("POST", "/issues/1/labels", ["labels": ["x"]], token: "mallory-token")
      #expect(label.status == 403)
      let comment = await scene.repo("POST", "/issues/1/comments", ["body": "hello"], token: "mallory-token")
      #expect(comment.status == 201)
      let unknown = await scene.repo("GET", "", token: "who")
      #expect(unknown.status == 401)
      #expect(unknown.json?["message"] == "Bad credentials")
      let bare = await scene.forge.handle(ForgeRequest("GET", "/user"))
      #expect(bare.json?["message"] == "Requires authentication")
      let hidden = await scene.send("GET", "/repos/acme/secret")
      #expect(hidden.status == 404)
      try await scene.forge.createRepository("acme/secret", isPrivate: true)
      let stillHidden = await scene.send("GET", "/repos/acme/secret")
      #expect(stillHidden.status == 404)
      let permission = await scene.repo("GET", "/collaborators/alice/permission")
      #expect(permission.json?["permission"] == "write")
      let stranger = await scene.repo("GET", "/collaborators/mallory/permission")
      #expect(stranger.json?["permission"] == "read")
    }
  }

  @Test("a bad body is 400 or 422 with the field named")
  func badBodies() async throws {
    try await withForge { scene in
      let headers = ["authorization": "token dummy"]
      let broken = await scene.forge.handle(
        ForgeRequest("POST", "/repos/acme/shop/issues", headers: headers, body: .init("{".utf8)))
      #expect(broken.status == 400)
      let missing = await scene.repo("POST", "/issues", ["body": "x"])
      #expect(missing.status == 422)
      #expect(missing.json?["errors"]?[0]?["field"] == "title")
      let unknown = await scene.repo("POST", "/issues", ["title": "x", "colour": "red"])
      #expect(unknown.status == 422)
      let wrong = await scene.repo("PATCH", "/issues/1", ["title": 3])
      #expect(wrong.status == 422)
      let nothing = await scene.repo("GET", "/nothing/here")
      #expect(nothing.json?["message"] == "Not Found")
    }
  }

  @Test("lists page with Link headers, and an unchanged page is 304 without cost")
  func pagesAndTags() async throws {
    try await withForge { scene in
      for number in 2...5 {
        try await scene.forge.createIssue(in: ForgeScene.repository, title: "Issue \(number)", as: "alice")
      }
      let first = await scene.repo("GET", "/issues?per_page=2&state=all")
      #expect(first.json?.arrayValue?.map { $0["number"] } == [5, 4])
      let base = "https://api.github.com/repos/acme/shop/issues?per_page=2&state=all"
      #expect(first.headers["link"] == "<\(base)&page=2>; rel=\"next\", <\(base)&page=3>; rel=\"last\"")
      let last = await scene.repo("GET", "/issues?per_page=2&state=all&page=3")
      #expect(last.json?.arrayValue?.map { $0["number"] } == [1])
      let tag = try #require(last.headers["etag"])
      let path = "/issues?per_page=2&state=all&page=3"
      let unchanged = await scene.repo("GET", path, headers: ["if-none-match": tag])
      #expect(unchanged.status == 304)
      #expect(unchanged.body.isEmpty)
      #expect(unchanged.headers["x-ratelimit-remaining"] == last.headers["x-ratelimit-remaining"])
      try await scene.forge.editIssue(1, in: ForgeScene.repository, title: "Other", as: "alice")
      let changed = await scene.repo("GET", path, headers: ["if-none-match": tag])
      #expect(changed.status == 200)
    }
  }

  @Test("comments are written, edited by their author, and deleted")
  func comments() async throws {
    try await withForge { scene in
      let made = await scene.repo("POST", "/issues/1/comments", ["body": "one"])
      let id = try #require(made.json?["id"]?.integerValue)
      scene.clock.advance(by: .seconds(5))
      let edited = await scene.repo("PATCH", "/issues/comments/\(id)", ["body": "two"])
      #expect(edited.json?["body"] == "two")
      #expect(edited.json?["updated_at"] == ForgeJSON.time(ForgeScene.startedAt + .seconds(5)))
      let stranger = await scene.repo(
        "PATCH", "/issues/comments/\(id)", ["body": "x"], token: "mallory-token")
      #expect(stranger.status == 403)
      #expect(await scene.repo("DELETE", "/issues/comments/\(id)").status == 204)
      #expect(await scene.repo("GET", "/issues/comments/\(id)").status == 404)
      #expect(await scene.forge.snapshot().comments.rows.isEmpty)
    }
  }

  @Test("closing and reopening change state, reason and timeline")
  func closing() async throws {
    try await withForge { scene in
      let closed = await scene.repo("PATCH", "/issues/1", ["state": "closed", "state_reason": "not_planned"])
      #expect(closed.json?["state_reason"] == "not_planned")
      #expect(await scene.repo("GET", "/issues").json == [])
      let reopened = await scene.repo("PATCH", "/issues/1", ["state": "open"])
      #expect(reopened.json?["state"] == "open")
      #expect(
        await scene.repo("GET", "/issues/1/events").json?.arrayValue?.map { $0["event"] } == [
          "closed", "reopened",
        ])
    }
  }

  @Test("the hour's requests are counted, and refused when they are used up")
  func rateLimit() async throws {
    try await withForge(configure: { $0.restLimit = 2 }) { scene in
      #expect(await scene.send("GET", "/user").headers["x-ratelimit-remaining"] == "1")
      #expect(await scene.send("GET", "/user").headers["x-ratelimit-remaining"] == "0")
      let refused = await scene.send("GET", "/user")
      #expect(refused.status == 403)
      #expect(refused.headers["x-ratelimit-reset"] == String(ForgeScene.startedAt.milliseconds / 1000 + 3600))
      #expect(await scene.send("GET", "/rate_limit").json?["resources"]?["core"]?["remaining"] == 0)
      scene.clock.advance(by: .seconds(3601))
      #expect(await scene.send("GET", "/user").status == 200)
    }
  }

  @Test("paths of other hosts than github.com are answered, too")
  func enterprisePaths() async throws {
    try await withForge { scene in
      #expect(await scene.send("GET", "/api/v3/user").json?["login"] == "looper")
      let graph = await scene.send("POST", "/api/graphql", ["query": "{ viewer { login } }"])
      #expect(graph.json == ["data": ["viewer": ["login": "looper"]]])
    }
  }

  @Test("requests at once are answered one after the other, and none is lost", arguments: [40])
  func concurrency(count: Int) async throws {
    try await withForge { scene in
      await withTaskGroup(of: Int.self) { group in
        for index in 0..<count {
          group.addTask { await scene.repo("POST", "/issues", ["title": .string("Issue \(index)")]).status }
        }
        for await status in group { #expect(status == 201) }
      }
      let numbers = await scene.forge.snapshot().issues.rows.map(\.number)
      #expect(numbers == Array(1...(count + 1)))
    }
  }
}
