import Foundation
import Testing

@testable import Looper

@Suite("The real gh and git work against the local GitHub", .serialized)
struct LocalForgeServerTests {
  /// Runs gh through the server's Unix socket.
  private func gh(_ arguments: [String], _ scene: ForgeScene, input: String? = nil) async throws
    -> CommandResult
  {
    let command = Command(
      executable: "gh", arguments: arguments,
      environment: [
        "PATH": "/usr/bin:/bin", "HOME": scene.directory, "GH_CONFIG_DIR": "\(scene.directory)/gh",
        "GH_TOKEN": "dummy",
        "GH_PROMPT_DISABLED": "1", "GH_NO_UPDATE_NOTIFIER": "1", "GH_TELEMETRY": "0",
      ], workingDirectory: scene.directory)
    return try await scene.runner.run(
      command, standardInput: input.map { Data($0.utf8) }, deadline: .seconds(30), outputLimit: .mebibytes(4))
  }

  /// Runs a test against a scene that is served on a socket of its own.
  private func withServer(_ body: @escaping @Sendable (ForgeScene) async throws -> Void) async throws {
    try await withForge { scene in
      let socket = "/tmp/forge-\(UUID().uuidString.prefix(8)).sock"
      defer { try? FileManager.default.removeItem(atPath: socket) }
      let config = "\(scene.directory)/gh"
      try FileManager.default.createDirectory(atPath: config, withIntermediateDirectories: true)
      try "http_unix_socket: \(socket)\n".write(
        toFile: "\(config)/config.yml", atomically: true, encoding: .utf8)
      let server = LocalForgeServer(forge: scene.forge, addresses: [.unixSocket(path: socket)])
      let (listening, continuation) = AsyncStream.makeStream(of: LocalForgeServer.Address.self)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run { continuation.yield($0) } }
        for await _ in listening { break }
        try await body(scene)
        group.cancelAll()
      }
    }
  }

  @Test("REST with pages, GraphQL with variables, and a write all go through gh")
  func api() async throws {
    try await withServer { scene in
      for number in 2...4 {
        try await scene.forge.createIssue(in: ForgeScene.repository, title: "Issue \(number)", as: "alice")
      }
      let paged = try await gh(
        ["api", "--paginate", "repos/acme/shop/issues?per_page=1", "--jq", ".[].number"], scene)
      #expect(String(decoding: paged.standardOutput, as: UTF8.self) == "4\n3\n2\n1\n")
      let query =
        "query($n: Int!) { repository(owner: \"acme\", name: \"shop\") { issue(number: $n) { title } } }"
      let graph = try await gh(["api", "graphql", "-f", "query=\(query)", "-F", "n=1"], scene)
      let expected = #"{"data":{"repository":{"issue":{"title":"It is broken"}}}}"#
      #expect(String(decoding: graph.standardOutput, as: UTF8.self) == expected)
      let posted = try await gh(
        ["api", "repos/acme/shop/issues/1/comments", "--input", "-", "--jq", ".body"], scene,
        input: #"{"body":"hi"}"#)
      #expect(String(decoding: posted.standardOutput, as: UTF8.self) == "hi\n")
      #expect(await scene.forge.snapshot().comments.rows.map(\.author) == ["looper"])
    }
  }

  @Test("refusals reach gh as exit status 1 with GitHub's body")
  func refusals() async throws {
    try await withServer { scene in
      let missing = try await gh(["api", "repos/acme/none"], scene)
      #expect(missing.status == .exited(1))
      #expect(String(decoding: missing.standardError, as: UTF8.self) == "gh: Not Found (HTTP 404)\n")
      let query = "{ a: repository(owner: \"acme\", name: \"none\") { id } b: viewer { login } }"
      let partial = try await gh(["api", "graphql", "-f", "query=\(query)"], scene)
      #expect(partial.status == .exited(1))
      let body = try JSONDecoder().decode(JSONValue.self, from: partial.standardOutput)
      #expect(body["data"] == ["a": .null, "b": ["login": "looper"]])
      await scene.forge.inject(.lostAfter, matching: ForgeFaultMatcher(method: "POST", path: "/comments"))
      let lost = try await gh(["api", "repos/acme/shop/issues/1/comments", "-f", "body=hi"], scene)
      #expect(lost.status == .exited(1))
      #expect(await scene.forge.snapshot().comments.rows.count == 1)
      let included = try await gh(["api", "--include", "user"], scene)
      let head = String(decoding: included.standardOutput, as: UTF8.self).split(separator: "\n").first
      #expect(head?.hasPrefix("HTTP/1.1 200") == true)
    }
  }

  @Test("a plain git push to the bare repository moves the pull request")
  func push() async throws {
    try await withServer { scene in
      let number = try await scene.openPull()
      let steps = """
        set -e
        git clone -q -b feature file://\(scene.barePath) work
        cd work
        git config user.name alice && git config user.email alice@example.com
        echo more >> new.txt
        git commit -q -a -m "More"
        git push -q origin HEAD:refs/heads/feature
        git rev-parse HEAD
        """
      let command = Command(
        executable: "/bin/sh", arguments: ["-c", steps],
        environment: ["PATH": "/usr/bin:/bin", "HOME": scene.directory, "GIT_CONFIG_SYSTEM": "/dev/null"],
        workingDirectory: scene.directory)
      let pushed = try await scene.runner.run(command, deadline: .seconds(30), outputLimit: .mebibytes(1))
      let head = try await gh(["api", "repos/acme/shop/pulls/\(number)", "--jq", ".head.sha"], scene)
      #expect(head.standardOutput == pushed.standardOutput)
      #expect(head.standardOutput.count == 41)
    }
  }
}
