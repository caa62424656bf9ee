import Foundation
import Testing

@testable import Looper

@Suite("Many issues share few slots", .serialized)
struct ManyLoopsTests {
  @Test("ten issues of three projects get ready with at most four agents at once", .timeLimit(.minutes(10)))
  func tenIssues() async throws {
    try await EndToEndScene.run { scene in
      let repositories = ["demo/one", "demo/two", "demo/three"]
      let notes = "\(scene.directory.path)/notes"
      try FileManager.default.createDirectory(atPath: notes, withIntermediateDirectories: true)
      for repository in repositories { try await scene.forge.createRepository(repository) }
      for index in 0..<10 {
        try await scene.forge.createIssue(
          in: repositories[index % 3], title: "Issue \(index)", labels: ["looper:implement"],
          as: DemoSample.owner)
      }
      try scene.configure(
        projects: repositories.map { ($0, nil) }, agent: EndToEndAgent.script(notes: notes, pause: "0.5"))
      try await scene.start()
      try await scene.ready(10)
      let counts = try String(contentsOfFile: "\(notes)/counts", encoding: .utf8).split(separator: "\n")
        .compactMap { Int($0) }
      #expect(counts.count == 20)
      #expect(counts.max() ?? 0 <= 4)
      #expect(counts.max() ?? 0 >= 2, "slots were left empty")
      #expect(!FileManager.default.fileExists(atPath: "\(notes)/violations"))
      let state = await scene.forge.snapshot()
      #expect(state.issues.rows.count(where: \.isPull) == 10)
      await scene.stop()
      #expect(try await scene.facts().map(\.loop.phase) == Array(repeating: .ready, count: 10))
    }
  }
}
