import Testing

@testable import Looper

@Suite("Faults do what their name says to the requests they match", .serialized)
struct ForgeFaultTests {
  @Test(
    "a refused request does nothing, and the next one works",
    arguments: [
      (ForgeFault.status(502), 502), (.htmlPage(502), 502), (.unauthorized, 401),
      (.secondaryLimit(retryAfter: 60), 403),
      (.tooManyRequests(retryAfter: 9), 429), (.rateLimitExhausted(reset: ForgeScene.startedAt), 403),
      (.readOnly, 403),
      (.notFound, 404), (.lostBefore, 0),
    ])
  func refused(fault: ForgeFault, status: Int) async throws {
    try await withForge { scene in
      await scene.forge.inject(fault, matching: ForgeFaultMatcher(method: "POST", path: "/comments"))
      let answer = await scene.repo("POST", "/issues/1/comments", ["body": "x"])
      #expect(answer.status == status)
      #expect(answer.isLost == (fault == .lostBefore))
      #expect(await scene.forge.snapshot().comments.rows.isEmpty)
      #expect(await scene.repo("POST", "/issues/1/comments", ["body": "x"]).status == 201)
    }
  }

  @Test(
    "an answer that is lost or cut leaves the write done", arguments: [ForgeFault.lostAfter, .truncatedBody])
  func lost(fault: ForgeFault) async throws {
    try await withForge { scene in
      await scene.forge.inject(fault, matching: ForgeFaultMatcher(operation: "addComment"))
      let answer = await scene.send(
        "POST", "/graphql",
        [
          "query": .string(
            "mutation { addComment(input: {subjectId: \"\(try await issueID(scene))\", body: \"x\"}) { clientMutationId } }"
          )
        ])
      #expect(answer.isLost == (fault == .lostAfter))
      #expect(answer.isLost || answer.json == nil)
      #expect(await scene.forge.snapshot().comments.rows.count == 1)
    }
  }

  private func issueID(_ scene: ForgeScene) async throws -> String {
    "I_\(try #require(await scene.forge.snapshot().issues.rows.first).id)"
  }

  @Test("a stale read tells what was before the last write")
  func stale() async throws {
    try await withForge { scene in
      try await scene.forge.comment("x", on: 1, in: ForgeScene.repository, as: "alice")
      await scene.forge.inject(.staleRead, matching: ForgeFaultMatcher(path: "/comments"))
      #expect(await scene.repo("GET", "/issues/1/comments").json == [])
      #expect(await scene.repo("GET", "/issues/1/comments").json?.arrayValue?.count == 1)
    }
  }

  @Test("a slow answer waits through the configured pause")
  func slow() async throws {
    let clock = ForgeClock()
    try await withForge(configure: { $0.pause = { clock.advance(by: $0) } }) { scene in
      await scene.forge.inject(.slow(.seconds(30)))
      #expect(await scene.send("GET", "/user").status == 200)
      #expect(clock.now == ForgeScene.startedAt + .seconds(30))
    }
  }

  @Test("news come in the order things happened")
  func changes() async throws {
    try await withForge { scene in
      let stream = await scene.forge.changes()
      let number = try await scene.openPull()
      try await scene.forge.addLabel("bug", to: number, in: ForgeScene.repository, as: "alice")
      await scene.forge.finishChanges()
      var seen: [ForgeChange] = []
      for await change in stream { seen.append(change) }
      let head = try await scene.git.branches(of: scene.barePath)["feature"]
      #expect(
        seen == [
          .pushed(repository: "acme/shop", branch: "feature", sha: head),
          .pullOpened(repository: "acme/shop", number: 2),
          .labeled(repository: "acme/shop", number: 2, label: "bug"),
        ])
    }
  }
}
