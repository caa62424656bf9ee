import Foundation
import Testing

@testable import Looper

@Suite("The real gh carries the calls")
struct GhClientTests {
  /// Runs `body` with an adapter whose gh talks to the scene's GitHub through a Unix socket.
  private func withGh(_ body: @Sendable (ForgeScene, GitHub) async throws -> Void) async throws {
    try await withForge { scene in
      // A socket's path has at most 107 bytes.
      let socket = "/tmp/gh-\(UUID().uuidString.prefix(8)).sock"
      defer { try? FileManager.default.removeItem(atPath: socket) }
      try Data("http_unix_socket: \(socket)\n".utf8).write(
        to: URL(fileURLWithPath: "\(scene.directory)/config.yml"))
      let client = GhClient(
        runner: scene.runner, executable: "gh",
        environment: [
          "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": scene.directory, "GH_CONFIG_DIR": scene.directory,
          "GH_TOKEN": "dummy",
        ])
      let github = GitHub(transport: client, time: ForgeSceneTime(clock: scene.clock))
      let (ready, signal) = AsyncStream.makeStream(of: Void.self)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          try await LocalForgeServer(forge: scene.forge, addresses: [.unixSocket(path: socket)]).run { _ in
            signal.finish()
          }
        }
        for await _ in ready {}
        defer { group.cancelAll() }
        try await body(scene, github)
      }
    }
  }

  func everything() async throws {
    try await withGh { scene, github in
      let project = try #require(ForgeScene.project)
      let pull = try await scene.openPull()
      let swept = try await github.sweep(
        SweepRequest(
          host: "github.com",
          repositories: [
            .init(project: project, issueLabels: ["x"], pullLabels: [], issues: [1, 99], pulls: [pull])
          ]))
      #expect(try #require(swept.repositories[project]).get().issues.keys.sorted() == [1])
      #expect(try await github.observe(project, issue: 1, pull: pull).pull?.number == pull)
      let write = ResolvedWrite(
        project: project, key: "L1/R1/ask", write: .comment(.number(1), body: "Why?"), number: 1)
      #expect(try await github.probe(write) == nil)
      let receipt = try await github.perform(write)
      #expect(try await github.probe(write)?.remoteID == receipt.remoteID)
      let label = ResolvedWrite(
        project: project, key: "k", write: .addLabel(.number(1), label: "looper:plan"), number: 1)
      _ = try await github.perform(label)
      let none = ResolvedWrite(
        project: project, key: "k", write: .removeLabel(.number(1), label: "no such {owner}"), number: 1)
      _ = try await github.perform(none)
      #expect(try await github.probe(label) != nil)
    }
  }

  func failures() async throws {
    try await withGh { scene, github in
      let project = try #require(ForgeScene.project)
      let table: [(ForgeFault, String)] = [
        (.htmlPage(502), "transient"), (.truncatedBody, "transient"), (.lostAfter, "transient"),
        (.unauthorized, "transient"), (.notFound, "permanent"),
        (.secondaryLimit(retryAfter: 9), "rate-limited"),
      ]
      for (fault, code) in table {
        await scene.forge.inject(fault, times: 1)
        await #expect {
          _ = try await github.repository(project)
        } throws: {
          ($0 as? Failure)?.kind.code == code
        }
        await scene.forge.clearFaults()
      }
    }
  }

  @Test("no text and no secret is in the command line")
  func arguments() {
    let request = GhRequest.rest(
      .post, "repos/a/b/issues/1/comments", on: "ghe.example", for: .write, body: ["body": "x"])
    #expect(
      GhClient.arguments(for: request) == [
        "api", "--include", "--hostname", "ghe.example", "--method", "POST", "-H",
        "Accept: application/vnd.github+json", "-H", "X-GitHub-Api-Version: 2022-11-28", "--input", "-",
        "repos/a/b/issues/1/comments",
      ])
  }

  @Test("gh gets its own variables, and quiet ones")
  func environment() {
    let parent = ["GH_TOKEN": "t", "GH_DEBUG": "1", "SECRET": "s", "HOME": "/h"]
    #expect(
      GhClient.childEnvironment(from: parent) == [
        "GH_TOKEN": "t", "HOME": "/h", "GH_PROMPT_DISABLED": "1", "GH_NO_UPDATE_NOTIFIER": "1",
        "GH_TELEMETRY": "0", "NO_COLOR": "1",
      ])
  }
}
