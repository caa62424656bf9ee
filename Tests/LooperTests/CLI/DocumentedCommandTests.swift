import ArgumentParser
import Foundation
import Testing

@testable import Looper

@Suite("What the pages tell people to type works as it stands")
struct DocumentedCommandTests {
  private static let pages = TidyPackage.files.filter { path in
    path == "README.md" || path.hasPrefix("docs/") && path.hasSuffix(".md")
  }

  static let commands: [DocumentedCommand] = pages.flatMap { page in
    DocumentedCommand.all(in: TidyPackage.text(of: page) ?? "", page: page)
  }

  /// Commands that stay or change the machine, and who types them through the built program.
  static let elsewhere = [
    "daemon": "BuiltDaemonTests, BuiltFollowingTests", "demo": "BuiltDaemonTests",
    "serve": "BuiltDaemonTests",
    "upgrade": "BuiltUpgradeTests, UpgradeDaemonTests",
  ]

  /// The different ones that are run here.
  static let runnable: [DocumentedCommand] = {
    var seen: Set<[String]> = []
    return commands.filter { elsewhere[$0.words.first ?? ""] == nil && seen.insert($0.words).inserted }
  }()

  @Test("the pages were read and show commands")
  func pagesAreRead() {
    #expect(Self.pages.contains("README.md") && Self.pages.contains("docs/operations.md"))
    #expect(Self.commands.count > 40)
  }

  @Test("every command line is one that looper understands", arguments: commands)
  func parses(command: DocumentedCommand) async throws {
    let name = command.words.first ?? ""
    let known = LooperCommand.configuration.subcommands.map { $0.configuration.commandName ?? "" }
    try #require(known.contains(name) || name.hasPrefix("-"), "\(command.testDescription)")
    do {
      _ = try LooperCommand.parseAsRoot(command.words)
    } catch {
      // A group by its own name shows its help.
      if LooperCommand.exitCode(for: error).isSuccess { return }
      let message = CommandSuggestion.error(for: command.words)?.message ?? LooperCommand.message(for: error)
      let isIncomplete = !["nknown", "nexpected"].contains { message.contains($0) }
      #expect(isIncomplete && !command.isWhole, "\(command.testDescription): \(message)")
    }
  }

  @Test("every command line that is given whole does what it says", arguments: runnable)
  func runs(command: DocumentedCommand) async throws {
    // What lacks an argument is a name of the command, in a text.
    guard let parsed = try? LooperCommand.parseAsRoot(command.words), !Self.isGroup(parsed) else { return }
    try await CommandScene.with { scene in
      try Self.furnish(scene)
      let result = try await ServedOperations.serving(scene.operations, at: scene.socket) { _, _ in
        try await withThrowingTaskGroup(of: CommandScene.Result?.self) { group in
          group.addTask {
            let isFollowing = command.words.contains { $0.hasSuffix("follow") }
            return await scene.run(
              command.words, variables: ["EDITOR": "true", "PATH": "/usr/bin:/bin"],
              in: .init(closingAfter: isFollowing ? "event 1" : nil))
          }
          group.addTask {
            while command.words.contains("--watch"), scene.operations.read({ $0.hints.isEmpty }) {
              await Task.yield()
            }
            scene.operations.record([Sample.event(2, kind: "loop.ready")])
            return nil
          }
          while let ended = try await group.next() { if let ended { return ended } }
          throw CancellationError()
        }
      }
      // The pretended daemon knows one loop and one run: what it does not know is not found. A doctor may find something.
      let answers: [Int32] = command.words == ["doctor"] ? [0, 1] : [0, 4]
      #expect(answers.contains(result.status), "\(command.testDescription): \(result.error)")
    }
  }

  private static func isGroup(_ command: any ParsableCommand) -> Bool {
    !type(of: command).configuration.subcommands.isEmpty
  }

  private static func furnish(_ scene: CommandScene) throws {
    scene.operations.change {
      $0.loops = [Sample.loop(), Sample.loop(id: "L1")]
      $0.projects = [Sample.project(), Sample.project("owner/name")]
      $0.bulk = BulkView(items: [])
      $0.events = [Sample.event(1)]
      var run = Sample.run(state: "failed")
      run.endedAt = Sample.now
      $0.runs = [run]
    }
    try FileManager.default.createDirectory(atPath: "\(scene.home)/.git", withIntermediateDirectories: true)
    let origin = "[remote \"origin\"]\n  url = https://github.com/acme/app\n"
    try scene.write(origin, to: "\(scene.home)/.git/config")
  }

  @Test("every line of a shell block is typed by some test, but for the one that asks a person to log in")
  func everyLine() {
    let pages: [String: [String]] = [
      // Typed whole, by OperationsPageTests and AgentProtocolDocumentTests.
      "docs/operations.md": [""], "docs/agent-protocol.md": [""],
      // Here, in QuickStartTests, DocumentedScriptTests and OperationsPageTests.
      "README.md": ["looper ", "gh label create ", "gh issue edit ", "scripts/", ".ci/run", "curl "],
    ]
    for page in Self.pages {
      for line in DocumentedCommand.shellLines(of: page) where line != "gh auth login" {
        #expect((pages[page] ?? []).contains { line.hasPrefix($0) }, "\(page): \(line)")
      }
    }
  }

  @Test("every script a page names is there and can be run")
  func scripts() throws {
    for page in Self.pages {
      let text = TidyPackage.text(of: page) ?? ""
      for match in text.matches(of: /(?:scripts\/|\.ci\/)[a-z][a-z-]*(?:\.[a-z]+)?/) {
        let path = String(match.0)
        let full = TidyPackage.root.appending(path: path).path
        #expect(FileManager.default.fileExists(atPath: full), "\(page) names \(path)")
      }
    }
  }

  @Test(
    "command lines are found in blocks and in text, with examples for placeholders",
    arguments: [
      ("see `looper why <loop>` and `why`", [["why", "L12"]]),
      ("`looper pause`, `looper queue list|clear`", [["pause"], ["queue", "list"], ["queue", "clear"]]),
      ("```sh\nlooper run list --limit 5   # the last\ncd looper\n```", [["run", "list", "--limit", "5"]]),
      ("```toml\nlooper = 1\n```\n`looper loops [--state S]`", [["loops"]]),
      ("```sh\nlooper config view | less\n```", [["config", "view"]]), ("looper runs", []),
    ] as [(String, [[String]])])
  func finds(text: String, expected: [[String]]) {
    #expect(DocumentedCommand.all(in: text, page: "p").map(\.words) == expected)
  }
}
