import Foundation
import Testing

@testable import Looper

/// A worktree of a real mirror, a home with private things in it, and children that run in real sandboxes.
struct SandboxScene {
  let git: GitScene
  let sandbox: Sandbox

  var home: String { "\(git.directory)/home" }
  var session: SessionDirectory { SessionDirectory(path: "\(git.dataPath)/sessions/R1") }

  /// Everything lies below the system's temporary directory, so that one is not replaced here.
  static func with(
    _ settings: SandboxSettings = SandboxSettings(), _ body: (SandboxScene) async throws -> Void
  ) async throws {
    try await GitScene.with { git in
      try await git.prepare()
      let other = WorktreeRequest(
        repository: try git.repository, loopID: Loop.ID(13), start: .freshBase, baseBranch: "main")
      _ = try await git.workspaces.prepare(other)
      try await git.shell(
        """
        cd home; mkdir -p .ssh .config/gh .claude/projects/other .codex; echo private > .claude/projects/other/x
        echo key > .ssh/id_ed25519; echo token > .config/gh/hosts.yml; echo login > .claude/credentials
        echo login > .claude.json; echo login > .codex/auth.json; echo secret > .netrc; echo mine > notes
        cd ../data; mkdir -p sessions/R1/scratch sessions/R2
        echo rows > looper.db; echo token > api-token; echo other > sessions/R2/prompt.md
        echo task > sessions/R1/prompt.md; mkfifo looper.sock
        """, in: git.directory)
      var places = SandboxPlaces(
        home: "\(git.directory)/home", layout: GitLayout(dataDirectory: git.dataPath), own: [],
        environment: [:])
      places.shared = []
      let bubblewrap = Bubblewrap(commands: git.commands, searchPath: "/usr/bin:/bin", time: SystemTime())
      try await body(
        SandboxScene(
          git: git, sandbox: Sandbox(bubblewrap: bubblewrap, places: places, settings: { settings })))
    }
  }

  func command(_ script: String) -> Command {
    Command(
      executable: "/bin/sh", arguments: ["-ec", script],
      environment: [
        "PATH": "/usr/bin:/bin", "HOME": home, "DATA": git.dataPath, "MIRROR": git.mirrorPath,
        "SCRATCH": session.scratch, "SESSION": session.path, "OUTSIDE": "\(getpid())",
        "REMOTE": git.remotePath,
        "WORKTREE": git.worktreePath,
      ], workingDirectory: git.worktreePath)
  }

  func agent(
    _ script: String, role: Role = .worker, vendor: Vendor = .claudeCode
  ) async throws -> CommandResult {
    let assignment = AgentAssignment(
      runID: Run.ID(1), loopID: git.loopID, stage: "work", role: role, phase: .work,
      worktree: git.worktreePath,
      prompt: "", context: [:])
    let wrap = try #require(
      try await sandbox.wrapper(for: assignment, by: vendor, programs: []), "bwrap does not work here")
    return try await run(try wrap(command(script), session))
  }

  func validation(_ script: String) async throws -> CommandResult {
    try await run(try await sandbox.wrapValidation(command(script), in: git.worktreePath))
  }

  func outside(_ script: String) async throws -> CommandResult { try await run(command(script)) }

  private func run(_ command: Command) async throws -> CommandResult {
    try await git.commands.run(command, deadline: .seconds(30), outputLimit: .mebibytes(1))
  }
}
