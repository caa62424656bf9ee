import Foundation
import Synchronization
import Testing

@testable import Looper

/// A clock that moves only when somebody sleeps, and then at once.
final class LeapingTime: TimeSource {
  private let current = Mutex(Timestamp(milliseconds: 1_795_345_200_000))

  var now: Timestamp { current.withLock { $0 } }

  /// Returns at once: no test waits by it.
  func sleep(until deadline: Timestamp) async throws {
    try Task.checkCancellation()
    current.withLock { $0 = max($0, deadline) }
    await Task.yield()
  }
}

/// Shell scripts run as sessions in a directory of their own.
struct AgentBench {
  let root: String
  var worktree: String { "\(root)/worktree" }

  static func withBench(_ body: (AgentBench) async throws -> Void) async throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "looper-\(UUID().uuidString)").path
    let bench = AgentBench(root: root)
    for directory in ["worktree", "spool"] {
      try FileManager.default.createDirectory(
        atPath: "\(root)/\(directory)", withIntermediateDirectories: true)
    }
    defer { try? FileManager.default.removeItem(atPath: root) }
    try await body(bench)
  }

  func runner(time: any TimeSource = SystemTime(), extraNames: Set<String> = []) -> AgentSessionRunner {
    let looper = Bundle.module.bundleURL.deletingLastPathComponent().appending(path: "looper").path
    let parent = [
      "ANTHROPIC_API_KEY": "key", "EXTRA": "e", "GH_TOKEN": "t", "GITHUB_TOKEN": "t", "GIT_DIR": "/x",
      "HOME": "/h",
      "LOOPER_SERVER_PORT": "1", "PATH": "/usr/bin:/bin", "PWD": "/x", "SECRET": "s", "SSH_AUTH_SOCK": "/s",
    ]
    return AgentSessionRunner(
      launcher: ShimLauncher(executablePath: looper, scratchDirectory: "\(root)/spool", tag: [:]), time: time,
      environment: AgentEnvironment(parent: parent, extraNames: extraNames), sessionsRoot: "\(root)/sessions")
  }

  /// A session of `/bin/sh -c script`.
  func spec(_ script: String, role: Role = .planner) -> AgentSessionSpec {
    spec(adapter: CustomAdapter(executable: "/bin/sh", leadingArguments: ["-c", script]), role: role)
  }

  func spec(adapter: any VendorAdapter, role: Role = .planner) -> AgentSessionSpec {
    AgentSessionSpec(
      assignment: AgentAssignment(
        runID: Run.ID(34), loopID: Loop.ID(12), stage: "write spec", role: role, phase: .plan,
        worktree: worktree,
        prompt: "the prompt", context: ["protocol": 1]),
      adapter: adapter, limits: SessionLimits(grace: .seconds(1), poll: .milliseconds(20)))
  }

  static let reported = AgentOutcome.Result.reported(.plan(PlanReport(summary: "s", specPath: nil)))
}

@Suite("a session runs from its description to its outcome", .serialized)
struct AgentSessionRunnerTests {
  @Test("an agent that follows the protocol succeeds, and its files are kept")
  func success() async throws {
    try await AgentBench.withBench { bench in
      let spec = bench.spec(
        """
        cat > seen; cmp -s seen "$LOOPER_PROMPT_FILE" || exit 9; grep -q protocol "$LOOPER_CONTEXT_FILE" || exit 8
        touch "$TMPDIR/x"; echo '{"type":"usage","input_tokens":3,"output_tokens":4}'
        echo '{"type":"progress","message":"writing"}'; echo '{"summary":"s"}' > "$LOOPER_RESULT_FILE"
        """)
      let result = await bench.runner().run(spec)
      #expect(result.outcome.result == AgentBench.reported)
      #expect(result.outcome.usage == Usage(inputTokens: 3, outputTokens: 4, costUSD: nil))
      #expect(result.ending == "exit status 0")
      let directory = try #require(result.directory)
      #expect(directory.path.hasSuffix("/R34-write-spec-1"))
      #expect(FileManager.default.contents(atPath: directory.result) == Data("{\"summary\":\"s\"}\n".utf8))
      for path in [directory.prompt, directory.context, directory.standardOutput] {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
      }
      #expect(try String(contentsOfFile: "\(bench.worktree)/seen", encoding: .utf8) == "the prompt")
      #expect(await bench.runner().run(spec).directory?.path.hasSuffix("/R34-write-spec-2") == true)
    }
  }

