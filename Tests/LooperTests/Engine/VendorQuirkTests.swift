import Foundation
import Testing

@testable import Looper

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Sessions whose time stands still until their agent has come as far as its script says.
private struct ReadySessions: AgentSessions {
  let base: VendorSessions
  /// A named pipe that each agent writes to once.
  let signpost: String

  func run(_ assignment: AgentAssignment, as plan: SessionPlan, observer: SessionEvents) async -> SessionEnd {
    var waiting = observer
    waiting.onStart = { process in
      try await observer.onStart(process)
      // Reading a pipe ends when its writer is there and done.
      _ = try? FileHandle(forReadingAtPath: signpost)?.readToEnd()
    }
    return await base.run(assignment, as: plan, observer: waiting)
  }

  func finished(_ assignment: AgentAssignment, as plan: SessionPlan, directory: String) async -> SessionEnd? {
    await base.finished(assignment, as: plan, directory: directory)
  }

  func reading(of session: Session, told: Usage) async -> SessionReading? {
    await base.reading(of: session, told: told)
  }
}

/// Lessons 19, each quirk from the agent's process to what GitHub shows.
@Suite(
  "a CLI that stays, hangs or lies costs bounded time, fails as what it is, and publishes nothing",
  .serialized)
struct VendorQuirkTests {
  /// A way in which the CLI of a planner misbehaves after it has written a spec.
  struct Quirk: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var vendor = Vendor.claudeCode
    /// Lines of `sh`; `stay` goes on for ever, `$PORT` is a socket on loopback that never answers, `$RESULT` a good
    /// result.
    var script: String
    var kind: Failure.Kind
    /// How each of its sessions ends.
    var ending = "exit status 0"

