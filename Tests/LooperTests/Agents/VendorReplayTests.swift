import Foundation
import Testing

@testable import Looper

@Suite("a vendor's session runs from its prompt to its report, by replay of its stream", .serialized)
struct VendorReplayTests {
  /// What the stand-in for a vendor's CLI does after it has read its prompt.
  struct Replay: Sendable {
    /// A fixture printed on standard output; empty for none.
    var stream = ""
    /// Lines of `sh` that follow.
    var script = ""
  }

  private func run(
    _ vendor: Vendor, _ replay: Replay, time: any TimeSource = SystemTime(), in bench: AgentBench,
    observer: SessionObserver = SessionObserver(), adjust: (inout AgentSessionSpec) -> Void = { _ in }
  ) async throws -> AgentSessionResult {
    let path = "\(bench.root)/vendor"
    let stream = replay.stream.isEmpty ? ":" : "cat '\(GoldenText.url("\(replay.stream).jsonl").path)'"
    let script = """
      #!/bin/sh
      printf '%s\\n' "$@" > arguments
      env > environment
      cat > seen
      \(stream)
      \(replay.script)

      """
    try Data(script.utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    let adapter = try #require(VendorAdapters.adapter(for: vendor, command: [path]))
    var spec = bench.spec(adapter: adapter)
    adjust(&spec)
    return await bench.runner(time: time).run(spec, observer: observer)
  }

  private func text(_ name: String, in bench: AgentBench) throws -> String {
    try String(contentsOfFile: "\(bench.worktree)/\(name)", encoding: .utf8)
  }

  private static let writesResult = #"echo '{"summary":"s"}' > "$LOOPER_RESULT_FILE""#

  @Test(
    "with a result file it succeeds; the prompt is on standard input and in no argument",
    arguments: [
      (
        Vendor.claudeCode, "claude-code-2.1.330/ok",
        Usage(inputTokens: 360, outputTokens: 60, costUSD: 0.00264)
      ),
      (.codex, "codex-0.163.0/ok-stdin", Usage(inputTokens: 120, outputTokens: 20, costUSD: nil)),
      (.opencode, "opencode-documented/ok", Usage(inputTokens: 330, outputTokens: 27, costUSD: 0.003)),
      (.cursor, "cursor-documented/ok", Usage(inputTokens: 160, outputTokens: 20, costUSD: nil)),
      (.custom, "", .unknown),
    ])
  func success(vendor: Vendor, stream: String, usage: Usage) async throws {
    try await AgentBench.withBench { bench in
      let result = try await run(vendor, Replay(stream: stream, script: Self.writesResult), in: bench)
      #expect(result.outcome.result == AgentBench.reported)
      #expect(result.outcome.usage == usage)
      #expect((result.vendorSessionID != nil) == (vendor != .custom))
      #expect(try text("seen", in: bench) == "the prompt")
      #expect(try !text("arguments", in: bench).contains("the prompt"))
    }
  }

  @Test("the schema of the answer is an argument of claude and a file of codex")
  func schema() async throws {
    try await AgentBench.withBench { bench in
      let schema = ReportSchema.text(for: .planner)
      _ = try await run(.claudeCode, Replay(), in: bench)
      #expect(try text("arguments", in: bench).contains("--json-schema\n\(schema)\n"))
      let result = try await run(.codex, Replay(), in: bench)
      let path = try #require(result.directory?.answerSchema)
      #expect(try text("arguments", in: bench).contains("--output-schema\n\(path)\n"))
      #expect(FileManager.default.contents(atPath: path) == Data(schema.utf8))
    }
  }

  @Test("MCP servers reach the vendors that take them, in a file of the session")
  func mcp() async throws {
    let servers: JSONValue = [
      "mcpServers": [
        "files": ["command": "mcp-files", "args": ["--root", "/srv"], "env": ["KEY": "v"]],
        "web": ["type": "http", "url": "https://mcp.example.org"],
      ]
    ]
    try await AgentBench.withBench { bench in
      let claude = try await run(.claudeCode, Replay(), in: bench, adjust: { $0.launch.mcpServers = servers })
      let path = try #require(claude.directory?.mcpServers)
      #expect(try text("arguments", in: bench).contains("--mcp-config\n\(path)\n--strict-mcp-config\n"))
      let written = try #require(FileManager.default.contents(atPath: path))
      #expect(try JSONDecoder().decode(JSONValue.self, from: written) == servers)
      let open = try await run(.opencode, Replay(), in: bench, adjust: { $0.launch.mcpServers = servers })
      #expect(open.directory != nil)
      let name = "OPENCODE_CONFIG_CONTENT="
      let line = try text("environment", in: bench).split(separator: "\n").first { $0.hasPrefix(name) }
      let document = try JSONDecoder().decode(
        JSONValue.self, from: Data(try #require(line).dropFirst(name.count).utf8))
      #expect(document["mcp"]?["files"]?["command"] == ["mcp-files", "--root", "/srv"])
      #expect(document["mcp"]?["files"]?["environment"] == ["KEY": "v"])
      #expect(document["mcp"]?["web"]?["url"] == "https://mcp.example.org")
      _ = try await run(.codex, Replay(), in: bench, adjust: { $0.launch.mcpServers = servers })
      #expect(try text("arguments", in: bench).contains("mcp_servers.files"))
    }
  }

  @Test("opencode may do what it must, and no vendor sees another's key")
  func environment() async throws {
    try await AgentBench.withBench { bench in
      _ = try await run(.opencode, Replay(), in: bench)
      let own = try text("environment", in: bench)
      #expect(own.contains("OPENCODE_PERMISSION={\"*\":\"allow\",\"external_directory\":\"allow\"}\n"))
      #expect(own.contains("ANTHROPIC_API_KEY=key\n"))
      _ = try await run(.codex, Replay(), in: bench)
      #expect(try !text("environment", in: bench).contains("ANTHROPIC_API_KEY"))
    }
  }

  @Test(
    "without a file the last message is the result, marked or checked by the vendor",
    arguments: [
      (
        Vendor.codex,
        #"{"type":"item.completed","item":{"type":"agent_message","text":"Done.\n\n`__LOOPER_RESULT__={\"summary\":\"s\"}`"}}"#,
        #"{"type":"turn.completed","usage":{"input_tokens":1,"output_tokens":1}}"#
      ),
      (
        .codex,
        #"{"type":"item.completed","item":{"type":"agent_message","text":"{\"summary\":\"s\",\"spec_path\":null,\"question\":null}"}}"#,
        #"{"type":"turn.completed","usage":{"input_tokens":1,"output_tokens":1}}"#
      ),
      (
        .claudeCode, #"{"type":"system","subtype":"init","session_id":"S"}"#,
        #"{"type":"result","is_error":false,"result":"Done.","structured_output":{"summary":"s","spec_path":null,"question":null}}"#
      ),
      (
        .opencode,
        #"{"type":"text","sessionID":"S","part":{"text":"Done.\n__LOOPER_RESULT__={\"summary\":\"s\"}"}}"#,
        #"{"type":"step_finish","sessionID":"S","part":{"reason":"stop","tokens":{"input":1,"output":1}}}"#
      ),
      (
        .cursor,
        #"{"type":"assistant","message":{"content":[{"type":"text","text":"__LOOPER_RESULT__={\"summary\":\"s\"}"}]}}"#,
        #"{"type":"result","is_error":false,"result":"First.__LOOPER_RESULT__={\"summary\":\"s\"}"}"#
      ),
    ])
  func lastMessage(vendor: Vendor, first: String, last: String) async throws {
    try await AgentBench.withBench { bench in
      let script = "cat <<'END'\n\(first)\n\(last)\nEND"
      let result = try await run(vendor, Replay(script: script), in: bench)
      #expect(result.outcome.result == AgentBench.reported)
    }
  }

  @Test(
    "a session that failed is a failure of the right kind, whatever its exit status",
    arguments: [
      (Vendor.codex, "codex-0.163.0/401", "exit 1", Failure.Kind.needsHuman),
      (.codex, "codex-0.163.0/429", "exit 1", .usageLimited(until: nil)),
      (.codex, "codex-0.163.0/ok", ":", .agent),
      (.opencode, "opencode-documented/unreachable", ":", .transient),
      (.opencode, "opencode-documented/unreachable", "\(writesResult); exit 1", .transient),
      (.opencode, "opencode-documented/bad-model", "exit 1", .needsHuman),
      (.opencode, "opencode-documented/unauthorized", ":", .needsHuman),
      (.opencode, "", "echo 'Session not found: ses_x' >&2", .agent),
      (.cursor, "", "echo \"You've hit your usage limit\" >&2; exit 1", .usageLimited(until: nil)),
      (.cursor, "", "echo 'Error: Authentication required' >&2; exit 1", .needsHuman),
    ])
  func failures(vendor: Vendor, stream: String, script: String, kind: Failure.Kind) async throws {
    try await AgentBench.withBench { bench in
      let result = try await run(vendor, Replay(stream: stream, script: script), in: bench)
      guard case .failed(let failure) = result.outcome.result else {
        Issue.record("\(result.outcome.result)")
        return
      }
      #expect(failure.kind == kind, "\(failure)")
    }
  }

  @Test("an opencode that got over an error and exits 1 has done its work")
  func openCodeStatus() async throws {
    try await AgentBench.withBench { bench in
      let replay = Replay(stream: "opencode-documented/recovered", script: "\(Self.writesResult); exit 1")
      let result = try await run(.opencode, replay, in: bench)
      #expect(result.outcome.result == AgentBench.reported)
    }
  }

  @Test("a codex that reconnects for ever ends at the idle limit, and the network is to blame")
  func codexUnreachable() async throws {
    try await AgentBench.withBench { bench in
      let ready = "\(bench.worktree)/ready"
      #expect(mkfifo(ready, 0o600) == 0)
      let script = """
        trap '' TERM
        echo '{"type":"error","message":"Reconnecting... 2/5 (stream disconnected before completion)"}'
        echo > ready
        exec sleep 600
        """
      // Reading a pipe ends when its writer is there and done: the event is printed, and time may leap.
      let observer = SessionObserver(onStart: { _, _, _ in
        _ = try? FileHandle(forReadingAtPath: ready)?.readToEnd()
      })
      let result = try await run(
        .codex, Replay(stream: "codex-0.163.0/sigterm-during-tool", script: script), time: LeapingTime(),
        in: bench, observer: observer, adjust: { $0.limits.poll = .seconds(1) })
      #expect(result.ending == "no sign of life for 300 s")
      #expect(
        result.outcome.result
          == .failed(
            Failure(
              .transient,
              "the agent cannot reach its model: Reconnecting... 2/5 (stream disconnected before completion)")
          ))
    }
  }

  @Test(
    "a vendor that stays after its last event is ended and counts as done",
    arguments: [Vendor.codex, .opencode, .cursor])
  func lingering(vendor: Vendor) async throws {
    try await AgentBench.withBench { bench in
      let streams: [Vendor: String] = [
        .codex: "codex-0.163.0/ok", .opencode: "opencode-documented/ok", .cursor: "cursor-documented/ok",
      ]
      // The result comes before the last event, as it does in truth.
      let stream = try #require(streams[vendor].map { GoldenText.url("\($0).jsonl").path })
      let replay = Replay(script: "\(Self.writesResult)\ncat '\(stream)'\nexec sleep 600")
      let result = try await run(
        vendor, replay, in: bench, adjust: { $0.limits.linger = .milliseconds(100) })
      #expect(result.ending == "done, ended while lingering")
      #expect(result.outcome.result == AgentBench.reported)
    }
  }
}
