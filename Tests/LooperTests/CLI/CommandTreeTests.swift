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
  private static func leaves() async throws -> [Leaf] {
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
