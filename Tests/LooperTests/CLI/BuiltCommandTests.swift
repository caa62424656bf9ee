import Foundation
import Testing

@testable import Looper

@Suite("The built program prints what it always printed, as text and as JSON, and ends with the right status")
struct BuiltCommandTests {
  private static let golden = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/command-lines.txt")
  private static let page = TidyPackage.root.appending(path: "docs/cli-json.md")
  /// Set it to have the golden file and the page written anew.
  private static let isUpdating = ProcessInfo.processInfo.environment["UPDATE_REFERENCE"] != nil

  private static let file = "[server]\nport = 1234  # mine\n"

  static let asking: [CommandCase] = [
    .good("status", "status"), .good("loops", "loops"), .good("loops --state done", "loops"),
    .good("loops --state queued", "loops"), .good("why L12", "why"), .good("inspect L12", "inspect"),
    .good("inspect R35", "inspect"), .good("failures", "failures"),
    .good("failures --limit 1", "failures") { $0.failures = [] }, .good("usage --by role", "usage"),
    .good("usage", "usage") { $0.usage = Sample.usage(rows: []) }, .good("run list", "run list"),
    .good("run list --state failed", "run list"), .good("run list --loop L99", "run list"),
    .good("run logs R35", "run logs"), .good("run logs R35 --follow", "run logs"),
    .good("queue list", "queue list"), .good("queue list --lane auto", "queue list"),
    .good("project list", "project list"), .good("project list", "project list") { $0.projects = [] },
    .good("project show acme/app", "project show"), .good("worktree list", "worktree list"),
    .good("worktree list", "worktree list") { $0.worktrees = [] }, .good("events", "events"),
    .good("events --after 1 --limit 5", "events"), .good("events", "events") { $0.events = [] },
    .good("daemon status", "daemon status"),
  ]

  static let controlling: [CommandCase] = [
    .good("run acme/app#34 --vendor codex --no-plan", "run start"), .good("run cancel R34", "run cancel"),
    .good("run retry R35", "run retry"), .good("adopt https://github.com/acme/app/pull/40", "adopt"),
    .good("pause L12", "pause"), .good("resume L12", "resume"), .good("cancel L12", "cancel"),
    .good("retry L12", "retry"), .good("takeover L12", "takeover"), .good("handback L12", "handback"),
    .good("answer L12 the second one", "answer"), .good("queue clear", "queue clear"),
    .good("queue bump 7", "queue bump"), .good("project add acme/shop", "project add"),
    .good("project remove acme/app", "project remove"), .good("project sync", "project sync"),
    .good("worktree cleanup --dry-run", "worktree cleanup"), .good("worktree cleanup", "worktree cleanup"),
    .good("pause --all", "pause --all") { $0.bulk = bulk(["L12", "L14"], changed: true) },
    .good("pause --all", "pause --all") { $0.bulk = bulk([], changed: false) },
    .good("resume --all", "resume --all") { $0.bulk = bulk(["L12"], changed: true) },
    .good("resume --all", "resume --all") { $0.bulk = bulk(["L12"], changed: false) },
    .good("resume --all", "resume --all") { $0.bulk = bulk([], changed: false) },
    .good("cancel --all", "cancel --all") { $0.bulk = bulk(["L12"]) },
    .good("cancel --all", "cancel --all") { $0.bulk = bulk([]) },
    .good("retry --all", "retry --all") { $0.bulk = bulk(["L12"]) },
    .good("retry --all", "retry --all") { $0.bulk = bulk([]) },
  ]

  private static func bulk(_ loops: [String], changed: Bool? = nil) -> BulkView {
    BulkView(items: loops.map { BulkItemView(loop: $0, ok: true, error: nil) }, changed: changed)
  }

  static let local: [CommandCase] = [
    .good("version", "version"), .good("config get server.port", "config get", file: file),
    .good("config get server", "config get <section>"), .good("config set server.port 7400", "config set"),
    .good("config set server.port 7400", "config set", file: file),
    .good("config unset server.port", "config unset", file: file),
    .good("config check", "config check", file: file),
    .good("config path", "config path", file: file), .good("config path", "config path"),
    .good("config init", "config init"),
    .good("config edit", "config edit", file: file, variables: ["EDITOR": "true"]),
  ]

  static let refused: [CommandCase] = [
    .bad("statsu", 2), .bad("help statsu", 2), .bad("status --config /nowhere/looper.toml", 2),
    .bad("why", 2), .bad("status --frob", 2), .bad("run not-an-address", 2),
    .bad("run acme/app#34 --vendor clippy", 2), .bad("adopt https://github.com/acme/app/issues/34", 2),
    .bad("usage --days 0", 2),
    .bad("config get server.prot", 2), .bad("config set server.port x", 2),
    .bad("serve --set server.prot=1", 2),
    .bad("completions tcsh", 2), .bad("why L99", 4), .bad("run logs x", 4), .bad("queue bump 8", 4),
    .bad("project show acme/none", 4), .bad("config unset server.port", 4), .bad("daemon logs", 4),
    .bad("daemon uninstall", 4), .bad("pause L13", 5), .bad("retry --all", 5), .bad("run retry R34", 5),
    .bad("upgrade --check", 5),
    .bad("daemon install", 5),
  ]

