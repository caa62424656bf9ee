import Foundation
import Synchronization
import Testing

@testable import Looper

@Suite("every vendor takes a loop from its label to ready, by replay of its stream", .serialized)
struct VendorPathTests {
  private static let streams: [(Vendor, String?, VendorBench.Answer)] = [
    (.claudeCode, "claude-code-2.1.330/ok", .file), (.codex, "codex-0.163.0/ok-stdin", .file),
    (.opencode, "opencode-documented/ok", .file), (.cursor, "cursor-documented/ok", .file),
    (.custom, nil, .file),
    (.claudeCode, "claude-code-2.1.330/schema", .instead(of: #"{"verdict":"approve"}"#)),
    (.codex, "codex-0.163.0/ok-stdin", .quoted(insteadOf: "from stdin")),
  ]

  private static func settings(_ vendor: Vendor) -> (inout EngineSettings) -> Void {
    { $0.terms = { _, _ in ClaimTerms(vendor: vendor, model: nil) } }
  }

  @Test("spec, review, work, review with a finding, fix, review, ready", arguments: streams)
  func wholePath(vendor: Vendor, stream: String?, answer: VendorBench.Answer) async throws {
    let script = VendorBench.work(replaying: stream, answer, asking: 4)
    try await VendorBench.with(vendor, script: script) { bench in
      try await EngineScene.with(sessions: bench.sessions, settle: Self.settings(vendor)) { scene in
        try await scene.watch()
        try await scene.forge.addLabel("looper:plan", to: 1, in: ForgeScene.repository, as: "alice")
        let loop = try await scene.rounds(until: { $0.phase == .ready }, most: 100)
        #expect(
          try bench.calls().compactMap(\.first) == [
            "planner", "reviewer", "worker", "reviewer", "fixer", "reviewer",
          ])
        let runs = try await scene.store.runs(ofLoop: loop.id, state: nil, before: .max, limit: 50)
        #expect(runs.allSatisfy { $0.vendor == vendor && $0.state.code == "succeeded" })
        let seen = try await scene.poller.forge.observe(loop.project, issue: 1, pull: loop.pullNumber)
        #expect(seen.pull?.threads.map(\.isResolved) == [true])
        let sessions = try await scene.store.sessions(ofLoop: loop.id, limit: 50)
        #expect(sessions.allSatisfy { ($0.vendorSessionID != nil) == (vendor != .custom) })
        let files = sessions.filter {
          FileManager.default.fileExists(atPath: SessionDirectory(path: $0.directory).agentResult)
        }
        if case .file = answer { #expect(files.count == 6) } else { #expect(files.isEmpty) }
        let ledger = try await scene.store.usage(by: "vendor", since: Timestamp(milliseconds: 0))
        #expect(ledger.map(\.key) == [vendor.rawValue])
        #expect(ledger.map(\.usage) == [sessions.map(\.usage).reduce(.unknown, +)])
      }
    }
  }

  /// How a vendor says that its plan is used up in the middle of a session, and how it is asked to go on with it.
  struct Limit: Sendable {
    var vendor: Vendor
    var script: String
    /// The end of the arguments that go on with the session `S1`, those given to every start left out.
    var resumption: [String]
  }

  private static let limits = [
    Limit(
      vendor: .claudeCode,
      script: """
        echo '{"type":"system","subtype":"init","session_id":"S1"}'
        echo '{"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":1790000120}}'
        echo '{"type":"result","is_error":true,"api_error_status":429,"result":"limit reached","session_id":"S1"}'
        """, resumption: ["--resume", "S1"]),
    Limit(
      vendor: .codex,
      script: """
        echo '{"type":"thread.started","thread_id":"S1"}'
        echo '{"type":"turn.failed","error":{"message":"You have hit your usage limit."}}'
        """, resumption: ["exec", "resume", "S1"]),
    Limit(
      vendor: .opencode,
      script: """
        echo '{"type":"step_start","sessionID":"S1","part":{}}'
        echo '{"type":"error","sessionID":"S1","error":{"name":"APIError","data":{"message":"usage limit","statusCode":429}}}'
        """, resumption: ["--session", "S1"]),
    Limit(
      vendor: .cursor,
      script: """
        echo '{"type":"system","subtype":"init","session_id":"S1"}'
        echo "You have hit your usage limit" >&2
        """, resumption: ["--resume", "S1"]),
  ]

  @Test("a limit in the middle of the work is waited out, then the same session goes on", arguments: limits)
  func limit(_ limit: Limit) async throws {
    let script = """
      if [ $n = 1 ]; then
      \(limit.script)
      exit 1
      fi
      \(VendorBench.work(replaying: nil))
      """
    try await VendorBench.with(limit.vendor, script: script) { bench in
      try await EngineScene.with(sessions: bench.sessions, settle: Self.settings(limit.vendor)) { scene in
        try await scene.watch()
        try await scene.forge.addLabel("looper:implement", to: 1, in: ForgeScene.repository, as: "alice")
        let loop = try await scene.rounds { $0.phase == .ready }
        let calls = try bench.calls()
        #expect(calls.compactMap(\.first) == ["worker", "worker", "reviewer"])
        #expect(!calls[0].contains("S1"))
        #expect(calls[1].filter(limit.resumption.contains) == limit.resumption)
        #expect(!calls[2].contains("S1"))
        #expect(loop.counters.agentFailures == 0)
      }
    }
  }

  @Test("what a session used to its last event is read from its output when its daemon died")
  func reading() async throws {
    try await VendorBench.with(.claudeCode, script: ":") { bench in
      let directory = SessionDirectory(path: "\(bench.root)/dead")
      try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: GoldenText.url("claude-code-2.1.330/ok.jsonl").path, toPath: directory.standardOutput)
      let session = Session(
        id: Session.ID(1), runID: Run.ID(1), loopID: Loop.ID(1), stage: "agent", vendor: .claudeCode,
        executable: "/bin/claude", state: .running, directory: directory.path,
        startedAt: Timestamp(milliseconds: 0), usage: .unknown, ending: "")
      let reading = try #require(await bench.sessions.reading(of: session, told: .unknown))
      #expect(reading.usage == Usage(inputTokens: 360, outputTokens: 60, costUSD: 0.00264))
      #expect(reading.vendorSessionID != nil)
      var codex = session
      codex.vendor = .codex
      try FileManager.default.removeItem(atPath: directory.standardOutput)
      try FileManager.default.copyItem(
        atPath: GoldenText.url("codex-0.163.0/ok-resume.jsonl").path, toPath: directory.standardOutput)
      let earlier = Usage(inputTokens: 240, outputTokens: 40, costUSD: nil)
      // A resumed thread tells the sum of all its turns.
      #expect(
        await bench.sessions.reading(of: codex, told: earlier)?.usage
          == Usage(inputTokens: 120, outputTokens: 20, costUSD: nil))
      try FileManager.default.removeItem(atPath: directory.standardOutput)
      try FileManager.default.copyItem(
        atPath: GoldenText.url("claude-code-2.1.330/ok-resume.jsonl").path, toPath: directory.standardOutput)
      // A resumed claude tells its own tokens and the money of the whole conversation.
      let first = Usage(inputTokens: 360, outputTokens: 60, costUSD: 0.00264)
      let second = await bench.sessions.reading(of: session, told: first)?.usage
      #expect(second?.inputTokens == 120)
      #expect(second?.outputTokens == 20)
      #expect(abs((second?.costUSD ?? 0) - 0.00088) < 1e-9)
    }
  }

