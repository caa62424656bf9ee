import Foundation
import Testing

@testable import Looper

@Suite("One account takes an issue from its label to a merged pull request", .serialized)
struct WholePathTests {
  @Test("spec, review, fix, work, failing check, fix, ready, merged", .timeLimit(.minutes(10)))
  func wholePath() async throws {
    try await EndToEndScene.run { scene in
      try await scene.forge.createRepository(DemoSample.repository, files: DemoSample.files)
      let issue = try await scene.forge.createIssue(
        in: DemoSample.repository, title: DemoSample.issueTitle, body: DemoSample.issueBody,
        as: DemoSample.reporter)
      let bare = DemoForge.repositoryPath(in: scene.directory)
      _ = try await scene.shell(
        """
        git clone --quiet file://\(bare) checkout
        git -C checkout remote set-url origin https://github.com/\(DemoSample.repository).git
        echo "not committed" > checkout/notes.txt
        """)
      let checkout = try await scene.shell(Self.digest)
      try scene.configure(
        projects: [(DemoSample.repository, "\(scene.directory.path)/checkout")], agent: DemoAgent.script)
      try await scene.start()
      try await scene.forge.addLabel(
        "looper:plan", to: issue, in: DemoSample.repository, as: DemoSample.owner)
      try await scene.ready()
      try await Self.expectReadyPull(in: scene, issue: issue)
      let worktree = try #require(
        try await scene.client { try await $0.inspect("L1") }.files.first { $0.name == "worktree" }
      ).path
      #expect(FileManager.default.fileExists(atPath: worktree))
      let pull = try await scene.onlyPull(in: DemoSample.repository)
      _ = try await scene.forge.merge(pull.number, in: DemoSample.repository, as: DemoSample.owner)
      try await scene.event(.loopEnded, "merged")
      // Removing the worktree has no event; each question gives the daemon the time of an answer.
      while FileManager.default.fileExists(atPath: worktree) {
        _ = try await scene.client { try await $0.status() }
      }
      #expect(try await scene.shell(Self.digest) == checkout)
      await scene.stop()
      let facts = try await scene.facts()
      #expect(facts.map(\.loop.state) == [.done(.merged)])
      #expect(facts.map(\.loop.counters.agentFailures) == [0])
    }
  }

  /// Every file of the checkout with its content and time.
  private static let digest = """
    cd checkout; find . -type f -printf '%p %T@ %m ' -exec sha256sum {} ';' | sort
    """

  private static func expectReadyPull(in scene: EndToEndScene, issue number: Int) async throws {
    let pull = try await scene.onlyPull(in: DemoSample.repository)
    let state = await scene.forge.snapshot()
    #expect(pull.title == DemoSample.issueTitle)
    #expect(pull.body.contains("Closes #\(number)"))
    let labels = state.events(of: pull.id).compactMap { event in
      event.label.map { "\(event.kind.rawValue) \($0.name)" }
    }
    #expect(
      labels == [
        "labeled looper:spec-reviewing", "unlabeled looper:spec-reviewing", "labeled looper:spec-ready",
        "unlabeled looper:spec-ready",
      ])
    let reviews = state.reviews(of: pull.id).filter { !$0.body.isEmpty }
    #expect(reviews.map(\.state) == [.commented, .commented, .commented])
    #expect(Set(reviews.map(\.commit)).count == 3)
    let thread = try #require(state.threads(of: pull.id).first)
    #expect(state.threads(of: pull.id).count == 1)
    #expect(thread.original.path.hasSuffix("/spec.md"))
    #expect(thread.resolvedBy == DemoSample.owner)
    let said = state.reviewComments(ofThread: thread.id)
    #expect(said.count == 2)
    #expect(said.first?.body.contains("AC2 cannot be tested") == true)
    #expect(said.last?.body.contains("AC2 now expects 10.0.0") == true)
    let checks = state.checkRuns.rows.map { $0.conclusion?.rawValue ?? "running" }
    #expect(checks == ["success", "success", "failure", "success"])
    let head = try #require(pull.pull?.headSHA)
    #expect(state.rollup(of: head, in: pull.repositoryID) == .success)
    #expect(state.currentStatuses(of: head, in: pull.repositoryID).map(\.context) == ["looper/review"])
    let subject = try #require(state.issue(number, in: pull.repositoryID))
    #expect(state.comments(of: subject.id).count == 1)
    #expect(state.comments(of: pull.id).count == 0)
  }
}
