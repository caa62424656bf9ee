import Testing

@testable import Looper

@Suite("Each write is found by its probe after it happened, and only then")
struct GitHubWriteTests {
  private func resolved(_ write: Write, _ number: Int = 1, key: String = "L1/R1/x") throws -> ResolvedWrite {
    ResolvedWrite(project: try #require(ForgeScene.project), key: key, write: write, number: number)
  }

  /// Probe, perform, probe.
  @discardableResult
  private func prove(_ write: ResolvedWrite, in scene: ForgeScene) async throws -> Receipt {
    let github = scene.github
    #expect(try await github.probe(write) == nil)
    let receipt = try await github.perform(write)
    let found = try #require(try await github.probe(write))
    #expect(found.wasFound)
    #expect(found.remoteID == receipt.remoteID)
    return receipt
  }

  /// The opening of a pull request whose branch is there.
  private func opening(in scene: ForgeScene) async throws -> ResolvedWrite {
    try await scene.push(["a.txt": "a\n"], to: "looper/1-x")
    return try resolved(
      .openPullRequest(.init(head: "looper/1-x", base: "main", title: "T", body: "B")), 0)
  }

  @Test("open and update a pull request; opening again adopts it")
  func pulls() async throws {
    try await withForge { scene in
      let open = try await opening(in: scene)
      let number = try #require(try await prove(open, in: scene).pullNumber)
      let again = try await scene.github.perform(open)
      #expect(again.pullNumber == number)
      #expect(again.wasFound)
      try await prove(
        try resolved(.updatePullRequest(.number(number), title: "T2", body: "B2"), number, key: "k2"),
        in: scene)
    }
  }

  @Test("a pull request whose answer was lost is found once GitHub lists it, and until then it is waited for")
  func lateList() async throws {
    try await withForge { scene in
      let open = try await opening(in: scene)
      await scene.forge.inject(.lostAfter, matching: .init(method: "POST", path: "/pulls"))
      #expect(await failureKind { _ = try await scene.github.perform(open) } == .transient)
      await scene.forge.inject(.staleRead, matching: .init(method: "GET", path: "/pulls"), times: 2)
      #expect(await failureKind { _ = try await scene.github.perform(open) } == .transient)
      #expect(try await scene.github.perform(open).wasFound)
    }
  }

  @Test("a label that was taken away before is away, whatever a late list shows")
  func lateLabels() async throws {
    try await withForge { scene in
      let label = "looper:needs-human"
      _ = try await scene.github.perform(try resolved(.addLabel(.number(1), label: label)))
      let remove = try resolved(.removeLabel(.number(1), label: label))
      await scene.forge.inject(.lostAfter, matching: .init(method: "DELETE"))
      #expect(await failureKind { _ = try await scene.github.perform(remove) } == .transient)
      await scene.forge.inject(.staleRead, matching: .init(method: "GET", path: "/labels"))
      _ = try await scene.github.perform(remove)
    }
  }

  @Test("labels, comments and commit status")
  func small() async throws {
    try await withForge { scene in
      let head = try await scene.push(["a.txt": "a\n"], to: "b")
      try await prove(try resolved(.addLabel(.number(1), label: "looper:needs-human")), in: scene)
      try await prove(try resolved(.removeLabel(.number(1), label: "looper:needs-human")), in: scene)
      _ = try await scene.github.perform(try resolved(.removeLabel(.number(1), label: "looper:needs-human")))
      try await prove(try resolved(.comment(.number(1), body: "A question")), in: scene)
      let status = CommitStatus(commit: head, state: .success, description: "clean")
      try await prove(try resolved(.setCommitStatus(status), 0), in: scene)
    }
  }

  @Test("the status comment is one, edited in place")
  func statusComment() async throws {
    try await withForge { scene in
      let first = try await prove(try resolved(.statusComment(.number(1), body: "one"), key: "k1"), in: scene)
      let second = try await prove(
        try resolved(.statusComment(.number(1), body: "two"), key: "k2"), in: scene)
      #expect(first.remoteID == second.remoteID)
    }
  }

  @Test("a comment with the same marker by somebody else is not ours")
  func forgedComment() async throws {
    try await withForge { scene in
      let write = try resolved(.comment(.number(1), body: "A question"))
      let forged = WriteMarker(key: write.key).appended(to: "A question")
      try await scene.forge.comment(forged, on: 1, in: ForgeScene.repository, as: "mallory")
      try await prove(write, in: scene)
    }
  }

  private func review(_ scene: ForgeScene, line: Int) async throws -> ReviewSubmission {
    let head = try #require(try await scene.git.branches(of: scene.barePath)["feature"])
    return ReviewSubmission(
      head: head, verdict: .changes, body: "Look",
      comments: [.init(path: "list.txt", line: line, side: .right, startLine: nil, body: "Hm")])
  }

  @Test("a review of one's own pull request is a comment with anchors; its thread is answered and resolved")
  func reviews() async throws {
    try await withForge { scene in
      let pull = try await scene.openPull()
      let submission = try await review(scene, line: 2)
      try await prove(try resolved(.submitReview(.number(pull), submission), pull), in: scene)
      let project = try #require(ForgeScene.project)
      let seen = try #require(try await scene.github.observe(project, issue: nil, pull: pull).pull)
      #expect(seen.reviews.map(\.state) == [.commented])
      let thread = try #require(seen.threads.first)
      #expect(thread.line == 2)
      #expect(
        thread.comments.map { WriteMarker.key(in: $0.body, by: $0.author.login, viewer: "looper") } == [
          "L1/R1/x#0"
        ])
      try await prove(
        try resolved(.replyToThread(.number(pull), threadID: thread.id, body: "Done"), pull, key: "k3"),
        in: scene)
      try await prove(try resolved(.resolveThread(threadID: thread.id), pull), in: scene)
    }
  }

