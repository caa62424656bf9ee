import Foundation
import Testing

@testable import Looper

@Suite("A secret that an agent was handed and repeats is shown nowhere", .serialized)
struct SecretsShownTests {
  private static let secret = "hunter2-of-the-operator"

  /// Says what it must not wherever somebody listens, and fails.
  private static let agent = """
    #!/bin/sh
    echo "{\\"type\\":\\"progress\\",\\"message\\":\\"deploying with $DEPLOY_CODE\\"}"
    echo "export DEPLOY_CODE=$DEPLOY_CODE"
    echo "cannot deploy with $DEPLOY_CODE" >&2
    exit 1

    """

  /// Everything that shows something about a loop, its run, or the machine.
  private static let commands = [
    "status", "loops", "inspect L1", "inspect R1", "why L1", "failures", "run list", "run logs R1", "events",
    "daemon logs --kind run", "queue list", "doctor", "config view", "worktree list",
  ]

  @Test("by no command, as text or as JSON, and not in the daemon's log", .timeLimit(.minutes(5)))
  func shown() async throws {
    try await EndToEndScene.run { scene in
      try await scene.forge.createRepository("demo/secrets")
      let issue = try await scene.forge.createIssue(in: "demo/secrets", title: "Do it", as: DemoSample.owner)
      try FileManager.default.createDirectory(
        atPath: "\(scene.directory.path)/notes", withIntermediateDirectories: true)
      try scene.configure(projects: [("demo/secrets", nil)], agent: Self.agent)
      let text = try String(contentsOfFile: scene.directory.configuration, encoding: .utf8)
        .replacing("[agent]\n", with: "[agent]\nattempts = 1\nenv = [\"DEPLOY_CODE\"]\n")
        .replacing("[daemon]\n", with: "[daemon]\nlog-level = \"trace\"\n")
      try scene.directory.write(text, to: scene.directory.configuration)
      try await scene.start(["DEPLOY_CODE": Self.secret])
      try await scene.forge.addLabel("looper:implement", to: issue, in: "demo/secrets", as: DemoSample.owner)
      try await scene.event(.loopBlocked)
      let kept = try await scene.shell("grep -rlF '\(Self.secret)' '\(scene.directory.transcripts)' | wc -l")
      #expect(kept.trimmingCharacters(in: .whitespacesAndNewlines) == "2", "the agent's own files keep it")
      let said = try await scene.shell(
        """
        export LOOPER_CONFIG='\(scene.directory.configuration)' DEPLOY_CODE='\(Self.secret)'
        while read -r line; do
          for form in '' --json; do '\(ShimLocation.executablePath)' $line $form 2>&1 </dev/null || true; done
        done <<END
        \(Self.commands.joined(separator: "\n"))
        END
        """)
      #expect(!said.contains(Self.secret))
      let blots = String(repeating: "*", count: Self.secret.count)
      #expect(said.contains("\nexport DEPLOY_CODE=\(blots)\n"), "the transcript is shown")
      #expect(said.components(separatedBy: blots).count > 4)
      let log = try String(contentsOfFile: scene.directory.daemonLog, encoding: .utf8)
      #expect(!log.isEmpty && !log.contains(Self.secret))
    }
  }
}
