import Foundation
import Synchronization
import Testing

@testable import Looper

@Suite("the version of an agent is asked once for each file as it is")
struct AgentVersionsTests {
  private func write(_ body: String, to path: String) throws {
    try Data("#!/bin/sh\n\(body)\n".utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }

  @Test("once while it is the same, again when it was replaced, and never of what cannot be asked")
  func cached() async throws {
    try await ProcessScene.with { scene in
      let path = scene.path("claude")
      let versions = AgentVersions(commands: CommandRunner(shim: scene.launcher))
      let adapter = ClaudeCodeAdapter(executable: path, leadingArguments: ["-x"])
      try write("echo x >> \(scene.path("asked")); echo \"1.0 $*\"; echo more", to: path)
      for _ in 0..<3 {
        #expect(await versions.version(of: adapter, at: path, environment: [:]) == "1.0 -x --version")
      }
      #expect(try String(contentsOfFile: scene.path("asked"), encoding: .utf8) == "x\n")
      try write("echo 2.0-longer", to: path)
      #expect(await versions.version(of: adapter, at: path, environment: [:]) == "2.0-longer")
      try write("echo no such option; exit 2", to: path)
      #expect(await versions.version(of: adapter, at: path, environment: [:]) == nil)
      let custom = CustomAdapter(executable: path)
      #expect(await versions.version(of: custom, at: path, environment: [:]) == nil)
    }
  }

  @Test("a session is recorded with the real path and the version of its agent")
  func recorded() async throws {
    let work = VendorBench.work(replaying: "claude-code-2.1.330/ok")
    try await VendorBench.with(.claudeCode, script: work) { bench in
      let real = "\(bench.root)/agent-3.4.5"
      try write(
        "[ \"$1\" = --version ] && exec echo '3.4.5 (Agent)'; exec \(bench.root)/vendor \"$@\"", to: real)
      let link = "\(bench.root)/agent"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: real)
      var configuration = bench.sessions.configuration()
      configuration.agent.settings.command = [link]
      let fixed = configuration
      let sessions = VendorSessions(
        runner: bench.sessions.runner, sandbox: bench.sessions.sandbox, configuration: { fixed },
        versions: AgentVersions(commands: CommandRunner(shim: bench.sessions.runner.launcher)))
      let settle: (inout EngineSettings) -> Void = {
        $0.terms = { _, _ in ClaimTerms(vendor: .claudeCode, model: nil) }
      }
      try await EngineScene.with(sessions: sessions, settle: settle) { scene in
        try await scene.watch()
        try await scene.forge.addLabel("looper:implement", to: 1, in: ForgeScene.repository, as: "alice")
        let loop = try await scene.rounds(until: { $0.phase == .ready }, most: 100)
        let rows = try await scene.store.sessions(ofLoop: loop.id, limit: 50)
        #expect(Set(rows.map(\.executable)) == [real])
        #expect(Set(rows.map(\.version)) == ["3.4.5 (Agent)"])
      }
    }
  }

  @Test("names of agent.env that are added later reach the next session, and so do the arguments of a run")
  func liveEnvironment() async throws {
    let script = """
      echo "${EXTRA-none} $*" >> "$LOOPER_WORKTREE/../seen"; echo '{"summary":"s"}' > "$LOOPER_RESULT_FILE"
      """
    try await VendorBench.with(.custom, script: script) { bench in
      let worktree = "\(bench.root)/worktree"
      try FileManager.default.createDirectory(atPath: worktree, withIntermediateDirectories: true)
      var runner = bench.sessions.runner
      runner.environment.parent["EXTRA"] = "e"
      let configuration = Mutex(bench.sessions.configuration())
      let sessions = VendorSessions(
        runner: runner, sandbox: bench.sessions.sandbox,
        configuration: { configuration.withLock { $0 } })
      var plan = SessionPlan(vendor: .custom, projectNames: [try #require(ProjectName("o/r"))])
      let assignment = AgentAssignment(
        runID: Run.ID(1), loopID: Loop.ID(1), stage: "agent", role: .planner, phase: .plan,
        worktree: worktree,
        prompt: "", context: [:])
      let events = SessionEvents(
        onPrepared: { _, _ in }, onStart: { _ in }, onVendorSession: { _ in }, onNews: { _ in })
      _ = await sessions.run(assignment, as: plan, observer: events)
      configuration.withLock {
        $0.agent.settings.environment = ["EXTRA"]
        $0.agent.settings.extraArguments = ["--configured"]
      }
      plan.extraArguments = ["--asked"]
      _ = await sessions.run(assignment, as: plan, observer: events)
      #expect(
        try String(contentsOfFile: "\(bench.root)/seen", encoding: .utf8) == "none \ne --configured --asked\n"
      )
    }
  }
}
