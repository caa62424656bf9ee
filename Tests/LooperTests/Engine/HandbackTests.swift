import Foundation
import Testing

@testable import Looper

@Suite("a handback tells what a person left in the worktree, and loses none of it")
struct HandbackTests {
  private static func agents() -> ScriptedAgents {
    ScriptedAgents([.reviewer: [AgentScript.clean], .worker: [AgentScript.work()]])
  }

  /// A loop at `ready` that was taken over, with the operations that gave it away.
  private func withTaken(
    _ body: (EngineScene, DaemonOperations, Loop.ID, _ worktree: String) async throws -> Void
  ) async throws {
    try await EngineScene.with(Self.agents()) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:implement", to: 1, in: EngineScene.repository, as: "alice")
      let loop = try await scene.rounds { $0.state == .waiting(.merge, wakeAt: nil) }
      let operations = await scene.operations()
      let view = try await operations.control(loop.id, .takeover)
      try await body(scene, operations, loop.id, try #require(view.worktree))
    }
  }

  private func shell(_ script: String, in directory: String, _ scene: EngineScene) async throws -> String {
    let person = [
      "GIT_AUTHOR_NAME": "p", "GIT_AUTHOR_EMAIL": "p@example.com", "GIT_COMMITTER_NAME": "p",
      "GIT_COMMITTER_EMAIL": "p@example.com",
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
      "HOME": scene.forgeScene.directory,
    ]
    let result = try await scene.forgeScene.runner.run(
      Command(
        executable: "sh", arguments: ["-ec", script], environment: person, workingDirectory: directory),
      standardInput: Data(), deadline: .seconds(30), outputLimit: .mebibytes(1))
    #expect(result.status.isSuccess, "\(String(decoding: result.standardError, as: UTF8.self))")
    return String(decoding: result.standardOutput, as: UTF8.self).trimmingCharacters(
      in: .whitespacesAndNewlines)
  }

  private func refusal(_ operations: DaemonOperations, _ id: Loop.ID) async -> String? {
    do {
      _ = try await operations.control(id, .handback)
      return nil
    } catch {
      return error.message
    }
  }

  private func lastControl(_ scene: EngineScene) async throws -> String? {
    try await scene.store.events(after: 0, limit: 10_000).last { $0.kind == .loopControl }?.message
  }