  @Test("a session that is gone on with pays for itself only")
  func resumedCost() async throws {
    let resumed = GoldenText.url("claude-code-2.1.330/ok-resume.jsonl").path
    let first = GoldenText.url("claude-code-2.1.330/ok.jsonl").path
    let script = """
      case "$*" in
      *--resume*) cat '\(resumed)' ;;
      *) cat '\(first)' ;;
      esac
      """
    try await VendorBench.with(.claudeCode, script: script) { bench in
      let assignment = AgentAssignment(
        runID: Run.ID(1), loopID: Loop.ID(1), stage: "agent", role: .planner, phase: .plan,
        worktree: bench.root, prompt: "p", context: [:])
      let name = try #require(ProjectName("acme/shop"))
      var plan = SessionPlan(vendor: .claudeCode, projectNames: [name])
      let told = Mutex<[Usage]>([])
      let events = SessionEvents(
        onPrepared: { _, _ in }, onStart: { _ in }, onVendorSession: { _ in },
        onNews: { news in told.withLock { $0.append(news.usage) } })
      let earlier = await bench.sessions.run(assignment, as: plan, observer: events).outcome.usage
      #expect(earlier == Usage(inputTokens: 360, outputTokens: 60, costUSD: 0.00264))
      plan.resume = ResumePoint(vendorSessionID: "S", usage: earlier)
      let later = await bench.sessions.run(assignment, as: plan, observer: events).outcome.usage
      #expect(later.inputTokens == 120)
      #expect(abs((later.costUSD ?? 0) - 0.00088) < 1e-9)
      #expect(told.withLock { $0.last } == later)
    }
  }
}
