import Foundation
import Testing

@testable import Looper

@Suite("Failures, usage and worktrees are what is recorded and what lies on disk")
struct DaemonOperationsHousekeepingTests {
  /// Ends the run under way as failed, with what its agent wrote last.
  private func fail(_ id: Run.ID, _ kind: Failure.Kind, in scene: OpsScene, saying text: String = "")
    async throws
  {
    let run = try #require(await scene.store.run(id))
    if !text.isEmpty {
      let directory = "\(scene.directory)/\(id.handle)"
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(filePath: "\(directory)/stdout.log"))
      let session = try await scene.store.beginSession(of: run, stage: "agent", at: scene.time.now)
      try await scene.store.confirmSession(
        session, executable: "/bin/agent", directory: directory, pid: 1, startTicks: 1, bootID: "b",
        at: scene.time.now)
    }
    try await scene.store.endRun(
      run, with: .failed(kind, "it exploded"), unit: 0, policy: FlowPolicy(), at: scene.time.now)
  }

  @Test("failed runs and blocked loops come newest first, with the end of the transcript, page by page")
  func failures() async throws {
    try await OpsScene.with { scene in
      let (loop, run) = try await scene.startWork(1)
      try await fail(run, .agent, in: scene, saying: "1\n2\n3\n4\n5\n6\n7\n")
      scene.time.advance(by: .seconds(10))
      let blocked = try await scene.startLoop(2)
      try await scene.block(blocked, .reviewRounds, "three rounds were not enough")
      let first = try await scene.operations.failures(PageRequest(limit: 1))
      let item = try #require(first.items.first)
      #expect(item.kind == "loop")
      #expect(item.loop == blocked.handle)
      #expect(item.failure == "review-rounds")
      #expect(item.message == "three rounds were not enough")
      #expect(item.next == "looper why \(blocked.handle)")
      let rest = try await scene.operations.failures(PageRequest(cursor: first.nextCursor, limit: 1))
      let failed = try #require(rest.items.first)
      #expect(rest.nextCursor == nil)
      #expect(
        failed
          == FailureView(
            kind: "run", at: scene.time.now - .seconds(10), loop: loop.handle, run: run.handle,
            subject: "acme/tool#1", title: "Fix the parser", what: "plan", failure: "agent",
            message: "it exploded",
            lastLines: ["3", "4", "5", "6", "7"], next: "looper run logs \(run.handle)"))
    }
  }

  @Test("the next command fits the failure's class")
  func next() async throws {
    try await OpsScene.with { scene in
      let (loop, run) = try await scene.startWork(1)
      try await fail(run, .transient, in: scene)
      let view = try await scene.operations.failures(PageRequest())
      #expect(view.items.map(\.next) == ["looper why \(loop.handle)"])
      #expect(view.items.map(\.lastLines) == [[]])
    }
  }

  @Test(
    "usage is added up by its group and what nobody told stays unknown",
    arguments: [
      (.role, ["planner", "worker"]), (.loop, ["L1"]), (.vendor, ["custom"]), (.project, ["acme/tool"]),
      (.day, ["2026-09-21"]),
    ] as [(UsageGrouping, [String])])
  func usage(by: UsageGrouping, keys: [String]) async throws {
    try await OpsScene.with { scene in
      let (_, id) = try await scene.startWork(1)
      let run = try #require(await scene.store.run(id))
      let known = Usage(inputTokens: 100, outputTokens: 10, costUSD: 0.5)
      for (usage, role) in [(known, Role.planner), (known, .planner), (.unknown, .worker)] {
        let session = try await scene.store.beginSession(of: run, stage: "agent", at: scene.time.now)
        try await scene.store.endSession(
          session, ending: "done", usage: usage, role: role, active: .seconds(20), at: scene.time.now)
      }
      let view = try await scene.operations.usage(UsageRequest(by: by))
      #expect(view.rows.map(\.key) == keys)
      #expect(
        view.total
          == UsageRowView(
            key: "total", sessions: 3, sessionsWithoutTokens: 1, sessionsWithoutCost: 1, inputTokens: 200,
            outputTokens: 20, costUSD: 1, agentSeconds: 60))
      if by == .role {
        #expect(
          view.rows.last
            == UsageRowView(
              key: "worker", sessions: 1, sessionsWithoutTokens: 1, sessionsWithoutCost: 1, agentSeconds: 20))
      }
      scene.time.advance(by: .seconds(2 * 86_400))
      #expect(try await scene.operations.usage(UsageRequest(by: by, days: 1)).rows.isEmpty)
    }
  }

  @Test("only worktrees of ended loops are removed, and a removal that fails keeps its reason")
  func worktrees() async throws {
    try await OpsScene.with { scene in
      let live = try await scene.startLoop(1)
      let (ended, _) = try await scene.startWork(2)
      _ = try await scene.operations.control(ended, .cancel)
      let name = try #require(ProjectName(OpsScene.slug))
      let records = [
        GitWorktreeRecord(path: "/w/L1", loopID: live, project: name, isDirty: false),
        GitWorktreeRecord(
          path: "/w/L2", loopID: ended, project: name, isDirty: true,
          reasonKept: "it has uncommitted changes"),
        GitWorktreeRecord(path: "/w/L9", loopID: Loop.ID(9), project: name, isDirty: false),
        GitWorktreeRecord(path: "/w/x", isDirty: false, reasonKept: "it has no record of ours"),
      ]
      var operations = scene.operations
      operations.worktreeKeeper = WorktreeKeeper(
        list: { records }, remove: { loop in "refs/looper/rescue/\(loop.id.handle)/1" })
      let views = try await operations.worktrees(PageRequest()).items
      #expect(views.map(\.state) == [.live, .removable, .kept, .kept])
      #expect(
        views.map(\.reason) == [
          "L1 is running",
          "L2 has ended (cancelled); it has uncommitted changes, which is rescued first",
          "this database knows no loop L9 of that project; move it away by hand", "it has no record of ours",
        ])
      let dry = try await operations.cleanUpWorktrees(WorktreeCleanupRequest(isDryRun: true))
      #expect(dry.removed == [WorktreeRemovalView(path: "/w/L2", loop: "L2", rescueRef: nil)])
      let done = try await operations.cleanUpWorktrees(WorktreeCleanupRequest(isDryRun: false))
      #expect(done.removed.map(\.rescueRef) == ["refs/looper/rescue/L2/1"])
      #expect(done.kept.map(\.path) == ["/w/L1", "/w/L9", "/w/x"])
      operations.worktreeKeeper = WorktreeKeeper(
        list: { records }, remove: { _ in throw Failure(.transient, "the disk is full") })
      let failed = try await operations.cleanUpWorktrees(WorktreeCleanupRequest(isDryRun: false))
      #expect(failed.removed.isEmpty)
      #expect(failed.kept.first { $0.path == "/w/L2" }?.reason == "the disk is full")
    }
  }
}