  static let all = asking + controlling + local + refused

  /// The records of the golden file by their first line; cases with the same line follow one another.
  private static func records() throws -> [String] {
    let text = try String(contentsOf: golden, encoding: .utf8)
    return text.components(separatedBy: "\n\n").filter { !$0.isEmpty }
  }

  @Test("every command line does what the golden file says", arguments: Array(all.indices))
  func lines(index: Int) async throws {
    guard !Self.isUpdating else { return }
    let example = Self.all[index]
    let record = try await example.record()
    let records = try Self.records()
    try #require(records.count == Self.all.count, "write the golden file anew: UPDATE_REFERENCE=1")
    #expect(record == records[index] + "\n")
    #expect(record.contains("= \(example.status)\n"))
  }

  @Test("the golden file and the page are written anew when asked for")
  func update() async throws {
    guard Self.isUpdating else { return }
    var text = ""
    for example in Self.all { text += try await example.record() + "\n" }
    try Data(text.utf8).write(to: Self.golden)
    try Data(try CommandShapePage.markdown().utf8).write(to: Self.page)
  }

  @Test("every command has its shape on the page, and the page is up to date")
  func page() async throws {
    guard !Self.isUpdating else { return }
    #expect(try String(contentsOf: Self.page, encoding: .utf8) == (try CommandShapePage.markdown()))
    let known = Set(CommandShape.table.map(\.command))
    let leaves = try await CommandTreeTests.leaves().map(\.testDescription)
    #expect(leaves.filter { !known.contains($0) && !["chaos", "simulate"].contains($0) } == [])
    let api = try OpenAPIDocument.document()["components"]?["schemas"]?.objectValue ?? [:]
    for shape in CommandShape.table {
      // A type of the API is described there as it is here.
      for (name, schema) in try shape.schema().types where api[name] != nil { #expect(api[name] == schema) }
    }
  }

  @Test("every command of the list is in the table")
  func isComplete() {
    let shown = Set(Self.all.filter { $0.status == 0 }.compactMap(\.shape))
    // Run through the built program as well, with what they need besides: here below, in BuiltFollowingTests (somebody
    // who ends them), BuiltDaemonTests (a machine), BuiltUpgradeTests and UpgradeDaemonTests (packages); the demo is
    // what `scripts/demo` runs.
    let elsewhere = [
      "config view", "completions", "doctor", "events --follow", "run start --watch", "serve",
      "daemon install",
      "daemon uninstall", "daemon start", "daemon stop", "daemon restart", "daemon logs", "upgrade", "demo",
    ]
    #expect(CommandShape.table.map(\.command).filter { !shown.contains($0) && !elsewhere.contains($0) } == [])
  }

  @Test(
    "every error of the daemon has its exit status, as text and as JSON", arguments: LooperError.Code.allCases
  )
  func errors(code: LooperError.Code) async throws {
    try await CommandScene.with { scene in
      scene.operations.change { $0.failure = LooperError(code, "because of \(code.rawValue)") }
      let (text, json) = try await ServedOperations.serving(scene.operations, at: scene.socket) { _, _ in
        let built = BuiltCommand(scene: scene)
        return (try await built.run(["status"]), try await built.run(["status", "--json"]))
      }
      #expect(
        text == .init(status: code.exitStatus, output: "", error: "error: because of \(code.rawValue)\n"))
      let envelope =
        "{\"error\":{\"code\":\"\(code.rawValue)\",\"message\":\"because of \(code.rawValue)\"},\"ok\":false}\n"
      #expect(json == .init(status: code.exitStatus, output: "", error: envelope))
    }
  }

  @Test("without a daemon everything that asks it is 3 and names the socket")
  func noDaemon() async throws {
    try await CommandScene.with { scene in
      let text = "error: no daemon answers on ~/.looper/looper.sock; start one with `looper serve`\n"
      let built = try await BuiltCommand(scene: scene).run(["status"])
      #expect(built == .init(status: 3, output: "", error: text))
      for example in (Self.asking + Self.controlling).filter({ $0.words.first != "daemon" }) {
        let result = await scene.run(example.words)
        #expect(result == .init(status: 3, output: "", error: text))
      }
    }
  }

  @Test("what is as long as the configuration or the command tree is the same as in this process")
  func long() async throws {
    try await CommandScene.with { scene in
      for line in [["config", "view", "--origin"], ["config", "view", "--json"]] {
        let built = try await BuiltCommand(scene: scene).run(line)
        let expected = await scene.run(line)
        #expect(built == expected)
      }
      let script = try await BuiltCommand(scene: scene).run(["completions", "bash", "--json"])
      #expect(script.status == 0)
      #expect(try CommandShape.table.first { $0.command == "completions" }?.problems(script.output) == [])
    }
  }

  @Test("the doctor's report is sound or not, and has its shape either way")
  func doctor() async throws {
    try await CommandScene.with { scene in
      let result = try await BuiltCommand(scene: scene).run(["doctor", "--json"])
      #expect([0, 1].contains(result.status))
      #expect(try CommandShape.table.first { $0.command == "doctor" }?.problems(result.output) == [])
    }
  }
}