  @Test(
    "commits and changes that are not pushed refuse it; pushed they are looked at, reviewed, and go to ready")
  func pushed() async throws {
    try await withTaken { scene, operations, id, worktree in
      let start = try await shell("git rev-parse HEAD", in: worktree, scene)
      _ = try await shell(
        "echo mine > mine.txt; git add mine.txt; git commit -qm 'Mine'; echo x > draft.txt", in: worktree,
        scene)
      let branch = try #require(try await scene.store.loop(id)?.branch)
      #expect(
        await refusal(operations, id)
          == "the worktree of L1 holds 1 commit and 1 changed file not pushed; push them "
          + "(git push origin HEAD:\(branch)), throw them away, or run: looper handback L1 --keep")
      #expect(try await scene.store.facts(of: id)?.isTakenOver == true)
      let head = try await shell(
        "rm draft.txt; git push -q origin HEAD:\(branch); git rev-parse HEAD", in: worktree, scene)
      let view = try await operations.control(id, .handback)
      #expect(
        view.left
          == LeftWorkView(head: head, start: start, commits: [], changedFiles: [], rescueRef: nil))
      #expect(
        try await lastControl(scene)
          == "handed back: HEAD moved from \(start.prefix(7)) to \(head.prefix(7)), everything is pushed")
      let before = scene.agents.started.count
      try await scene.rounds {
        $0.state == .waiting(.merge, wakeAt: nil) && scene.agents.started.count > before
      }
      #expect(scene.agents.started.last?.head?.rawValue == head)
    }
  }

  @Test("with --keep it goes on, and what was not pushed is on a ref that is told")
  func kept() async throws {
    try await withTaken { scene, operations, id, worktree in
      let head = try await shell(
        "echo mine > mine.txt; git add mine.txt; git commit -qm 'Mine'; echo x > draft.txt; git rev-parse HEAD",
        in: worktree, scene)
      let view = try await operations.control(id, .handbackKeeping)
      let left = try #require(view.left)
      #expect(left.head == head)
      #expect(left.commits == ["\(head.prefix(7)) Mine"])
      #expect(left.changedFiles == ["draft.txt"])
      let ref = try #require(left.rescueRef)
      #expect(try await scene.store.worktree(of: id)?.rescueRef == ref)
      let files = try await shell("git ls-tree --name-only \(ref)", in: worktree, scene)
      #expect(files.split(separator: "\n").contains("mine.txt"))
      #expect(files.split(separator: "\n").contains("draft.txt"))
      #expect(
        try await shell("git merge-base --is-ancestor \(head) \(ref) && echo yes", in: worktree, scene)
          == "yes")
      try await scene.rounds { $0.state == .waiting(.merge, wakeAt: nil) }
    }
  }

  @Test("what is merged in a person's hands has ended, and its worktree is there until it is handed back")
  func merged() async throws {
    try await withTaken { scene, operations, id, worktree in
      _ = try await shell("echo mine > mine.txt", in: worktree, scene)
      let number = try #require(try await scene.store.loop(id)?.pullNumber)
      _ = try await scene.forge.merge(number, in: EngineScene.repository, as: "alice")
      try await scene.rounds { $0.state == .done(.merged) }
      try await scene.rounds(5)
      #expect(FileManager.default.fileExists(atPath: "\(worktree)/mine.txt"))
      #expect(try await scene.whyView().humanCan == ["looper handback L1"])
      let views = try await operations.worktrees(PageRequest()).items
      #expect(views.map(\.state) == [.kept])
      let cleanUp = try await operations.cleanUpWorktrees(WorktreeCleanupRequest(isDryRun: false))
      #expect(cleanUp.removed.isEmpty)
      let view = try await operations.control(id, .handback)
      #expect(view.left?.changedFiles == ["mine.txt"])
      try await scene.rounds(2)
      #expect(!FileManager.default.fileExists(atPath: worktree))
      #expect(try await scene.store.worktree(of: id)?.rescueRef != nil)
      #expect(await refusal(operations, id) == "L1 is not taken over")
    }
  }

  @Test("what is cancelled in a person's hands has ended, and its worktree is there until it is handed back")
  func cancelled() async throws {
    try await withTaken { scene, operations, id, worktree in
      _ = try await shell("echo mine > mine.txt", in: worktree, scene)
      _ = try await operations.control(id, .cancel)
      try await scene.rounds(5)
      #expect(try await scene.loop.state == .done(.cancelled))
      #expect(FileManager.default.fileExists(atPath: "\(worktree)/mine.txt"))
      _ = try await operations.control(id, .handback)
      try await scene.rounds(2)
      #expect(!FileManager.default.fileExists(atPath: worktree))
      #expect(try await scene.store.worktree(of: id)?.rescueRef != nil)
    }
  }

  @Test("an untouched worktree is handed back at once, and a pause from before stays one")
  func untouched() async throws {
    try await withTaken { scene, operations, id, _ in
      _ = try await operations.control(id, .handback)
      #expect(try await lastControl(scene) == "handed back: HEAD did not move, everything is pushed")
      _ = try await operations.control(id, .pause)
      _ = try await operations.control(id, .takeover)
      _ = try await operations.control(id, .handback)
      try await scene.rounds { $0.state == .waiting(.paused, wakeAt: nil) }
      _ = try await operations.control(id, .resume)
      try await scene.rounds { $0.state == .waiting(.merge, wakeAt: nil) }
    }
  }

  @Test("a second takeover is refused and leaves no pause behind")
  func twice() async throws {
    try await withTaken { scene, operations, id, _ in
      let refusal = await #expect(throws: LooperError.self) {
        _ = try await operations.control(id, .takeover)
      }
      #expect(refusal == LooperError(.conflict, "L1 is taken over already"))
      #expect(try await scene.store.loop(id)?.state == .waiting(.takeover, wakeAt: nil))
      _ = try await operations.control(id, .handback)
      #expect(try await scene.store.facts(of: id)?.isPaused == false)
      try await scene.rounds { $0.state == .waiting(.merge, wakeAt: nil) }
    }
  }
}