    /// Whether it is there until it is ended; then time leaps.
    var stays: Bool { VendorQuirkTests.limits[ending] != nil }
  }

  /// How long each way of ending a session may take.
  fileprivate static let limits: [String: Duration] = [
    "done, ended while lingering": .seconds(10), "no sign of life for 300 s": .seconds(300),
  ]

  private static let result = #"{"type":"result","is_error":false,"session_id":"S","result":"#
  private static let login = "Error: Authentication required. Run cursor-agent login first."

  private static let quirks = [
    Quirk(
      testDescription: "stays after its last event, with nothing done",
      script: "echo '\(result)\"I looked around.\"}'\nstay", kind: .agent,
      ending: "done, ended while lingering"),
    Quirk(
      testDescription: "ends and leaves a child that ignores every signal but one and holds its output",
      script: """
        (trap '' TERM HUP INT; exec sleep 600) &
        echo '\(result)"I looked around."}'
        """, kind: .agent),
    Quirk(
      testDescription: "hangs in silence", script: "stay", kind: .agent, ending: "no sign of life for 300 s"),
    Quirk(
      testDescription: "hangs with a result that it left before",
      script: "echo \"$RESULT\" > \"$LOOPER_RESULT_FILE\"\nstay",
      kind: .agent, ending: "no sign of life for 300 s"),
    Quirk(
      testDescription: "hangs on a socket that is open and silent",
      script:
        "exec bash -c 'exec 3<>/dev/tcp/127.0.0.1/'$PORT'; echo > \"$0\"; exec sleep 600' \"$SIGNPOST\"",
      kind: .agent, ending: "no sign of life for 300 s"),
    Quirk(
      testDescription: "talks for ever of a network it cannot reach", vendor: .codex,
      script: """
        echo '{"type":"error","message":"Reconnecting... 2/5 (stream disconnected before completion)"}'
        stay
        """, kind: .transient, ending: "no sign of life for 300 s"),
    Quirk(
      testDescription: "exits 0 without a login, saying so in its stream",
      script: "cat '\(GoldenText.url("claude-code-2.1.330/401.jsonl").path)'", kind: .needsHuman),
    Quirk(
      testDescription: "exits 0 without a login, saying so on standard error", vendor: .cursor,
      script: "echo '\(login)' >&2", kind: .needsHuman),
    Quirk(
      testDescription: "says success with is_error, though a result is there",
      script: """
        echo "$RESULT" > "$LOOPER_RESULT_FILE"
        cat '\(GoldenText.url("claude-code-2.1.330/529.jsonl").path)'
        """, kind: .transient),
    Quirk(
      testDescription: "says a limit as an ordinary message",
      script: "echo '\(result)\"You’ve hit your session limit\"}'", kind: .usageLimited(until: nil)),
    Quirk(
      testDescription: "says a limit as an ordinary message, another vendor", vendor: .codex,
      script: """
        echo '{"type":"item.completed","item":{"type":"agent_message","text":"You have hit your usage limit."}}'
        echo '{"type":"turn.completed","usage":{"input_tokens":1,"output_tokens":1}}'
        """, kind: .usageLimited(until: nil)),
    Quirk(
      testDescription: "ends its turn to wait for a job in the background",
      script: """
        sleep 600 > /dev/null 2>&1 &
        echo '\(result)"Started the tests. Waiting for the background job to finish."}'
        """, kind: .agent),
  ]

  private static let preamble = """
    RESULT='{"summary":"planned"}'
    SIGNPOST="$(dirname "$0")/signpost"
    stay() { echo > "$SIGNPOST"; exec sleep 600; }
    mkdir -p specs/1-it-is-broken
    printf '# Spec\\n\\nAC1 it works\\n' > specs/1-it-is-broken/spec.md

    """

  /// A socket on loopback to which one can connect, and which says nothing.
  private static func withSilentPort(_ body: (UInt16) async throws -> Void) async throws {
    #if canImport(Darwin)
      let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #else
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(descriptor, generic, length) == 0 && listen(descriptor, 16) == 0
          && getsockname(descriptor, generic, &length) == 0
      } ? UInt16(bigEndian: pointer.pointee.sin_port) : nil
    }
    try await body(try #require(port))
  }

  /// The whole engine over sessions of the quirk's CLI, with the issue labelled for a plan.
  private func with(
    _ quirk: Quirk, _ body: (EngineScene, VendorBench) async throws -> Void
  ) async throws {
    let time: any TimeSource = quirk.stays ? LeapingTime() : SystemTime()
    try await Self.withSilentPort { port in
      let script = "PORT=\(port)\n\(Self.preamble)\(quirk.script)"
      try await VendorBench.with(
        quirk.vendor, script: script, time: time,
        configure: { configuration, _ in configuration.agent.settings.stopGrace = .seconds(1) }
      ) { bench in
        let signpost = "\(bench.root)/signpost"
        #expect(mkfifo(signpost, 0o600) == 0)
        let sessions: any AgentSessions =
          quirk.stays ? ReadySessions(base: bench.sessions, signpost: signpost) : bench.sessions
        let vendor = quirk.vendor
        try await EngineScene.with(
          sessions: sessions, settle: { $0.terms = { _, _ in ClaimTerms(vendor: vendor, model: nil) } }
        ) { scene in
          try await scene.watch()
          try await scene.forge.addLabel("looper:plan", to: 1, in: EngineScene.repository, as: "alice")
          try await body(scene, bench)
        }
      }
    }
  }

  @Test("nothing of it is published, and attempts are used as the failure's kind says", arguments: quirks)
  func harmless(_ quirk: Quirk) async throws {
    try await with(quirk) { scene, bench in
      let branches = try await scene.forgeScene.git.branches(of: scene.forgeScene.barePath)
      let attempts = quirk.kind == .agent ? 3 : 1
      var failures: [Failure] = []
      for _ in 0..<60 where failures.count < attempts {
        try await scene.round()
        let runs = try await scene.store.runs(ofLoop: nil, state: nil, before: .max, limit: 10)
        failures = runs.compactMap { if case .failed(let failure) = $0.state { failure } else { nil } }
      }
      try await scene.rounds(2)
      #expect(failures.map(\.kind) == Array(repeating: quirk.kind, count: attempts))
      #expect(bench.remains.isEmpty)
      let loop = try await scene.loop
      let sessions = try await scene.store.sessions(ofLoop: loop.id, limit: 10)
      #expect(sessions.count == attempts)
      for session in sessions {
        #expect(session.ending == quirk.ending)
        // Within a look of the limit.
        #expect(session.active <= (Self.limits[session.ending] ?? .seconds(60)) + .seconds(1))
      }
      #expect(loop.counters.agentFailures == (quirk.kind == .agent ? 3 : 0))
      #expect((loop.state == .blocked(.agentFailures)) == (quirk.kind == .agent))
      #expect(loop.phase == .plan)
      let after = try await scene.forgeScene.git.branches(of: scene.forgeScene.barePath)
      #expect(after == branches)
      #expect(await scene.forge.snapshot().issues.rows.filter(\.isPull).isEmpty)
      // The living status comment, once there is something that a person must see to.
      let isBlocked = if case .blocked = loop.state { true } else { false }
      #expect(isBlocked == (quirk.kind == .agent || quirk.kind == .needsHuman))
      #expect(try await scene.commentCounts() == [isBlocked ? 1 : 0])
    }
  }

  @Test("a CLI that stays after its last event has done its work, and it is published once")
  func lingering() async throws {
    let quirk = Quirk(
      testDescription: "",
      script: "echo \"$RESULT\" > \"$LOOPER_RESULT_FILE\"\necho '\(Self.result)\"Done.\"}'\nstay",
      kind: .agent, ending: "done, ended while lingering")
    try await with(quirk) { scene, bench in
      let loop = try await scene.rounds(until: { $0.phase == .specReview }, most: 60)
      #expect(loop.counters.agentFailures == 0)
      let sessions = try await scene.store.sessions(ofLoop: loop.id, limit: 10)
      #expect(sessions.map(\.ending) == ["done, ended while lingering"])
      #expect(await scene.forge.snapshot().issues.rows.filter(\.isPull).count == 1)
      #expect(bench.remains.isEmpty)
    }
  }
}
