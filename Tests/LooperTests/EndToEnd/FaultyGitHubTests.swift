import Foundation
import Testing

@testable import Looper

@Suite("A GitHub that fails delays a loop and nothing else", .serialized)
struct FaultyGitHubTests {
  private static let repository = "demo/faults"

  @Test("every kind of failure on the way uses no attempt and repeats no write", .timeLimit(.minutes(10)))
  func faults() async throws {
    try await EndToEndScene.run { scene in
      try await scene.forge.createRepository(Self.repository)
      let issue = try await scene.forge.createIssue(in: Self.repository, title: "Do it", as: DemoSample.owner)
      let notes = "\(scene.directory.path)/notes"
      try FileManager.default.createDirectory(atPath: notes, withIntermediateDirectories: true)
      try scene.configure(
        projects: [(Self.repository, nil)], agent: EndToEndAgent.script(notes: notes, pause: "0"))
      try await scene.start()
      let armed: [(ForgeFault, ForgeFaultMatcher)] = [
        (.status(502), .any),
        (.lostAfter, ForgeFaultMatcher(method: "POST", path: "/pulls")),
        (.truncatedBody, ForgeFaultMatcher(method: "POST", path: "/comments")),
        (.htmlPage(503), ForgeFaultMatcher(method: "POST", path: "/reviews")),
        (.secondaryLimit(retryAfter: 1), ForgeFaultMatcher(method: "POST", path: "/statuses")),
        (.slow(.seconds(2)), ForgeFaultMatcher(method: "POST", path: "/labels")),
        (.unauthorized, ForgeFaultMatcher(method: "DELETE", path: "/labels")),
      ]
      for (fault, matcher) in armed { await scene.forge.inject(fault, matching: matcher) }
      try await scene.forge.addLabel("looper:plan", to: issue, in: Self.repository, as: DemoSample.owner)
      try await scene.ready()
      let met = Set(await scene.forge.requestLog.compactMap(\.fault))
      #expect(met == Set(armed.map(\.0)))
      let pull = try await scene.onlyPull(in: Self.repository)
      let state = await scene.forge.snapshot()
      #expect(state.reviews(of: pull.id).count == 2)
      let subject = try #require(state.issue(issue, in: pull.repositoryID))
      #expect(state.comments(of: subject.id).count == 1)
      await scene.stop()
      let facts = try await scene.facts()
      #expect(facts.map(\.loop.phase) == [.ready])
      #expect(facts.map(\.loop.counters.agentFailures) == [0])
    }
  }
}
