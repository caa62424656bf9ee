import Foundation
import Testing

@testable import Looper

@Suite("The README's quick start, typed as it stands against a GitHub of its own, starts a loop", .serialized)
struct QuickStartTests {
  /// The lines for the second terminal, where the daemon of `looper serve` runs in the first.
  private static var lines: [String] {
    let all = DocumentedCommand.shellLines(of: "README.md")
    let begin = all.firstIndex { $0.hasPrefix("looper project add") } ?? all.endIndex
    return Array(all[begin...].prefix { $0.hasPrefix("looper ") || $0.hasPrefix("gh ") })
  }

  @Test("a project, a label, an issue, a look, and what happens until Ctrl-C", .timeLimit(.minutes(5)))
  func quickStart() async throws {
    try #require(Self.lines.count == 5)
    try await EndToEndScene.run { scene in
      try await scene.forge.createRepository("owner/name")
      try await scene.forge.setPermission(.write, of: DemoSample.owner, in: "owner/name")
      for number in 1...12 {
        _ = try await scene.forge.createIssue(
          in: "owner/name", title: "Issue \(number)", as: DemoSample.owner)
      }
      try FileManager.default.createDirectory(
        atPath: "\(scene.directory.path)/notes", withIntermediateDirectories: true)
      try scene.configure(projects: [], agent: "#!/bin/sh\nexit 1\n")
      try await scene.start()
      let variables = [
        "LOOPER_TEST_NOW": "", "LOOPER_CONFIG": scene.directory.configuration,
        "GH_CONFIG_DIR": scene.directory.gh, "GH_TOKEN": DemoSample.token,
      ]
      let typed = Self.lines.map { line in
        guard line.hasPrefix("looper ") else { return "echo '$ \(line)'; \(line) >&2; echo \"= $?\"\n" }
        let words = line.dropFirst("looper ".count)
        return line.hasSuffix("--follow") ? "begin \(words); hear; signal INT; end\n" : "run \(words)\n"
      }
      let text = try await BuiltScript(CommandScene(home: scene.directory.path), variables: variables)
        .text(typed.joined())
      let ends = text.split(separator: "\n").filter { $0.hasPrefix("$ ") || $0.hasPrefix("= ") }
      let expected = Self.lines.flatMap { ["$ \($0)", $0.hasSuffix("--follow") ? "= 130" : "= 0"] }
      #expect(ends.map(String.init) == expected, "\(text)")
      let event = try await scene.event(.loopStarted)
      #expect(event.project == "owner/name")
      let loop = try await scene.client { try await $0.loop("L1") }
      #expect(loop.subject.number == 12 && loop.phase == "plan")
    }
  }
}
