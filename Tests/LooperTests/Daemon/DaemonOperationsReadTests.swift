import Foundation
import GRDB
import Testing

@testable import Looper

@Suite("what is shown is what is recorded")
struct DaemonOperationsReadTests {
  @Test("status counts lanes, runs and loops, and lists what needs a human")
  func status() async throws {
    try await OpsScene.with { scene in
      _ = try await scene.startWork(1)
      let blocked = try await scene.startLoop(2)
      try await scene.block(blocked, .needsHuman, "the reviewer cannot judge it")
      _ = scene.health.failed(
        "github.com", .read, Failure(.transient, "github answered 502"), unit: 1, at: scene.time.now)
      let status = try await scene.operations.status()
      #expect(status.version == "1.2.3")
      #expect(status.runs.map(\.id) == ["R1"])
      #expect(status.runs.first?.stage == "agent")
      #expect(
        status.loops == [
          LoopCountView(state: "running", count: 1), LoopCountView(state: "blocked", count: 1),
        ])
      #expect(status.queue.map(\.lane) == ["manual", "planned", "auto"])
      #expect(
        status.needsHuman.map(\.action) == [
          "look at https://github.com/acme/tool/issues/2, then looper retry L2: the reviewer cannot judge it"
        ])
      #expect(status.health.map(\.name) == ["github", "agent", "disk", "configuration"])
      #expect(
        status.health.first?.message
          == "github answered 502; asked again at \(WhyAnswer.clock(scene.time.now + .seconds(5))); check: gh auth status --hostname github.com"
      )
      #expect(status.limits == [LimitView(name: "github.com", until: scene.time.now + .seconds(5))])
    }
  }

  @Test("what stands still needs a person before what is only to be merged")
  func order() async throws {
    try await OpsScene.with { scene in
      try await scene.makeReady(try await scene.startLoop(2))
      let stuck = try await scene.startLoop(3)
      scene.time.advance(by: .seconds(5))
      try await scene.block(stuck, .needsHuman, "the reviewer cannot judge it")
      #expect(try await scene.operations.status().needsHuman.map(\.loop) == ["L2", "L1"])
    }
  }

  @Test("a loop that is ready says who asks for changes, as long as somebody does")
  func objection() async throws {
    try await OpsScene.with { scene in
      let loop = try await scene.startLoop(2)
      let free = try await scene.startLoop(3)
      for id in [loop, free] { try await scene.makeReady(id) }
      func told() async throws -> [String] {
        try await scene.operations.status().needsHuman.map { "\($0.loop) \($0.reason): \($0.action)" }
      }
      let url = "https://github.com/acme/tool/pull"
      let quiet = try await told()
      #expect(
        quiet == ["L1 ready to merge: merge \(url)/102", "L2 ready to merge: merge \(url)/103"])
      try await scene.review(loop, [.changesRequested])
      let asked = try await told()
      #expect(
        asked == [
          "L1 changes requested: mo asks for changes: have that approved or dismissed, then merge \(url)/102",
          "L2 ready to merge: merge \(url)/103",
        ])
      try await scene.review(loop, [.changesRequested, .approved])
      let settled = try await told()
      #expect(settled == quiet)
    }
  }

  @Test("what the machine is short of is in the status, as long as it is")
  func shortage() async throws {
    try await OpsScene.with { scene in
      var settings = scene.settings.current
      settings.diskShortage = { "no disk" }
      settings.shortage = { "no memory" }
      scene.settings.replace(with: settings)
      func told() async throws -> [String] {
        try await scene.operations.status().health.filter { $0.state == .degraded }
          .map { "\($0.name): \($0.message)" }
      }
      let short = try await told()
      #expect(
        short == ["disk: no disk; nothing new starts, free some", "memory: no memory; nothing new starts"])
      scene.settings.replace(with: EngineSettings())
      let roomy = try await told()
      #expect(roomy == [])
    }
  }

  @Test("an agent whose command is not there is not called well")
  func missingAgent() async throws {
    try await OpsScene.with { scene in
      func agent(_ path: String?) async throws -> String? {
        var operations = scene.operations
        operations.agentSearchPath = path
        let view = try await operations.status().health.first { $0.name == "agent" }
        return view.map { "\($0.state) \($0.message)" }
      }
      let path = "\(scene.directory)/bin"
      let missing =
        "degraded `claude` is not found; install claude-code or set agent.vendors.claude-code.command"
      #expect(try await agent(nil) == "ok ")
      #expect(try await agent(path) == missing)
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      let isMade = FileManager.default.createFile(
        atPath: "\(path)/claude", contents: nil, attributes: [.posixPermissions: 0o700])
      try #require(isMade)
      #expect(try await agent(path) == "ok ")
    }
  }

  @Test("the queue lists, bumps and clears; cleared loops are paused")
  func queue() async throws {
    try await OpsScene.with { scene in
      var limits = scene.settings.current
      limits.limits.runs = 0
      scene.settings.replace(with: limits)
      let first = try await scene.startLoop(1)
      _ = try await scene.startLoop(2)
      try await scene.scheduler.tick(at: scene.time.now)
      let items = try await scene.operations.queue(.manual, PageRequest(limit: 1))
      #expect(items.items.map(\.loop) == ["L1"])
      let rest = try await scene.operations.queue(.manual, PageRequest(cursor: items.nextCursor, limit: 1))
      let second = try #require(rest.items.first)
      #expect(second.loop == "L2")
      #expect(try await scene.operations.bump(QueueItem.ID(second.id)).isBumped)
      #expect(try await scene.operations.queue(nil, PageRequest()).items.map(\.loop) == ["L2", "L1"])
      #expect(try await scene.operations.clearQueue(.auto) == ClearedView(cleared: 0, loops: []))
      #expect(try await scene.operations.clearQueue(nil) == ClearedView(cleared: 2, loops: ["L1", "L2"]))
      #expect(try await scene.operations.why(first).sentence == "paused: taken out of the queue")
      let gone = await scene.refusal { () throws(LooperError) in
        _ = try await scene.operations.bump(QueueItem.ID(second.id))
      }
      #expect(gone?.code == .notFound)
    }
  }

  @Test(
    "a cursor with any number in it is a page or a refusal",
    arguments: ["9223372036854775807", "-9223372036854775808", "0", "x", "", "[1]", "9223372036854775808"])
  func extremeCursors(place: String) async throws {
    try await OpsScene.with { scene in
      let operations = scene.operations
      for list in PageCursor.List.allCases {
        let request = PageRequest(cursor: Data("\(list.rawValue):\(place)".utf8).base64EncodedString())
        let refusal = await scene.refusal { () throws(LooperError) in
          switch list {
          case .failures: _ = try await operations.failures(request)
          case .loops: _ = try await operations.loops(LoopFilter(), request)
          case .projects: _ = try await operations.projects(request)
          case .queue: _ = try await operations.queue(nil, request)
          case .runs: _ = try await operations.runs(RunFilter(), request)
          case .worktrees: _ = try await operations.worktrees(request)
          }
        }
        #expect(refusal == nil || refusal?.code == .validation)
      }
    }
  }

  @Test("a page goes on behind the last item shown, whatever came or went before it")
  func keyset() async throws {
    try await OpsScene.with { scene in
      var limits = scene.settings.current
      limits.limits.runs = 0
      scene.settings.replace(with: limits)
      for number in 1...4 {
        _ = try await scene.startLoop(number)
        scene.time.advance(by: .seconds(1))
      }
      try await scene.scheduler.tick(at: scene.time.now)
      let queue = try await scene.operations.queue(nil, PageRequest(limit: 2))
      #expect(queue.items.map(\.loop) == ["L1", "L2"])
      _ = try await scene.operations.control(Loop.ID(1), .cancel)
      let rest = try await scene.operations.queue(nil, PageRequest(cursor: queue.nextCursor, limit: 2))
      #expect(rest.items.map(\.loop) == ["L3", "L4"])
      #expect(rest.nextCursor == nil)

      for number in 2...4 { try await scene.block(Loop.ID(Int64(number)), .needsHuman, "look") }
      let failures = try await scene.operations.failures(PageRequest(limit: 1))
      #expect(failures.items.map(\.loop) == ["L4"])
      scene.time.advance(by: .seconds(1))
      let newer = try await scene.startLoop(5)
      try await scene.block(newer, .needsHuman, "look")
      let older = try await scene.operations.failures(PageRequest(cursor: failures.nextCursor))
      #expect(older.items.map(\.loop) == ["L3", "L2"])
    }
  }

  @Test("a question waits in front of people, with the command that answers it", arguments: [true, false])
  func question(hasDefault: Bool) async throws {
    try await OpsScene.with { scene in
      let id = try await scene.startLoop(1)
      let input = try #require(await scene.store.evaluationInput(of: id, at: .init(milliseconds: 0)))
      let deadline = scene.time.now + .seconds(3600)
      let move: Move = hasDefault ? .wait(.answer, until: deadline) : .block(.question, "an agent asks")
      try await scene.store.apply(move, to: input, policy: FlowPolicy(), at: scene.time.now)
      let items = try await scene.operations.status().needsHuman
      let answer = "looper answer L1 \"…\", or reply on https://github.com/acme/tool/issues/1"
      let rest = hasDefault ? "; the default counts at \(WhyAnswer.clock(deadline))" : ""
      #expect(items.map(\.action) == [answer + rest])
    }
  }

  @Test("a transcript is read by offset over all sessions, never cut inside a character")
  func runLog() async throws {
    try await OpsScene.with { scene in
      let (_, id) = try await scene.startWork()
      let empty = try await scene.operations.runLog(id, LogRequest())
      #expect(empty == LogChunkView(text: "", offset: 0, nextOffset: 0, isEnded: false))
      let run = try #require(await scene.store.run(id))
      for (index, text) in ["one\n", "zwölf\n"].enumerated() {
        let directory = "\(scene.directory)/s\(index)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: "\(directory)/stdout.log"))
        let session = try await scene.store.beginSession(of: run, stage: "agent", at: scene.time.now)
        try await scene.store.confirmSession(
          session, executable: "/bin/agent", directory: directory, pid: 1, startTicks: 1, bootID: "b",
          at: scene.time.now)
      }
      // The ö is bytes 6 and 7 of 11.
      let head = try await scene.operations.runLog(id, LogRequest(offset: 0, bytes: 7))
      #expect(head == LogChunkView(text: "one\nzw", offset: 0, nextOffset: 6, isEnded: false))
      let rest = try await scene.operations.runLog(id, LogRequest(offset: 6))
      #expect(rest == LogChunkView(text: "ölf\n", offset: 6, nextOffset: 11, isEnded: false))
      let tail = try await scene.operations.runLog(id, LogRequest(offset: -4))
      #expect(tail == LogChunkView(text: "lf\n", offset: 8, nextOffset: 11, isEnded: false))
      _ = try await scene.operations.cancelRun(id)
      #expect(try await scene.operations.runLog(id, LogRequest(offset: 11)).isEnded)
    }
  }

  @Test("what a session wrote to standard error follows its output once it has ended")
  func standardError() async throws {
    try await OpsScene.with { scene in
      let (_, id) = try await scene.startWork()
      let run = try #require(await scene.store.run(id))
      let directory = "\(scene.directory)/s"
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      try Data("out\n".utf8).write(to: URL(filePath: "\(directory)/stdout.log"))
      try Data("err\n".utf8).write(to: URL(filePath: "\(directory)/stderr.log"))
      let session = try await scene.store.beginSession(of: run, stage: "agent", at: scene.time.now)
      try await scene.store.confirmSession(
        session, executable: "/bin/agent", directory: directory, pid: 1, startTicks: 1, bootID: "b",
        at: scene.time.now)
      #expect(try await scene.operations.runLog(id, LogRequest()).text == "out\n")
      try await scene.store.endSession(
        session, ending: "exit 1", usage: .unknown, role: .planner, at: scene.time.now)
      let rest = try await scene.operations.runLog(id, LogRequest(offset: 4))
      #expect(rest.text == "\n--- standard error ---\nerr\n")
      // Cut anywhere, also inside the heading.
      var offset: Int64 = 0
      var text = ""
      while offset < rest.nextOffset {
        let chunk = try await scene.operations.runLog(id, LogRequest(offset: offset, bytes: 5))
        text += chunk.text
        offset = chunk.nextOffset
      }
      #expect(text == "out\n\n--- standard error ---\nerr\n")
    }
  }

  @Test("a night without a daemon is nobody's time, and all who tell the cost tell the same")
  func costs() async throws {
    try await OpsScene.with { scene in
      let (loop, id) = try await scene.startWork()
      let run = try #require(await scene.store.run(id))
      let usage = Usage(inputTokens: 100, outputTokens: 10, costUSD: 0.5)
      let cut = try await scene.store.beginSession(of: run, stage: "agent", at: scene.time.now)
      _ = try await scene.store.charge(
        usage, active: .seconds(70), to: cut, FlowPolicy(), at: scene.time.now)
      scene.time.advance(by: .seconds(8 * 3600))
      _ = try await scene.store.recover(at: scene.time.now)
      let whole = try await scene.store.beginSession(of: run, stage: "agent", at: scene.time.now)
      try await scene.store.endSession(
        whole, ending: "done", usage: usage, role: .planner, active: .seconds(50), at: scene.time.now)
      let view = try await scene.operations.inspect(.loop(loop))
      #expect(
        view.cost == CostView(inputTokens: 200, outputTokens: 20, costUSD: 1, agentSeconds: 120))
      #expect(view.sessions.map(\.agentSeconds) == [70, 50])
      #expect(view.runs.map(\.run.agentSeconds) == [120])
      #expect(view.runs.map(\.run.tokens) == [220])
      #expect(view.phases?.map(\.agentSeconds) == [120])
      let total = try await scene.operations.usage(UsageRequest()).total
      #expect(
        total
          == UsageRowView(
            key: "total", sessions: 2, sessionsWithoutTokens: 0, sessionsWithoutCost: 0, inputTokens: 200,
            outputTokens: 20, costUSD: 1, agentSeconds: 120))
      let facts = try #require(try await scene.store.facts(of: loop))
      let comment = StatusComment.body(
        of: facts, state: .queued, lastRun: nil, policy: FlowPolicy())
      #expect(comment.contains("| cost | 220 tokens, $1.00, agents ran 2 min |"))
    }
  }

  @Test("events come in order, with the newest number and project names")
  func events() async throws {
    try await OpsScene.with { scene in
      _ = try await scene.startLoop()
      let page = try await scene.operations.events(after: 0, limit: 1)
      #expect(page.items.map(\.kind) == ["project.added"])
      #expect(page.items.first?.project == "acme/tool")
      #expect(page.newest == 2)
      #expect(page.prunedThrough == 0)
    }
  }

  @Test("the configuration is shown key by key")
  func configuration() async throws {
    try await OpsScene.with(settle: { $0.server.port = 1 }) { scene in
      let view = try await scene.operations.configuration()
      #expect(view.entries.first { $0.key == "server.port" }?.value == 1)
      #expect(view.path == nil)
      #expect(try await scene.operations.version() == VersionView(version: "1.2.3"))
    }
  }
}

