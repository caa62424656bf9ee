import Foundation
import Testing

@testable import Looper

@Suite("a sandbox that was asked for and cannot start is an error with a name, never a silent fallback")
struct SandboxTests {
  private func sandbox(_ mode: SandboxSettings.Mode, in scene: ProcessScene, searchPath: String) -> Sandbox {
    var settings = SandboxSettings()
    settings.mode = mode
    let fixed = settings
    return Sandbox(
      bubblewrap: Bubblewrap(
        commands: CommandRunner(shim: scene.launcher), searchPath: searchPath, time: SystemTime()),
      places: SandboxPlaces(
        home: "/nowhere", layout: GitLayout(dataDirectory: "/nowhere"), own: [], environment: [:]),
      settings: { fixed })
  }

  private static let missing = "bwrap not found; install bubblewrap, or set sandbox.mode to off"

  @Test("without bwrap, require fails, prefer goes on and says so, off says nothing")
  func missing() async throws {
    try await ProcessScene.with { scene in
      let command = scene.shell("true")
      let required = sandbox(.require, in: scene, searchPath: scene.directory)
      await #expect(throws: Failure(.needsHuman, "sandbox.mode is require, but \(Self.missing)")) {
        try await required.wrapValidation(command, in: "/nowhere")
      }
      #expect(await required.health() == .refusing(Self.missing))
      let preferred = sandbox(.prefer, in: scene, searchPath: scene.directory)
      let bare = try await preferred.wrapValidation(command, in: "/nowhere")
      #expect(bare == command)
      #expect(await preferred.health() == .missing(Self.missing))
      #expect(await sandbox(.off, in: scene, searchPath: scene.directory).health() == .off)
    }
  }

  @Test("a bwrap that does not work is told with its own words")
  func broken() async throws {
    try await ProcessScene.with { scene in
      let path = scene.path("bwrap")
      let isWritten = FileManager.default.createFile(
        atPath: path, contents: Data("#!/bin/sh\necho 'bwrap: No permissions' >&2; exit 1\n".utf8),
        attributes: [.posixPermissions: 0o700])
      #expect(isWritten)
      let reason =
        "\(path) does not work here (bwrap: No permissions); install bubblewrap, or set sandbox.mode to off"
      #expect(await sandbox(.require, in: scene, searchPath: scene.directory).health() == .refusing(reason))
    }
  }

  @Test("a bwrap that fails once is tried once more, and then believed")
  func retried() async throws {
    try await ProcessScene.with { scene in
      let script = """
        #!/bin/sh
        echo x >> '\(scene.path("tries"))'; [ $(wc -l < '\(scene.path("tries"))') -ge 2 ] || exit 1
        """
      let isWritten = FileManager.default.createFile(
        atPath: scene.path("bwrap"), contents: Data(script.utf8), attributes: [.posixPermissions: 0o700])
      #expect(isWritten)
      let preferred = sandbox(.prefer, in: scene, searchPath: "\(scene.directory):/usr/bin:/bin")
      #expect(await preferred.health() == .on)
      #expect(await preferred.health() == .on)
      let tries = try String(contentsOfFile: scene.path("tries"), encoding: .utf8)
      #expect(tries == "x\nx\n")
    }
  }

  @Test("a session that runs without the preferred sandbox says so, once")
  func unsandboxed() async throws {
    try await VendorBench.with(.custom, script: VendorBench.work(replaying: nil)) { bench in
      var settings = SandboxSettings()
      settings.mode = .prefer
      let fixed = settings
      let old = bench.sessions.sandbox
      let bubblewrap = Bubblewrap(
        commands: CommandRunner(shim: bench.sessions.runner.launcher), searchPath: bench.root,
        time: SystemTime())
      let sessions = VendorSessions(
        runner: bench.sessions.runner,
        sandbox: Sandbox(bubblewrap: bubblewrap, places: old.places, settings: { fixed }),
        configuration: bench.sessions.configuration)
      let settle: (inout EngineSettings) -> Void = {
        $0.terms = { _, _ in ClaimTerms(vendor: .custom, model: nil) }
      }
      try await EngineScene.with(sessions: sessions, settle: settle) { scene in
        try await scene.watch()
        try await scene.forge.addLabel("looper:implement", to: 1, in: ForgeScene.repository, as: "alice")
        _ = try await scene.rounds(until: { $0.phase == .ready }, most: 100)
        let events = try await scene.store.events(after: 0, limit: 10_000)
        let said = events.filter { $0.kind == .agentUnsandboxed }.map(\.message)
        #expect(said.count == events.count { $0.kind == .agentStarted })
        #expect(Set(said) == ["runs without a sandbox: \(Self.missing)"])
      }
    }
  }

  @Test("a session in the sandbox follows the protocol as it does without")
  func session() async throws {
    try await AgentBench.withBench { bench in
      try await ProcessScene.with { scene in
        var spec = bench.spec(
          """
          cat > seen; cmp -s seen "$LOOPER_PROMPT_FILE" || exit 9; grep -q protocol "$LOOPER_CONTEXT_FILE" || exit 8
          touch "$TMPDIR/x" /tmp/y || exit 7; echo '{"summary":"s"}' > "$LOOPER_RESULT_FILE"
          """)
        var sandbox = sandbox(.require, in: scene, searchPath: "/usr/bin:/bin")
        sandbox = Sandbox(
          bubblewrap: sandbox.bubblewrap,
          places: SandboxPlaces(
            home: "/nowhere", layout: GitLayout(dataDirectory: bench.root), own: [], environment: [:]),
          settings: sandbox.settings)
        spec.wrap = try #require(
          try await sandbox.wrapper(for: spec.assignment, by: .custom, programs: []))
        let result = await bench.runner().run(spec)
        #expect(result.outcome.result == AgentBench.reported)
        #expect(result.ending == "exit status 0")
        #expect(FileManager.default.fileExists(atPath: "\(bench.worktree)/seen"))
      }
    }
  }

  @Test("a sandbox that does not come up is no fault of the agent")
  func notStarted() async throws {
    try await AgentBench.withBench { bench in
      var spec = bench.spec("exit 0")
      spec.wrap = { (command: Command, _: SessionDirectory) throws(Failure) -> Command in
        var policy = SandboxPolicy()
        policy.set("/nowhere/at/all", .writable)
        return BubblewrapCommand.wrap(command, policy, bubblewrap: "/usr/bin/bwrap")
      }
      let result = await bench.runner().run(spec)
      let failure: Failure? = if case .failed(let failure) = result.outcome.result { failure } else { nil }
      #expect(failure?.kind == .needsHuman)
      #expect(failure?.message.hasPrefix("the sandbox could not start: bwrap: ") == true)
    }
  }
}