  @Test("a thread that was deleted meanwhile is a conflict, to whoever answers, resolves or looks for it")
  func deletedThread() async throws {
    try await withForge { scene in
      let pull = try await scene.openPull()
      _ = try await scene.github.perform(
        try resolved(.submitReview(.number(pull), try await review(scene, line: 2)), pull))
      let project = try #require(ForgeScene.project)
      let seen = try #require(try await scene.github.observe(project, issue: nil, pull: pull).pull)
      let thread = try #require(seen.threads.first).id
      try await scene.forge.perform(as: "alice") { session in
        for row in session.state.threads.rows { session.state.threads[row.id] = nil }
      }
      let evidence = ThreadEvidence(head: seen.headSHA, lastCommentID: nil)
      for write: Write in [
        .replyToThread(.number(pull), threadID: thread, body: "Done"), .resolveThread(threadID: thread),
        .resolveThread(threadID: thread, evidence: evidence),
      ] {
        let write = try resolved(write, pull, key: "k3")
        #expect(await failureKind { _ = try await scene.github.perform(write) } == .conflict)
        #expect(await failureKind { _ = try await scene.github.probe(write) } == .conflict)
      }
    }
  }

  @Test("comments outside the diff go into the body")
  func foldedReview() async throws {
    try await withForge { scene in
      let pull = try await scene.openPull()
      let submission = try await review(scene, line: 19)
      try await prove(try resolved(.submitReview(.number(pull), submission), pull), in: scene)
      let project = try #require(ForgeScene.project)
      let seen = try #require(try await scene.github.observe(project, issue: nil, pull: pull).pull)
      #expect(seen.threads.isEmpty)
      #expect(seen.reviews.map { WriteMarker.stripped($0.body) } == ["Look\n\n**`list.txt`, line 19**\n\nHm"])
    }
  }

  @Test("a write whose answer is lost is found by the probe, one that never arrived is not")
  func lost() async throws {
    try await withForge { scene in
      let write = try resolved(.comment(.number(1), body: "A question"))
      let posts = ForgeFaultMatcher(method: "POST", path: "/comments")
      await scene.forge.inject(.lostBefore, matching: posts)
      await #expect(throws: Failure.self) { try await scene.github.perform(write) }
      #expect(try await scene.github.probe(write) == nil)
      await scene.forge.inject(.lostAfter, matching: posts)
      await #expect(throws: Failure.self) { try await scene.github.perform(write) }
      #expect(try await scene.github.probe(write)?.wasFound == true)
    }
  }

  @Test(
    "faults are what they are called",
    arguments: [
      (ForgeFault.status(502), "transient"), (.htmlPage(502), "transient"), (.unauthorized, "transient"),
      (.secondaryLimit(retryAfter: 9), "rate-limited"), (.tooManyRequests(retryAfter: 9), "rate-limited"),
      (.truncatedBody, "transient"), (.notFound, "permanent"),
    ])
  func faults(fault: ForgeFault, code: String) async throws {
    try await withForge { scene in
      await scene.forge.inject(fault)
      let project = try #require(ForgeScene.project)
      await #expect {
        _ = try await scene.github.repository(project)
      } throws: {
        ($0 as? Failure)?.kind.code == code
      }
    }
  }
}
