import Foundation
import Testing

@testable import Looper

@Suite(
  "The doctor finds each agent that may do work, its version and login, and starts it without cost",
  .serialized)
struct DoctorAgentsTests {
  /// What the agents on PATH say; `$HOME/asked` gets a line for every call.
  private static let agent = """
    echo "$(basename $0) $* ${ANTHROPIC_API_KEY-}${CODEX_HOME-}" >> "$HOME/asked"
    """

  private func findings(
    in scene: CommandScene, _ configuration: String, scripts: [String: String],
    variables: [String: String] = [:]
  ) async throws -> [String: DoctorFinding] {
    for (name, body) in scripts {
      try scene.write("#!/bin/sh\n\(Self.agent)\n\(body)\n", to: "\(scene.home)/bin/\(name)", mode: 0o700)
    }
    try scene.write(configuration, to: scene.file)
    let environment = ["PATH": "\(scene.home)/bin:/usr/bin:/bin", "HOME": scene.home]
      .merging(variables) { $1 }
    let commands = CommandRunner(
      shim: ShimLauncher(
        executablePath: ShimLocation.executablePath, scratchDirectory: scene.home, tag: [:]))
    let doctor = Doctor(
      sources: ConfigurationSources(
        environment: [:], homeDirectory: scene.home, currentDirectory: scene.home),
      probe: DoctorProbe(commands: commands, environment: environment), files: DoctorFiles(),
      time: FixedTime(), daemon: { _ in nil })
    let loaded = try ConfigurationLoader.load(doctor.sources)
    let found = await doctor.agents(Doctor.Scene(loaded: loaded, problems: []))
    #expect(Set(found.map(\.code)).count == found.count)
    #expect(found.filter { $0.status == .failed || $0.status == .warning }.allSatisfy { $0.fix != nil })
    return Dictionary(found.map { ($0.code, $0) }) { $1 }
  }

  private func asked(_ scene: CommandScene) -> [String] {
    ((try? String(contentsOfFile: "\(scene.home)/asked", encoding: .utf8)) ?? "")
      .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  @Test("every vendor of a role, a project and a substitute is looked at once, with its own variables")
  func everyUse() async throws {
    try await CommandScene.with { scene in
      let found = try await findings(
        in: scene,
        """
        [sandbox]
        mode = "off"
        [agent]
        fallback = ["opencode"]
        [[projects]]
        name = "o/r"
        [projects.agent.roles.worker]
        vendor = "codex"
        [projects.agent.roles.fixer]
        vendor = "custom"
        command = ["/bin/none"]
        """,
        scripts: [
          "claude": "echo 2.1.0",
          "codex": "case $1 in login) echo 'Logged in using ChatGPT' ;; *) echo codex 0.1 ;; esac",
        ], variables: ["ANTHROPIC_API_KEY": "key", "CODEX_HOME": "/codex"])
      #expect(found["agent-planner"]?.message == "claude-code 2.1.0")
      #expect(found["agent-worker-o/r"]?.message == "codex codex 0.1")
      #expect(found["agent-planner-o/r"] == nil)
      #expect(found["agent-fixer-o/r"]?.message == "there is no /bin/none for custom")
      #expect(found["agent-fallback-opencode"]?.message == "there is no opencode for opencode")
      #expect(found["agent-fallback-opencode"]?.fix == "npm install -g opencode-ai")
      #expect(found["agent-login-claude-code"]?.message == "ANTHROPIC_API_KEY is set")
      #expect(found["agent-login-codex"]?.message == "Logged in using ChatGPT")
      #expect(found["agent-start-codex"]?.message == "starts; sandbox.mode is off, so nothing holds it")
      #expect(
        asked(scene).sorted() == [
          "claude --version key", "codex --version /codex", "codex login status /codex",
        ])
    }
  }

