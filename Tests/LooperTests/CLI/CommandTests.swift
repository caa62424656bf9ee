import Foundation
import Synchronization
import Testing

@testable import Looper

@Suite("A command line asks the daemon, prints data, and ends with the right status")
struct CommandTests {
  let operations = FakeOperations()

  struct Result: Equatable {
    var status: Int32
    var output: String
    var error: String
  }

  /// Collects what a command writes.
  private final class Written: Sendable {
    private let texts = Mutex((output: "", error: ""))
    var output: String { texts.withLock { $0.output } }
    var error: String { texts.withLock { $0.error } }

    func write(_ stream: CommandEnvironment.Stream, _ text: String) {
      texts.withLock { if stream == .output { $0.output += text } else { $0.error += text } }
    }
  }

  /// A directory of its own below the temporary one, removed afterwards.
  private func withDirectory<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let path = NSTemporaryDirectory() + "lc-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
  }

  private func run(_ home: String, _ arguments: [String]) async -> Result {
    let written = Written()
    let around = CommandEnvironment(
      variables: [:], homeDirectory: home, currentDirectory: home, time: FixedTime(), isTerminal: false,
      terminalWidth: nil, write: { written.write($0, $1) })
    let status = await CommandEnvironment.$current.withValue(around) {
      await LooperCommand.execute(arguments)
    }
    return Result(status: status, output: written.output, error: written.error)
  }

  /// Runs a command against a served ``FakeOperations``.
  private func served(_ arguments: String..., during: @Sendable () async -> Void = {}) async throws -> Result
  {
    try await withDirectory { home in
      try await ServedOperations.serving(operations, at: "\(home)/.looper/looper.sock") { _, _ in
        async let result = run(home, arguments)
        await during()
        return await result
      }
    }
  }

  @Test("version needs no daemon")
  func version() async throws {
    let result = try await withDirectory { await run($0, ["version"]) }
    #expect(result == Result(status: 0, output: "looper 0.1.0\n", error: ""))
  }

  @Test("--version is the same")
  func versionOption() async throws {
    let result = try await withDirectory { await run($0, ["--version"]) }
    #expect(result == Result(status: 0, output: "looper 0.1.0\n", error: ""))
  }

  @Test("without a daemon the status is 3 and the socket is named")
  func noDaemon() async throws {
    try await withDirectory { home in
      let socket = "\(home)/.looper/looper.sock"
      let text = "error: no daemon answers on \(socket); start one with `looper serve`\n"
      #expect(await run(home, ["status"]) == Result(status: 3, output: "", error: text))
    }
  }

  @Test("errors are JSON for those who asked for JSON")
  func jsonError() async throws {
    let result = try await served("why", "L5", "--json")
    let text = #"{"error":{"code":"not_found","message":"no loop L5; see `looper loops`"},"ok":false}"# + "\n"
    #expect(result == Result(status: 4, output: "", error: text))
  }

  @Test(
    "usage errors are 2 and a typo names the nearest command",
    arguments: [
      (["statsu"], "error: unknown command statsu; did you mean `looper status`?\n"),
      (["project", "lst"], "error: unknown command lst; did you mean `looper project list`?\n"),
      (["frobnicate"], "error: unknown command frobnicate; see `looper --help`\n"),
      (["run", "lsit"], "error: lsit is not an address; did you mean `looper run list`?\n"),
      (["run", "cancle", "R34"], "error: unknown command cancle; did you mean `looper run cancel`?\n"),
      (["--color", "never", "statsu"], "error: unknown command statsu; did you mean `looper status`?\n"),
      (
        ["project", "--set", "a=b", "lst"],
        "error: unknown command lst; did you mean `looper project list`?\n"
      ),
      (
        ["--json", "statsu"],
        #"{"error":{"code":"bad_request","message":"unknown command statsu; did you mean `looper status`?"},"ok":false}"#
          + "\n"
      ),
    ])
  func typos(arguments: [String], text: String) async throws {
    let result = try await withDirectory { await run($0, arguments) }
    #expect(result == Result(status: 2, output: "", error: text))
  }

  @Test(
    "options of every command may come before it",
    arguments: [
      ["--json", "version"], ["--color", "never", "version", "--json"],
      ["--color=never", "--json", "version"],
    ])
  func leadingOptions(arguments: [String]) async throws {
    let result = try await withDirectory { await run($0, arguments) }
    #expect(
      result
        == Result(status: 0, output: "{\n  \"json_version\" : 1,\n  \"version\" : \"0.1.0\"\n}\n", error: ""))
  }

  @Test("a group's options may come before its command")
  func leadingInGroup() async throws {
    let result = try await served("--json", "project", "list")
    #expect(result.output == "{\n  \"items\" : [\n\n  ]\n}\n")
  }

  @Test("an unknown option is 2", arguments: [["status", "--frob"], ["why"], ["run", "not-an-address"]])
  func usage(arguments: [String]) async throws {
    let result = try await withDirectory { await run($0, arguments) }
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(!result.error.isEmpty)
  }

  @Test("help is data")
  func help() async throws {
    let result = try await withDirectory { await run($0, ["--help"]) }
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("OVERVIEW: An autonomous development team"))
    #expect(result.error.isEmpty)
  }

  @Test("an empty list prints nothing but a hint")
  func emptyList() async throws {
    let text = "no such loops; start one with `looper run <issue-url>`\n"
    #expect(try await served("loops") == Result(status: 0, output: "", error: text))
  }

  @Test("an empty list is an empty JSON list")
  func emptyJSON() async throws {
    let result = try await served("loops", "--json")
    #expect(result.output == "{\n  \"items\" : [\n\n  ]\n}\n")
  }

  @Test("lists read every page")
  func pages() async throws {
    operations.change { state in state.projects = (1...450).map { Sample.project("acme/app\($0)") } }
    let result = try await served("project", "list")
    #expect(result.output.split(separator: "\n").count == 451)
  }

  @Test("run starts a loop with what was asked")
  func start() async throws {
    let result = try await served(
      "run", "https://github.com/acme/app/issues/34", "--vendor", "codex", "--extra-arg", "-c", "--extra-arg",
      "a=b", "--no-plan")
    let text = "started L12: acme/app#34, code-review, queued; see `looper why L12`\n"
    #expect(result == Result(status: 0, output: text, error: ""))
    let request = StartRequest(
      url: "https://github.com/acme/app/issues/34", vendor: "codex", extraArgs: ["-c", "a=b"], noPlan: true)
    #expect(operations.read { $0.started } == [request])
  }

  @Test("run of what has its loop says so; the state of before is not told of a loop that is tried again")
  func startAgain() async throws {
    operations.change { $0.startsAs.isNew = false }
    let again = try await served("run", "acme/app#34")
    let text = "L12 is at work on it already: acme/app#34, code-review, queued; see `looper why L12`\n"
    #expect(again == Result(status: 0, output: text, error: ""))
    operations.change { $0.loops = [Sample.loop(state: "blocked")] }
    let retried = try await served("retry", "L12")
    #expect(retried == Result(status: 0, output: "retrying L12: acme/app#34, code-review\n", error: ""))
  }

  @Test(
    "adopt takes every way to write a pull request, and is never an issue's",
    arguments: [
      ("acme/app#34", "https://github.com/acme/app/pull/34"),
      ("https://github.com/acme/app/pull/34/files", "https://github.com/acme/app/pull/34/files"),
      ("https://github.com/acme/app/issues/34", nil), ("acme/app", nil),
    ] as [(String, String?)])
  func adopt(url: String, asked: String?) async throws {
    let result = try await served("adopt", url)
    #expect(operations.read { $0.started.map(\.url) } == [asked].compactMap(\.self))
    let text =
      "error: \(url) is no pull request; write https://github.com/owner/name/pull/34 or owner/name#34\n"
    #expect(result.error == (asked == nil ? text : ""))
    #expect(result.status == (asked == nil ? 2 : 0))
  }

  @Test("watch shows the loop's events until it is ready; another loop's do not count")
  func watch() async throws {
    operations.record([Sample.event(1)])
    let result = try await served("run", "acme/app#34", "--watch", "--json") {
      while operations.read({ $0.started.isEmpty || $0.hints.isEmpty }) { await Task.yield() }
      operations.record([
        Sample.event(2), Sample.event(3, kind: "loop.ready", loop: "L99"),
        Sample.event(4, kind: "loop.ready"),
        Sample.event(5),
      ])
    }
    let lines = result.output.split(separator: "\n").map(String.init)
    let events = try lines.map { try WireCoding.decoder.decode(EventView.self, from: Data($0.utf8)) }
    #expect(events.map(\.sequence) == [2, 4])
    #expect(result.status == 0)
  }

  @Test("watch ends at once where the loop is ready already, and is 5 where it is blocked")
  func watchOver() async throws {
    operations.change { $0.startsAs.state = "waiting" }
    operations.change { $0.startsAs.reason = "merge" }
    #expect(try await served("run", "acme/app#34", "--watch").status == 0)
    operations.change { $0.startsAs.state = "blocked" }
    let result = try await served("run", "acme/app#34", "--watch")
    #expect(result.status == 5)
    #expect(result.error.hasSuffix("error: L12 is blocked; see `looper why L12`\n"))
  }

  @Test("a refused command is 5")
  func refused() async throws {
    operations.change { $0.loops = [Sample.loop(state: "done")] }
    let text = "error: L12 has ended; see `looper inspect L12`\n"
    #expect(try await served("pause", "L12") == Result(status: 5, output: "", error: text))
  }

  @Test("a command on all loops tells what each said, and fails when one refused")
  func bulk() async throws {
    let result = try await served("retry", "--all")
    #expect(
      result
        == Result(
          status: 5, output: "retrying L12\n",
          error: """
            L13: L13 is at work; stop its run first: looper pause L13
            error: 1 of 2 loops refused

            """))
    let json = try await served("pause", "--all", "--json").output
    #expect(
      try WireCoding.decoder.decode(BulkView.self, from: Data(json.utf8)).items.map(\.ok) == [true, false])
  }

  @Test("a transcript is printed whole and unchanged")
  func logs() async throws {
    operations.change { $0.log = "one\ntwo \u{1B}[1mbold\u{1B}[0m\n" }
    #expect(try await served("run", "logs", "R34").output == "one\ntwo \u{1B}[1mbold\u{1B}[0m\n")
  }

  @Test("a checkout is registered by its origin")
  func addCheckout() async throws {
    let result = try await withDirectory { home in
      try FileManager.default.createDirectory(atPath: "\(home)/.git", withIntermediateDirectories: false)
      let text =
        "[remote \"up\"]\n\turl = git@github.com:up/app.git\n[remote \"origin\"]\n\turl = git@github.com:acme/app.git\n"
      try text.write(toFile: "\(home)/.git/config", atomically: true, encoding: .utf8)
      return try await served("project", "add", home)
    }
    let text =
      "added acme/app; label an issue looper:plan, or `looper run https://github.com/acme/app/issues/<n>`\n"
    #expect(result == Result(status: 0, output: text, error: ""))
    #expect(operations.read { $0.projects.first?.path?.contains("lc-") } == true)
  }

  @Test("the newest events are a line each")
  func events() async throws {
    operations.record([Sample.event(1)])
    let text = "now          run.started        acme/app L12 R34  event 1\n"
    #expect(try await served("events") == Result(status: 0, output: text, error: ""))
  }

  @Test("the configured socket is found, and a broken configuration is 2")
  func configuredSocket() async throws {
    try await withDirectory { home in
      let elsewhere = await run(home, ["status", "--set", "server.socket-path=\(home)/x.sock"])
      #expect(elsewhere.error.contains("no daemon answers on \(home)/x.sock"))
      #expect(await run(home, ["status", "--set", "server.prot=1"]).status == 2)
    }
  }

  @Test("config path says where it looked, check says that all is well")
  func config() async throws {
    try await withDirectory { home in
      try "[server]\nport = 1234\n".write(toFile: "\(home)/looper.toml", atomically: true, encoding: .utf8)
      let path = await run(home, ["config", "path", "--config", "\(home)/looper.toml"])
      #expect(path == Result(status: 0, output: "\(home)/looper.toml\n", error: ""))
      let missing = await run(home, ["config", "path", "--config", "\(home)/none.toml"])
      #expect(
        missing == Result(status: 2, output: "", error: "error: --config: there is no \(home)/none.toml\n"))
      let check = await run(home, ["config", "check", "--config", "\(home)/looper.toml"])
      #expect(check.status == 0)
      #expect(check.output == "the configuration is sound: \(home)/looper.toml\n")
      let view = await run(home, ["config", "view", "--origin", "--config", "\(home)/looper.toml"])
      #expect(view.output.contains("port = 1234  # \(home)/looper.toml:2\n"))
    }
  }
}