extension OpsScene {
  /// Blocks a loop as the coordinator would.
  func block(_ loop: Loop.ID, _ reason: BlockReason, _ message: String) async throws {
    let input = try #require(await store.evaluationInput(of: loop, at: .init(milliseconds: 0)))
    try await store.apply(.block(reason, message), to: input, policy: FlowPolicy(), at: time.now)
  }

  /// The loop as it is when only its merge is left, with pull request 100 and the issue's number.
  func makeReady(_ loop: Loop.ID) async throws {
    try await store.database.write { db in
      try db.execute(
        sql: """
          UPDATE loop SET state = 'waiting', stateReason = 'merge', phase = 'ready', wakeAt = NULL,
            pullNumber = 100 + subjectNumber WHERE id = :id
          """, arguments: ["id": loop.rawValue])
    }
  }

  /// The pull request as it is seen with these reviews of one person, in this order.
  func review(_ loop: Loop.ID, _ states: [ReviewSnapshot.State]) async throws {
    let observation = try #require(await store.evaluationInput(of: loop, at: time.now)?.facts.observation)
    var seen = observation
    var pull = MergeDecisionTests.pull
    pull.reviews = states.enumerated().map { index, state in
      ReviewSnapshot(
        id: Int64(index), author: AuthorSnapshot(login: "mo", isBot: false, permission: .write), state: state,
        body: "", commit: pull.headSHA, submittedAt: time.now, url: "https://example.test/r")
    }
    seen.pull = pull
    try await store.recordObservation(seen, of: loop, issue: nil, pull: nil, at: time.now)
  }
}
