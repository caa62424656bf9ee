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

  /// Commands that go on until they are stopped, change this machine or ask the network.
  static let left = ["serve", "demo", "daemon", "upgrade", "doctor"]
  static let leftWords = ["--follow", "--watch", "edit"]

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

  @Test(
    "every command line that needs neither network nor machine does what it says",
    arguments: commands.filter { command in
      command.isWhole && !left.contains(command.words.first ?? "")
        && !command.words.contains(where: leftWords.contains)
    })
  func runs(command: DocumentedCommand) async throws {
    try await CommandScene.with { scene in
      scene.operations.change {
        $0.loops = [Sample.loop(), Sample.loop(id: "L1")]
        $0.projects = [Sample.project(), Sample.project("owner/name")]
        var run = Sample.run(state: "failed")
        run.endedAt = Sample.now
        $0.runs = [run]
      }
      try FileManager.default.createDirectory(atPath: "\(scene.home)/.git", withIntermediateDirectories: true)
      let origin = "[remote \"origin\"]\n  url = https://github.com/acme/app\n"
      try scene.write(origin, to: "\(scene.home)/.git/config")
      let result = try await ServedOperations.serving(
        scene.operations, at: "\(scene.home)/.looper/looper.sock"
      ) { _, _ in await scene.run(command.words) }
      // The pretended daemon knows one loop and one run: what it does not know is not found.
      #expect([0, 4].contains(result.status), "\(command.testDescription): \(result.error)")
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
