import Testing

@testable import Looper

@Suite("Pull requests follow their branches", .serialized)
struct ForgePullTests {
  @Test("a pull request without head, without commits or a second time is refused")
  func refusals() async throws {
    try await withForge { scene in
      let new: JSONValue = ["title": "T", "head": "feature", "base": "main"]
      let missing = await scene.repo("POST", "/pulls", new)
      #expect(missing.status == 422)
      #expect(missing.json?["errors"]?[0]?["field"] == "head")
      _ = await scene.repo(
        "POST", "/git/refs",
        [
          "ref": "refs/heads/feature",
          "sha": .string(try #require(try await scene.git.branches(of: scene.barePath)["main"]).rawValue),
        ])
      let empty = await scene.repo("POST", "/pulls", new)
      #expect(empty.json?["errors"]?[0]?["message"] == "No commits between main and feature")
      try await scene.push(["new.txt": "x\n"], to: "feature")
      let made = await scene.repo("POST", "/pulls", new)
      #expect(made.status == 201)
      #expect(made.json?["number"] == 2)
      let twice = await scene.repo("POST", "/pulls", new)
      #expect(twice.json?["errors"]?[0]?["message"] == "A pull request already exists for acme:feature.")
      let found = await scene.repo("GET", "/pulls?head=acme:feature&state=open")
      #expect(found.json?.arrayValue?.count == 1)
      let none = await scene.repo("GET", "/pulls?head=acme:other")
      #expect(none.json == [])
    }
  }

  @Test("mergeability is unknown at first, and again after a push")
  func mergeability() async throws {
    try await withForge { scene in
      let number = try await scene.openPull()
      #expect(await scene.repo("GET", "/pulls/\(number)").json?["mergeable"] == .null)
      let known = await scene.repo("GET", "/pulls/\(number)").json
      #expect(known?["mergeable"] == true)
      #expect(known?["mergeable_state"] == "clean")
      scene.clock.advance(by: .seconds(60))
      let head = try await scene.push(["new.txt": "newer\n"], to: "feature", from: "feature")
      let moved = await scene.repo("GET", "/pulls/\(number)").json
      #expect(moved?["head"]?["sha"] == .string(head.rawValue))
      #expect(moved?["mergeable"] == .null)
      #expect(moved?["updated_at"] == ForgeJSON.time(ForgeScene.startedAt + .seconds(60)))
      try await scene.push(["list.txt": "other\n"], to: "main")
      _ = await scene.repo("GET", "/pulls/\(number)")
      let conflicting = await scene.repo("GET", "/pulls/\(number)").json
      #expect(conflicting?["mergeable"] == false)
      #expect(conflicting?["mergeable_state"] == "dirty")
      let refused = await scene.repo("PUT", "/pulls/\(number)/merge", [:])
      #expect(refused.status == 405)
    }
  }

  @Test("files, commits and the plain diff come from the real commits")
  func files() async throws {
    try await withForge { scene in
      let number = try await scene.openPull()
      let files = await scene.repo("GET", "/pulls/\(number)/files").json?.arrayValue ?? []
      #expect(files.map { $0["filename"] } == ["list.txt", "new.txt"])
      #expect(files.map { $0["status"] } == ["modified", "added"])
      #expect(files.last?["patch"] == "@@ -0,0 +1 @@\n+new")
      #expect(await scene.repo("GET", "/pulls/\(number)/commits").json?.arrayValue?.count == 1)
      let diff = await scene.repo(
        "GET", "/pulls/\(number)", headers: ["accept": "application/vnd.github.diff"])
      #expect(String(decoding: diff.body, as: UTF8.self).hasPrefix("diff --git a/list.txt b/list.txt"))
      let compared = await scene.repo("GET", "/compare/main...feature").json
      #expect(compared?["status"] == "ahead")
      #expect(compared?["ahead_by"] == 1)
    }
  }

  @Test("a merge checks the head, makes a commit on the base and closes what the body names")
  func merge() async throws {
    try await withForge { scene in
      let number = try await scene.openPull()
      let other = await scene.repo(
        "PUT", "/pulls/\(number)/merge", ["sha": .string(String(repeating: "a", count: 40))])
      #expect(other.status == 409)
      let merged = await scene.repo("PUT", "/pulls/\(number)/merge", ["merge_method": "squash"])
      #expect(merged.status == 200)
      let tip = try await scene.git.branches(of: scene.barePath)["main"]
      #expect(merged.json?["sha"]?.stringValue == tip?.rawValue)
      let pull = await scene.repo("GET", "/pulls/\(number)").json
      #expect(pull?["merged"] == true)
      #expect(pull?["changed_files"] == 2)
      #expect(await scene.repo("GET", "/issues/1").json?["state"] == "closed")
      let events = await scene.repo("GET", "/issues/\(number)/events").json?.arrayValue?.map { $0["event"] }
      #expect(events == ["merged", "closed"])
      #expect(await scene.repo("PUT", "/pulls/\(number)/merge", [:]).status == 405)
    }
  }

  @Test("what lies behind its base is brought up to it, once")
  func updateBranch() async throws {
    try await withForge { scene in
      let number = try await scene.openPull()
      let early = await scene.repo("PUT", "/pulls/\(number)/update-branch", [:])
      #expect(early.status == 422)
      try await scene.push(["other.txt": "x\n"], to: "main")
      let done = await scene.repo("PUT", "/pulls/\(number)/update-branch", [:])
      #expect(done.status == 202)
      #expect(await scene.repo("GET", "/compare/main...feature").json?["behind_by"] == 0)
    }
  }

  @Test("a deleted head closes, a base that contains the head by a push merges")
  func pushedAway() async throws {
    try await withForge { scene in
      let first = try await scene.openPull()
      #expect(await scene.repo("DELETE", "/git/refs/heads/feature").status == 204)
      #expect(await scene.repo("GET", "/pulls/\(first)").json?["state"] == "closed")
      let second = try await scene.openPull()
      try await scene.push(["more.txt": "x\n"], to: "main", from: "feature")
      #expect(await scene.repo("GET", "/pulls/\(second)").json?["merged"] == true)
    }
  }

  @Test("a forced push is an event with both heads")
  func forcedPush() async throws {
    try await withForge { scene in
      let number = try await scene.openPull()
      let head = try await scene.push(["new.txt": "again\n"], to: "feature", from: "main")
      let answer = try await scene.graph(
        """
        { repository(owner: "acme", name: "shop") { pullRequest(number: \(number)) {
          timelineItems(first: 9, itemTypes: [HEAD_REF_FORCE_PUSHED_EVENT]) { nodes {
            ... on HeadRefForcePushedEvent { afterCommit { oid } } } } } } }
        """)
      let pull = answer["data"]?["repository"]?["pullRequest"]
      let expected: JSONValue = .string(head.rawValue)
      #expect(pull?["timelineItems"]?["nodes"] == [["afterCommit": ["oid": expected]]])
    }
  }

  @Test("a fork's pull request has its head in the fork, fetchable from the base")
  func fork() async throws {
    try await withForge { scene in
      try await scene.forge.fork(ForgeScene.repository, as: "mallory")
      let bare = "\(scene.directory)/repositories/mallory/shop.git"
      let stream =
        "commit refs/heads/patch\ncommitter m <m@example.com> 1790000000 +0000\ndata 1\nx\nfrom refs/heads/main^0\nM 100644 inline f\ndata 1\nf\n"
      _ = try await scene.git.output(
        ["fast-import", "--quiet", "--date-format=raw"], in: bare, input: .init(stream.utf8))
      let made = await scene.repo(
        "POST", "/pulls", ["title": "T", "head": "mallory:patch", "base": "main"], token: "mallory-token")
      #expect(made.status == 201)
      #expect(made.json?["head"]?["repo"]?["full_name"] == "mallory/shop")
      let head = try await scene.git.resolve("refs/pull/2/head", in: scene.barePath)
      #expect(made.json?["head"]?["sha"]?.stringValue == head?.rawValue)
    }
  }

  @Test("protection blocks until every required check has passed, then auto-merge merges")
  func protection() async throws {
    try await withForge { scene in
      try await scene.forge.configure(ForgeScene.repository) { repository in
        repository.protections["main"] = ForgeProtection(requiredChecks: [ForgeRequiredCheck(name: "test")])
        repository.allowsAutoMerge = true
      }
      let number = try await scene.openPull()
      _ = await scene.repo("GET", "/pulls/\(number)")
      let pull = await scene.repo("GET", "/pulls/\(number)").json
      #expect(pull?["mergeable_state"] == "blocked")
      #expect(await scene.repo("PUT", "/pulls/\(number)/merge", [:]).status == 405)
      let mutation =
        "mutation($id: ID!) { enablePullRequestAutoMerge(input: {pullRequestId: $id}) { clientMutationId } }"
      let enabled = try await scene.graph(mutation, ["id": pull?["node_id"] ?? .null])
      #expect(enabled["errors"] == nil)
      let head = try #require(pull?["head"]?["sha"]?.stringValue.flatMap { CommitSHA($0) })
      try await scene.forge.reportCheck(
        ForgeSession.CheckReport(name: "test", conclusion: .success), on: head, in: ForgeScene.repository)
      #expect(await scene.repo("GET", "/pulls/\(number)").json?["merged"] == true)
    }
  }
}