@Suite("a sandboxed child ends as any other", .serialized)
struct SandboxedChildTests {
  private func start(_ script: String, in scene: ProcessScene) async throws -> SupervisedChild {
    scene.makeSignpost("ready")
    var policy = SandboxPolicy()
    policy.set(URL(filePath: scene.directory).resolvingSymlinksInPath().path, .writable)
    var spec = scene.spec(script)
    spec.command.executable = "/bin/sh"
    spec.command = BubblewrapCommand.wrap(spec.command, policy, bubblewrap: "/usr/bin/bwrap")
    let child = try await SupervisedChild.start(spec, launcher: scene.launcher)
    _ = await scene.reached("ready")
    return child
  }

  @Test("what it holds is asked to end, has its grace, and its exit status is kept")
  func asked() async throws {
    try await ProcessScene.with { scene in
      let child = try await start(
        "trap 'echo bye > said; exit 7' TERM; sleep 1000 & echo x > ready; wait", in: scene)
      let record = await child.terminate()
      #expect(record.status == .exited(7))
      #expect(record.reason == .terminated)
      #expect(record.survivorCount == 0)
      #expect(FileManager.default.fileExists(atPath: scene.path("said")))
      #expect(scene.remains.isEmpty)
    }
  }

  @Test("nothing in it survives, whatever it ignores and wherever it hides")
  func killed() async throws {
    try await ProcessScene.with { scene in
      let child = try await start(
        "trap '' TERM; setsid sleep 1000 & (setsid sh -c 'sleep 1000' &); echo x > ready; sleep 1000; sleep 1000",
        in: scene)
      #expect(await child.terminate().survivorCount == 0)
      #expect(scene.remains.isEmpty)
    }
  }

  @Test("a supervisor that is killed takes it along")
  func orphaned() async throws {
    try await ProcessScene.with { scene in
      let child = try await start(
        "trap '' TERM; sleep 1000 & echo x > ready; sleep 1000; sleep 1000", in: scene)
      #expect(child.identity.signal(SIGKILL))
      let record = await child.exitRecord()
      #expect(record.reason == .shimLost)
      #expect(record.survivorCount == 0)
      #expect(scene.remains.isEmpty)
    }
  }
}
