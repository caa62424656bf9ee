import ArgumentParser
import Foundation
import Testing

@testable import Looper

@Suite("The command tree is whole, and every command of it speaks JSON and explains itself")
struct CommandTreeTests {
  /// A command without subcommands.
  struct Leaf: Sendable, CustomTestStringConvertible {
    var path: [String]
    var json: JSONValue
    var testDescription: String { path.joined(separator: " ") }
  }

  /// What must be there: the list people were promised.
  private static let promised = [
    "serve", "status", "run start", "run list", "run cancel", "run logs", "run retry", "queue list",
    "queue clear",
    "queue bump", "loops", "pause", "resume", "cancel", "takeover", "handback", "answer", "adopt", "retry",
    "inspect",
    "why", "failures", "project add", "project list", "project show", "project remove", "project sync",
    "config get",
    "config set", "config unset", "config view", "config edit", "config check", "config path", "config init",
    "events",
    "worktree list", "worktree cleanup", "doctor", "upgrade", "version", "completions",
  ]

  /// The tree as looper prints it for tools.
  static func leaves() async throws -> [Leaf] {
    try await CommandScene.with { scene in
      let result = await scene.run("--experimental-dump-help")
      let tree = try JSONDecoder().decode(JSONValue.self, from: Data(result.output.utf8))
      return leaves(of: try #require(tree["command"]), path: [])
    }
  }

  private static func leaves(of command: JSONValue, path: [String]) -> [Leaf] {
    let children = (command["subcommands"]?.arrayValue ?? []).filter {
      $0["commandName"]?.stringValue != "help"
    }
    if children.isEmpty { return [Leaf(path: path, json: command)] }
    return children.flatMap { leaves(of: $0, path: path + [$0["commandName"]?.stringValue ?? ""]) }
  }

  @Test("every promised command is there")
  func promised() async throws {
    let found = Set(try await Self.leaves().map(\.testDescription))
    #expect(Self.promised.filter { !found.contains($0) } == [])
  }

  @Test("help on every level ends with an example that is a command line of that very level")
  func examples() async throws {
    try Self.forEachCommand(LooperCommand.self, path: []) { command, path in
      let discussion = command.configuration.discussion
      let example = try #require(
        discussion.split(separator: "\n").last?.firstMatch(of: /^Example: (?:[A-Z]+=\S+ )?looper (.*)$/)?.1,
        "looper \(path.joined(separator: " ")) has no example")
      let words = example.matches(of: /"([^"]*)"|(\S+)/).map { String($0.1 ?? $0.2 ?? "") }
      #expect(throws: Never.self, "\(example)") { _ = try LooperCommand.parseAsRoot(words) }
      // `run <url>` is `run start <url>` for short.
      let shown = path.last == "start" && path.first == "run" ? Array(path.dropLast()) : path
      #expect(Array(words.prefix(shown.count)) == shown)
    }
  }

  private static func forEachCommand(
    _ command: any ParsableCommand.Type, path: [String],
    _ body: (any ParsableCommand.Type, [String]) throws -> Void
  ) throws {
    try body(command, path)
    for child in command.configuration.subcommands {
      try forEachCommand(child, path: path + [child.configuration.commandName ?? ""], body)
    }
  }

  @Test("every command takes --json, --config, --set and --color, and says what it is for")
  func options() async throws {
    for leaf in try await Self.leaves() {
      let arguments = leaf.json["arguments"]?.arrayValue ?? []
      let names = arguments.compactMap { $0["preferredName"]?["name"]?.stringValue }
      for name in ["json", "config", "set", "color", "help"] {
        #expect(names.contains(name), "\(leaf.testDescription) has no --\(name)")
      }
      #expect(leaf.json["abstract"]?.stringValue?.hasSuffix(".") == true, "\(leaf.testDescription)")
      for argument in arguments where argument["shouldDisplay"]?.boolValue == true {
        let text = argument["abstract"]?.stringValue ?? ""
        #expect(!text.isEmpty, "\(leaf.testDescription): \(argument["valueName"]?.stringValue ?? "")")
      }
    }
  }
}
