import Foundation
import Testing

@testable import Looper

@Suite("kill -9 at any point of the way changes nothing about its end", .serialized)
struct CrashTests {
  private static let repository = "demo/crash"

  @Test("killed after every step, one loop does everything exactly once", .timeLimit(.minutes(10)))
  func killedEverywhere() async throws {
    try await EndToEndScene.run { scene in
      try await scene.forge.createRepository(Self.repository)
      let issue = try await scene.forge.createIssue(in: Self.repository, title: "Do it", as: DemoSample.owner)
      let notes = "\(scene.directory.path)/notes"
      try FileManager.default.createDirectory(atPath: notes, withIntermediateDirectories: true)
      try scene.configure(
        projects: [(Self.repository, nil)], agent: EndToEndAgent.script(notes: notes, pause: "0.3"))
      try await scene.start()
      try await scene.forge.addLabel("looper:plan", to: issue, in: Self.repository, as: DemoSample.owner)
      try await Self.crashOnTheWay(scene)
      try await scene.ready()
      try await Self.expectOneOfEach(scene, issue: issue)
      await scene.stop()
      let facts = try await scene.facts()
      #expect(facts.map(\.loop.phase) == [.ready])
      #expect(facts.map(\.loop.counters.agentFailures) == [0])
      #expect(facts.map(\.openEffects) == [0])
    }
  }

  private static func crashOnTheWay(_ scene: EndToEndScene) async throws {
    // The plan's run: after the claim, while its worktree is made and after, while its agent works and after, while
    // its work is committed.
    try await scene.event(.runStarted, "plan")
    try await scene.crashAndRestart()
    try await scene.event(.runStage, "prepare-worktree")
    try await scene.crashAndRestart()
    try await scene.event(.runStage, "invoke-agent")
    try await scene.crashAndRestart()
    try await scene.event(.agentProgress)
    try await scene.crashAndRestart()
    try await scene.event(.agentEnded)
    try await scene.crashAndRestart()
    try await scene.event(.runStage, "inspect-tree")
    try await scene.crashAndRestart()
    // After the push, and after the pull request was made but before its receipt.
    try await scene.change { if case .pushed(_, let branch, _) = $0 { branch != "main" } else { false } }
    try await scene.crashAndRestart()
    try await scene.change { if case .pullOpened = $0 { true } else { false } }
    try await scene.crashAndRestart()
    // After the review was posted, and in the middle of the labels' swap.
    try await scene.change { if case .reviewed = $0 { true } else { false } }
    try await scene.crashAndRestart()
    try await scene.change { if case .labeled(_, _, "looper:spec-ready") = $0 { true } else { false } }
    try await scene.crashAndRestart()
  }

  private static func expectOneOfEach(_ scene: EndToEndScene, issue number: Int) async throws {
    let pull = try await scene.onlyPull(in: repository)
    let state = await scene.forge.snapshot()
    let reviews = state.reviews(of: pull.id)
    #expect(reviews.count == 2)
    #expect(Set(reviews.map(\.commit)).count == 2)
    #expect(state.threads(of: pull.id).count == 0)
    #expect(state.comments(of: pull.id).count == 0)
    let subject = try #require(state.issue(number, in: pull.repositoryID))
    #expect(state.comments(of: subject.id).count == 1)
    #expect(pull.body.contains("Closes #\(number)"))
    #expect(state.labels(of: pull).map(\.name) == [])
  }
}