  @Test(
    "whoever only a role's substitutes, a project's or a table of his own name is looked at as he would be run"
  )
  func mentioned() async throws {
    try await CommandScene.with { scene in
      let found = try await findings(
        in: scene,
        """
        [sandbox]
        mode = "off"
        [agent.roles.worker]
        vendor = "codex"
        command = ["codex-of-the-worker"]
        [agent.roles.reviewer]
        fallback = ["codex"]
        [agent.vendors.opencode]
        command = ["my-opencode"]
        [agent.vendors.cursor]
        model = "m"
        [agent.vendors.claude-code]
        model = "opus"
        [[projects]]
        name = "o/r"
        [projects.agent.roles.worker]
        fallback = ["opencode", "codex"]
        [agent.vendors.custom]
        command = ["\(scene.home)/bin/mine"]
        """,
        scripts: [
          "claude": "echo 1", "codex": "echo 2", "codex-of-the-worker": "echo 3", "my-opencode": "echo 4",
          "mine": "exit 7",
        ])
      let others = ["agent-login-", "agent-links-"]
      let told = found.filter { check in
        check.key.hasPrefix("agent-") && !others.contains(where: check.key.hasPrefix)
      }.mapValues(\.message)
      let held = "; sandbox.mode is off, so nothing holds it"
      #expect(
        told == [
          "agent-planner": "claude-code 1", "agent-reviewer": "claude-code 1", "agent-fixer": "claude-code 1",
          "agent-worker": "codex 3", "agent-fallback-codex": "codex 2", "agent-fallback-codex-2": "codex 3",
          "agent-fallback-opencode": "opencode 4", "agent-vendor-custom": "custom \(scene.home)/bin/mine",
          "agent-vendor-cursor": "there is no cursor-agent for cursor",
          "agent-start-claude-code": "starts\(held)", "agent-start-codex": "starts\(held)",
          "agent-start-codex-2": "starts\(held)", "agent-start-opencode": "starts\(held)",
          "agent-start-custom": "is there and can be run, but was not\(held)",
        ])
      // Nobody knows what an agent of one's own does when it is started.
      #expect(!asked(scene).contains { $0.hasPrefix("mine") })
    }
  }

  @Test("a login is a variable, a file where the vendor keeps it, or what the vendor says")
  func logins() async throws {
    try await CommandScene.with { scene in
      let configuration = """
        [sandbox]
        mode = "off"
        [agent]
        vendor = "opencode"
        [agent.roles.worker]
        vendor = "codex"
        [agent.roles.reviewer]
        vendor = "claude-code"
        [agent.roles.fixer]
        vendor = "codex"
        command = ["codex", "--oss"]
        """
      let scripts = [
        "opencode": "echo 1", "claude": "echo 2",
        "codex": "[ \"$*\" = 'login status' ] && { echo 'Not logged in' >&2; exit 1; }; echo 3",
      ]
      try scene.write("{}", to: "\(scene.home)/data/opencode/auth.json")
      let found = try await findings(
        in: scene, configuration, scripts: scripts, variables: ["XDG_DATA_HOME": "\(scene.home)/data"])
      #expect(found["agent-login-opencode"]?.message == "\(scene.home)/data/opencode/auth.json")
      #expect(found["agent-login-codex"]?.message == "codex is not logged in: Not logged in")
      #expect(found["agent-login-codex"]?.fix == "codex login")
      #expect(found["agent-login-codex-2"]?.status == .skipped)
      let claude = found["agent-login-claude-code"]
      #expect(
        claude?.message
          == "no login of claude-code found: no \(scene.home)/.claude/.credentials.json")
      #expect(claude?.status == .warning && claude?.fix == "claude auth login")
    }
  }

  @Test("an agent that the sandbox would hide is found before its first session")
  func sandboxed() async throws {
    try await CommandScene.with { scene in
      let hidden = "\(scene.home)/.aws/agent"
      try scene.write("#!/bin/sh\ncat \"$HOME/.aws/part\" && echo 1.0\n", to: hidden, mode: 0o700)
      try scene.write("part\n", to: "\(scene.home)/.aws/part")
      let found = try await findings(
        in: scene,
        """
        [agent]
        command = ["\(hidden)"]
        [agent.roles.worker]
        vendor = "custom"
        command = ["\(scene.home)/bin/mine"]
        """, scripts: ["mine": "exit 7"])
      #expect(found["agent-planner"]?.message == "claude-code part")
      let start = try #require(found["agent-start-claude-code"])
      #expect(start.status == .failed)
      #expect(start.fix == "looper config set sandbox.show '[\"\(scene.home)/.aws\"]'")
      #expect(
        found["agent-start-custom"]?.message == "is there in the sandbox and can be run, but was not")
      // Nobody knows what an agent of one's own does when it is started.
      #expect(asked(scene) == [])
    }
  }

  @Test("a link in the place of what commands sessions is told, for nothing can hold it")
  func links() async throws {
    try await CommandScene.with { scene in
      let (kept, place) = ("\(scene.home)/dotfiles/settings.json", "\(scene.home)/.claude/settings.json")
      try scene.write("{}\n", to: kept)
      try scene.write("words\n", to: "\(scene.home)/.claude/CLAUDE.md")
      try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: kept)
      let agents = "[agent.roles.worker]\nvendor = \"codex\"\n"
      let scripts = ["claude": "echo 1", "codex": "echo 2"]
      let found = try await findings(in: scene, agents, scripts: scripts)
      let links = try #require(found["agent-links-claude-code"])
      #expect(links.status == .warning)
      #expect(links.message.contains("in the place of \(place), for"))
      #expect(found["agent-links-codex"]?.status == .ok)
      // The fix does what it says.
      let fix = try #require(links.fix)
      let answer = await DoctorProbe(
        commands: CommandRunner(
          shim: ShimLauncher(
            executablePath: ShimLocation.executablePath, scratchDirectory: scene.home, tag: [:])),
        environment: ["PATH": "/usr/bin:/bin"]
      ).run(
        Command(
          executable: "/bin/sh", arguments: ["-c", fix], environment: ["PATH": "/usr/bin:/bin"],
          workingDirectory: "/"))
      #expect(answer == .output(""))
      #expect(!DoctorFiles().isLink(place))
      #expect(try String(contentsOfFile: place, encoding: .utf8) == "{}\n")
      let again = try await findings(in: scene, agents, scripts: scripts)
      #expect(again["agent-links-claude-code"]?.status == .ok)
    }
  }

  @Test("a list of secrets that others can read is told")
  func secretsFile() async throws {
    try await CommandScene.with { scene in
      try scene.write("word\n", to: "\(scene.home)/secrets", mode: 0o644)
      let found = try await findings(
        in: scene, "[trust]\nsecrets-file = \"~/secrets\"\n", scripts: ["claude": "echo 1"])
      #expect(found["secrets-file"]?.status == .failed)
      #expect(found["secrets-file"]?.fix == "chmod 600 \(scene.home)/secrets")
    }
  }
}