  @Test("the environment holds the protocol and the allowed names, nothing else")
  func environment() async throws {
    try await AgentBench.withBench { bench in
      let spec = bench.spec("env > env.txt; echo '__LOOPER_RESULT__={\"summary\":\"s\"}'")
      let result = await bench.runner(extraNames: ["EXTRA", "GITHUB_TOKEN", "GIT_DIR"]).run(spec)
      #expect(result.outcome.result == AgentBench.reported)
      let text = try String(contentsOfFile: "\(bench.worktree)/env.txt", encoding: .utf8)
      let names = Set(text.split(separator: "\n").map { String($0.prefix { $0 != "=" }) })
      // PWD, OLDPWD, SHLVL and _ are the shell's own; LOOPER_CHILD is how a process tree is recognised.
      #expect(
        names.subtracting(["PWD", "OLDPWD", "SHLVL", "_", "LOOPER_CHILD"]) == [
          "EXTRA", "GIT_EDITOR", "GIT_PAGER", "GIT_TERMINAL_PROMPT", "HOME", "LOOPER_CONTEXT_FILE",
          "LOOPER_LOOP_ID",
          "LOOPER_PHASE", "LOOPER_PROMPT_FILE", "LOOPER_PROTOCOL", "LOOPER_RESULT_FILE", "LOOPER_ROLE",
          "LOOPER_RUN_ID", "LOOPER_SCRATCH_DIR", "LOOPER_WORKTREE", "PAGER", "PATH", "TMPDIR",
        ])
      #expect(text.contains("LOOPER_LOOP_ID=L12\n"))
      #expect(text.contains("LOOPER_RUN_ID=R34\n"))
    }
  }

  @Test("the observer is told start, progress and usage before the end")
  func observer() async throws {
    try await AgentBench.withBench { bench in
      let told = Mutex<[String]>([])
      let observer = SessionObserver(
        onStart: { identity, executable, _ in told.withLock { $0.append("\(identity.pid > 0) \(executable)") }
        },
        onNews: { news in
          told.withLock { $0.append("\(news.progress ?? "-") \(news.usage.inputTokens ?? -1)") }
        })
      let spec = bench.spec(
        "echo '{\"type\":\"progress\",\"message\":\"p\"}'; printf '{\"type\":\"usage\",\"input_tokens\":3}'")
      let result = await bench.runner().run(spec, observer: observer)
      #expect(told.withLock { $0.first } == "true /bin/sh")
      #expect(told.withLock { $0.last } == "p 3")
      #expect(result.active > .zero)
    }
  }

  @Test("news come with every pulse, and when a budget's time may be over")
  func newsDue() async throws {
    try await AgentBench.withBench { bench in
      let told = Mutex<[Duration]>([])
      let observer = SessionObserver(
        onNews: { news in told.withLock { $0.append(news.active) } },
        newsDueAt: { told.withLock { $0.count == 2 } ? .seconds(40) : nil })
      var spec = bench.spec("sleep 600")
      spec.limits.poll = .seconds(1)
      spec.limits.runtime = .seconds(90)
      let result = await bench.runner(time: LeapingTime()).run(spec, observer: observer)
      #expect(result.active == .seconds(90))
      #expect(told.withLock { $0 } == [15, 30, 40, 55, 70, 85].map { .seconds($0) })
    }
  }

  @Test(
    "an agent that fails says why",
    arguments: [
      ("echo oops >&2; exit 7", Failure(.agent, "the agent exited with status 7: oops")),
      ("kill -9 $$", Failure(.agent, "the agent was killed by signal 9")),
      (":", Failure(.agent, "the agent ended without a result")),
      (
        "echo '{\"summary\":1}' > $LOOPER_RESULT_FILE",
        Failure(.agent, "the agent's result was refused: summary: expected string; got number")
      ),
    ])
  func failures(script: String, failure: Failure) async throws {
    try await AgentBench.withBench { bench in
      #expect(await bench.runner().run(bench.spec(script)).outcome.result == .failed(failure))
    }
  }

  @Test("a command that does not exist needs a person")
  func missing() async throws {
    try await AgentBench.withBench { bench in
      let result = await bench.runner().run(
        bench.spec(adapter: ClaudeCodeAdapter(executable: "no-such-agent")))
      #expect(
        result.outcome.result
          == .failed(
            Failure(
              .needsHuman,
              "agent command `no-such-agent` not found; install claude-code or set agent.vendors.claude-code.command"
            )))
    }
  }

  @Test("a silent agent is ended, with the children that ignore it")
  func idle() async throws {
    try await AgentBench.withBench { bench in
      var spec = bench.spec("trap '' TERM; sh -c 'trap \"\" TERM; echo > ready; sleep 600' & sleep 600")
      spec.limits.poll = .seconds(1)
      let identity = Mutex<ProcessIdentity?>(nil)
      let ready = "\(bench.worktree)/ready"
      #expect(mkfifo(ready, 0o600) == 0)
      // Reading a pipe ends when its writer is there and done: the traps are set, and time may leap.
      let observer = SessionObserver(onStart: { id, _, _ in
        identity.withLock { $0 = id }
        _ = try? FileHandle(forReadingAtPath: ready)?.readToEnd()
      })
      let result = await bench.runner(time: LeapingTime()).run(spec, observer: observer)
      #expect(result.ending == "no sign of life for 300 s")
      #expect(identity.withLock { $0 }?.isAlive == false)
    }
  }

  @Test("a session that cannot be recorded is not started, or ended at once")
  func unrecorded() async throws {
    try await AgentBench.withBench { bench in
      let full = Failure(.transient, "database or disk is full")
      let spec = bench.spec("touch started; sleep 600")
      let before = SessionObserver(onPrepared: { _, _ in throw full })
      #expect(await bench.runner().run(spec, observer: before).outcome.result == .failed(full))
      #expect(!FileManager.default.fileExists(atPath: "\(bench.worktree)/started"))
      let identity = Mutex<ProcessIdentity?>(nil)
      let after = SessionObserver(onStart: { id, _, _ in
        identity.withLock { $0 = id }
        throw full
      })
      #expect(await bench.runner().run(spec, observer: after).outcome.result == .failed(full))
      #expect(identity.withLock { $0 }?.isAlive == false)
    }
  }

  @Test("a cancelled session is stopped, its tree gone")
  func cancelled() async throws {
    try await AgentBench.withBench { bench in
      let (started, report) = AsyncStream<ProcessIdentity>.makeStream(bufferingPolicy: .bufferingNewest(1))
      let observer = SessionObserver(onStart: { id, _, _ in report.yield(id) })
      let runner = bench.runner()
      let spec = bench.spec("sleep 600 & sleep 600")
      try await withThrowingTaskGroup(of: AgentSessionResult.self) { group in
        group.addTask { await runner.run(spec, observer: observer) }
        var iterator = started.makeAsyncIterator()
        let identity = try #require(await iterator.next())
        group.cancelAll()
        let result = try #require(try await group.next())
        #expect(result.outcome.result == .stopped)
        #expect(!identity.isAlive)
      }
    }
  }

  @Test("a large output costs no result: it is found at the end, and head and tail are kept")
  func largeOutput() async throws {
    try await AgentBench.withBench { bench in
      var spec = bench.spec(
        "echo first; head -c 20000000 /dev/zero | tr '\\0' x; echo; echo '__LOOPER_RESULT__={\"summary\":\"s\"}'"
      )
      spec.limits.transcript = .kibibytes(64)
      let result = await bench.runner().run(spec)
      #expect(result.outcome.result == AgentBench.reported)
      #expect(result.outcome.tail.utf8.count <= SessionTranscript.tailBytesMax)
      let log = try #require(FileManager.default.contents(atPath: result.directory?.standardOutput ?? ""))
      #expect((65_536..<65_700).contains(log.count))
      #expect(log.starts(with: Data("first\n".utf8)))
      #expect(
        String(decoding: log.suffix(40), as: UTF8.self).hasSuffix("__LOOPER_RESULT__={\"summary\":\"s\"}\n"))
    }
  }

  @Test("an agent that prints 200 MB and no result has failed, and little of it is kept")
  func floodWithoutResult() async throws {
    try await AgentBench.withBench { bench in
      let result = await bench.runner().run(
        bench.spec("head -c 200000000 /dev/zero | tr '\\0' x | fold -w 65536"))
      guard case .failed(let failure) = result.outcome.result else {
        Issue.record("it did not fail: \(result.outcome.result)")
        return
      }
      #expect(failure.kind == .agent)
      let directory = try #require(result.directory)
      let attributes = try FileManager.default.attributesOfItem(atPath: directory.standardOutput)
      let size = try #require(attributes[.size] as? Int)
      #expect(size <= SessionLimits().transcript.bytes + 4096)
    }
  }

  @Test("a claude that stays after its last event is ended and counts as done")
  func lingering() async throws {
    try await AgentBench.withBench { bench in
      let script = "\(bench.root)/claude"
      let last = #"{"type":"result","is_error":false,"result":"{\"summary\":\"s\"}","session_id":"S"}"#
      try Data("#!/bin/sh\necho '\(last)'\nexec sleep 600\n".utf8).write(to: URL(fileURLWithPath: script))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
      var spec = bench.spec(adapter: ClaudeCodeAdapter(executable: script))
      spec.limits.linger = .milliseconds(100)
      let result = await bench.runner().run(spec)
      #expect(result.outcome.result == AgentBench.reported)
      #expect(result.vendorSessionID == "S")
      #expect(result.ending == "done, ended while lingering")
    }
  }
}
