import Foundation
import Testing

@testable import Looper

@Suite("A configuration file that is broken meanwhile keeps nobody from asking the daemon that runs")
struct BrokenConfigurationTests {
  private typealias Result = CommandScene.Result

  /// Runs a command while the daemon serves on `socket`, below the home.
  private func served(
    _ words: [String], file: String, socket: String = ".looper/looper.sock", in scene: CommandScene
  ) async throws -> Result {
    try scene.write(file, to: scene.file)
    scene.operations.change { $0.loops = [Sample.loop()] }
    return try await ServedOperations.serving(scene.operations, at: "\(scene.home)/\(socket)") { _, _ in
      await scene.run(words)
    }
  }

  @Test(
    "it is asked, and one line says what is wrong",
    arguments: [
      ["status"], ["loops"], ["why", "L12"], ["inspect", "L12"], ["events"], ["status", "--json"],
      ["daemon", "status"], ["loops", "--set", "server.port=1"],
    ])
  func asked(words: [String]) async throws {
    try await CommandScene.with { scene in
      let whole = try await served(words, file: "", in: scene)
      let broken = try await served(words, file: "[server]\nprot = 1\nhots = 2\n", in: scene)
      let text =
        "warning: ~/.config/looper/looper.toml:2: server.prot: unknown key; the nearest known one is server.port "
        + "(see `looper config check`, 1 more); asking ~/.looper/looper.sock\n"
      #expect(whole.status == 0)
      #expect(broken == Result(status: 0, output: whole.output, error: text + whole.error))
    }
  }

  @Test(
    "what can still be read of the file says where the daemon is",
    arguments: [
      ("[daemon]\ndata-dir = \"~/far\"\n[server\nport = 1\n", "far/looper.sock"),
      ("[server]\nport = = 1\nsocket-path = \"~/own/s\"\n[agent]\nvendor = cod\"ex\n", "own/s"),
      ("[server]\nport = \"many\"\nsocket-path = \"~/own/s\"\n", "own/s"),
      ("[server]\n" + String(repeating: "port = =\n", count: 16) + "socket-path = \"~/own/s\"\n", "own/s"),
      (
        "[server]\n" + String(repeating: "port = =\n", count: 17) + "socket-path = \"~/own/s\"\n",
        ".looper/looper.sock"
      ),
    ])
  func salvaged(file: String, socket: String) async throws {
    try await CommandScene.with { scene in
      let result = try await served(["loops"], file: file, socket: socket, in: scene)
      #expect(result.status == 0)
      #expect(result.error.hasSuffix("; asking ~/\(socket)\n"), "\(result.error)")
    }
  }

  @Test("where nothing can be read, the lock of the daemon says where it is")
  func locked() async throws {
    try await CommandScene.with { scene in
      let socket = "own/s"
      try scene.write("", to: "\(scene.home)/.looper/looper.db")
      let lock = try InstanceLock.acquire(
        path: "\(scene.home)/.looper/looper.db.lock",
        holder: InstanceLock.Holder.description(ofSocket: "\(scene.home)/\(socket)"))
      defer { lock.release() }
      let result = try await served(
        ["loops"], file: "server = \"\"\"\nsocket-path\n", socket: socket, in: scene)
      #expect(result.status == 0)
      #expect(result.error.hasSuffix("; asking ~/own/s\n"), "\(result.error)")
    }
  }

  @Test("the shell still offers what is live, and nothing is said")
  func completion() async throws {
    try await CommandScene.with { scene in
      let result = try await served(
        ["---completion", "why", "--", "positional@0", "0", "0"], file: "[server]\nprot = 1\n", in: scene)
      #expect(result == Result(status: 0, output: "L12\n", error: ""))
    }
  }

  @Test(
    "what was typed with the command must be right",
    arguments: [["status", "--set", "server.prot=1"], ["status", "--config", "/nowhere/looper.toml"]])
  func typed(words: [String]) async throws {
    try await CommandScene.with { scene in
      let result = try await served(words, file: "[server]\nprot = 1\n", in: scene)
      #expect(result.status == 2)
      #expect(result.output.isEmpty)
    }
  }

  @Test(
    "what needs the configuration is refused",
    arguments: [
      ["serve"], ["config", "check"], ["config", "view"], ["daemon", "start"], ["daemon", "restart"],
    ])
  func needed(words: [String]) async throws {
    try await CommandScene.with { scene in
      let result = try await served(words, file: "[server]\nprot = 1\n", in: scene)
      let text =
        "error: ~/.config/looper/looper.toml:2: server.prot: unknown key; the nearest known one is server.port\n"
      #expect(result == Result(status: 2, output: "", error: text))
    }
  }
}
