import Foundation
import Testing

@testable import Looper

@Suite("a project of 200 open pull requests is looked at as a whole, however large single ones are")
struct LargeProjectTests {
  private static let repository = ForgeScene.repository

  /// Copies of one pull request under other numbers and branches, which cost the local GitHub nothing to make.
  private static func multiply(_ number: Int, by count: Int, in scene: EngineScene) async throws {
    let sha = try await scene.head(of: number)
    for index in 0..<count {
      try Data("\(sha)\n".utf8).write(
        to: URL(filePath: "\(scene.forgeScene.barePath)/refs/heads/copy-\(index)"))
    }
    try await scene.forge.refresh()
    try await scene.forge.perform(as: "alice") { session in
      let repository = try session.repository(repository)
      let original = try session.issue(number, in: repository)
      for index in 0..<count {
        var copy = try session.newIssue(
          in: try session.repository(repository.id), title: "Copy \(index)", body: "")
        copy.pull = original.pull
        copy.pull?.headBranch = "copy-\(index)"
        copy.pull?.mergeability = .mergeable
        session.state.issues.put(copy)
      }
    }
  }

  /// A pull request of 3,000 new files.
  private static func openWide(_ scene: EngineScene) async throws {
    let files = Dictionary(uniqueKeysWithValues: (0..<3000).map { ("wide/\($0).txt", "\($0)\n") })
    try await scene.forgeScene.push(files, to: "wide")
    _ = try await scene.forge.createPull(
      in: repository, .init(title: "Wide", head: "wide", base: "main"), as: "alice")
  }

  /// A conversation of 330 KB on a line of a pull request.
  private static func talk(about number: Int, in scene: EngineScene) async throws {
    let text = String(repeating: "All work and no play. ", count: 2500)
    let anchor = ForgeAnchor(path: "list.txt", line: 2, side: .right)
    try await scene.forge.submitReview(
      .init(event: .comment, body: "", comments: [.init(anchor: anchor, body: text)]), on: number,
      in: repository, as: "alice")
    let thread = try #require(await scene.forge.snapshot().threads.rows.first)
    for _ in 0..<5 { try await scene.forge.reply(text, toThread: thread.id, as: "alice") }
  }

  @Test("every one has its loop after two ticks, at a bounded price, and none waits for another")
  func twoHundred() async throws {
    let agents = ScriptedAgents([.reviewer: [AgentScript.clean]])
    try await EngineScene.with(agents, settle: { $0.limits.runs = 0 }) { scene in
      try await scene.watch()
      let first = try await scene.forgeScene.openPull()
      try await Self.openWide(scene)
      try await Self.talk(about: first, in: scene)
      try await Self.multiply(first, by: 198, in: scene)
      let numbers = await scene.forge.snapshot().issues.rows.filter(\.isPull).map(\.number)
      #expect(numbers.count == 200)
      try await scene.forge.perform(as: "alice") { session in
        let repository = try session.repository(Self.repository)
        for number in numbers {
          _ = try session.addLabels(["looper:review"], to: try session.issue(number, in: repository))
        }
        _ = try session.addLabels(["looper:plan"], to: try session.issue(1, in: repository))
      }
      let before = await scene.forge.requestLog.count
      try await scene.rounds(2)
      let loops = try await scene.store.liveLoops()
      #expect(loops.count == 201)
      #expect(loops.allSatisfy { $0.state == .queued })
      // A look each when it is found, another because a sweep sees more of a live pull request than of a labelled one;
      // a few pages of what is labelled, permissions, and the sweeps.
      let requests = await scene.forge.requestLog.dropFirst(before)
      let kinds = Dictionary(grouping: requests) { $0.operation ?? $0.method }.mapValues(\.count)
      #expect(requests.count < 2 * 201 + 30, "\(kinds)")
      let talkative = try #require(loops.first { $0.subject == .pull(first) })
      let seen = try #require(try await scene.store.facts(of: talkative.id)?.observation?.pull)
      #expect(seen.threads.first?.comments.count == 6)
      #expect(seen.threads.flatMap(\.comments).reduce(0) { $0 + $1.body.utf8.count } == 330_000)

      // A tick without news costs the sweep and the pages, whatever the number.
      try await scene.rounds(2)
      let idle = await scene.forge.requestLog.count
      try await scene.rounds(1)
      #expect(await scene.forge.requestLog.count - idle <= 6)
    }
  }
}
