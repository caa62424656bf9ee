import Foundation
import Testing

@testable import Looper

@Suite("The demonstration's scripts are right where the story says so, and wrong where it says so")
struct DemoAgentTests {
  private func run(_ script: String, _ scene: ProcessScene) async throws -> CommandResult {
    try await scene.run("cd repository && \(script)")
  }

  private func withRepository(_ body: (ProcessScene) async throws -> Void) async throws {
    try await ProcessScene.with { scene in
      for (path, text) in DemoSample.files {
        let url = URL(filePath: scene.path("repository/\(path)"))
        try FileManager.default.createDirectory(
          at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: true, encoding: .utf8)
      }
      try await body(scene)
    }
  }

  @Test("the sample has the reported bug, and neither its test nor its CI knows")
  func sample() async throws {
    try await withRepository { scene in
      let reported = try await run("sh newest.sh 1.9.0 1.10.0", scene)
      #expect(reported.outputText == "1.9.0\n")
      let test = try await run("sh test.sh", scene)
      #expect(test.status == .exited(0))
      let check = try await run("sh check.sh", scene)
      #expect(check.outputText == "all releases are in order\n")
    }
  }

  @Test("every script is a shell script")
  func syntax() async throws {
    try await ProcessScene.with { scene in
      try DemoAgent.script.write(toFile: scene.path("agent.sh"), atomically: true, encoding: .utf8)
      let result = try await scene.run("sh -n agent.sh")
      #expect(result.errorText == "")
      #expect(result.status == .exited(0))
    }
  }

  @Test("the daemon's configuration is one it takes")
  func configuration() async throws {
    try await ProcessScene.with { scene in
      let directory = try DemoDirectory.create(in: scene.directory)
      try DemoDaemon.prepare(directory)
      let sources = ConfigurationSources(
        environment: ["LOOPER_CONFIG": directory.configuration], homeDirectory: scene.directory,
        currentDirectory: scene.directory)
      let loaded = try ConfigurationLoader.load(sources)
      #expect(loaded.warnings.map(\.description) == [])
      #expect(loaded.paths.socketPath == directory.socket)
      #expect(loaded.configuration.projects.map(\.name.display) == [DemoSample.repository])
    }
  }
}
