import Testing

@testable import Looper

@Suite("Failures, usage and worktrees are told with the next thing to do")
struct HousekeepingCommandTests {
  private typealias Result = CommandScene.Result

  @Test("failures are paragraphs with the last lines and the next command")
  func failures() async throws {
    try await CommandScene.with { scene in
      scene.operations.change { $0.failures = [Sample.failure(), Sample.failure("loop")] }
      let text = """
        L12 R34  acme/app#34  implement  agent  2m ago  Parse dates
          exited with status 3
          | compiling
          | error:  [31mno such module
          next: looper run logs R34

        L12  acme/app#34  code-review  review-rounds  2m ago  Parse dates
          exited with status 3
          next: looper why L12

        """
      let result = try await scene.served("failures")
      #expect(
        result == Result(status: 0, output: text, error: ""))
    }
  }

  @Test("no failures are one line on standard error")
  func noFailures() async throws {
    try await CommandScene.with { scene in
      let text = "nothing has failed; see `looper status`\n"
      let result = try await scene.served("failures")
      #expect(
        result == Result(status: 0, output: "", error: text))
    }
  }

  @Test("unknown usage is a question mark and never zero, partly known usage has a plus")
  func usage() async throws {
    try await CommandScene.with { scene in
      let rows = [
        UsageRowView(
          key: "claude-code", sessions: 3, sessionsWithoutTokens: 1, sessionsWithoutCost: 0,
          inputTokens: 12_500,
          outputTokens: 900, costUSD: 1.25, agentSeconds: 3900),
        UsageRowView(key: "custom", sessions: 2, sessionsWithoutTokens: 2, sessionsWithoutCost: 2),
      ]
      scene.operations.change {
        $0.usage = Sample.usage(rows: rows)
        $0.usage.total = UsageRowView(
          key: "total", sessions: 5, sessionsWithoutTokens: 3, sessionsWithoutCost: 2, inputTokens: 12_500,
          outputTokens: 900, costUSD: 1.25, agentSeconds: 3960)
      }
      let text = """
        VENDOR       SESSIONS  INPUT  OUTPUT  RAN    COST
        claude-code  3         12k+   900+    1h 5m  $1.25
        custom       2         ?      ?       ?      ?
        total        5         12k+   900+    1h 6m  $1.25+

        """
      let result = try await scene.served("usage", "--by", "vendor")
      #expect(
        result == Result(status: 0, output: text, error: ""))
    }
  }

  @Test("no usage is one line on standard error, an unknown grouping is 2")
  func noUsage() async throws {
    try await CommandScene.with { scene in
      let text = "no agent session has ended yet; see `looper run list`\n"
      let result = try await scene.served("usage")
      #expect(
        result == Result(status: 0, output: "", error: text))
      #expect(await scene.run("usage", "--by", "week").status == 2)
      let days = try await scene.served("usage", "--days", "0")
      #expect(days.status == 2)
    }
  }

  @Test("worktrees are listed with the reason why each is there")
  func worktrees() async throws {
    try await CommandScene.with { scene in
      let empty = try await scene.served("worktree", "list")
      #expect(
        empty == Result(status: 0, output: "", error: "there are no worktrees; see `looper loops`\n"))
      scene.operations.change { $0.worktrees = Sample.worktrees }
      let root = "/data/worktrees/github.com/acme/app"
      let text = """
        LOOP  STATE      HEAD      PATH                                      REASON
        L12   live       1234567+  \(root)/L12   L12 is running, with uncommitted changes
        L7    removable  abcdef0+  \(root)/L7    L7 has ended (merged); it has uncommitted changes, which is rescued first
        -     kept       -         \(root)/mine  it has no record of ours

        """
      let listed = try await scene.served("worktree", "list")
      #expect(
        listed == Result(status: 0, output: text, error: ""))
    }
  }

  @Test("a clean-up tells what went and where it is kept; a dry run only tells")
  func cleanup() async throws {
    try await CommandScene.with { scene in
      scene.operations.change { $0.worktrees = Sample.worktrees }
      let rest =
        "L7 /data/worktrees/github.com/acme/app/L7, kept what only it held as refs/looper/rescue/L7/1\n2 stay; see `looper worktree list`\n"
      let dry = try await scene.served("worktree", "cleanup", "--dry-run")
      #expect(
        dry == Result(status: 0, output: "would remove " + rest, error: ""))
      #expect(scene.operations.read { $0.worktrees.count } == 3)
      let done = try await scene.served("worktree", "cleanup")
      #expect(
        done == Result(status: 0, output: "removed " + rest, error: ""))
      let none = "no worktree of an ended loop is left; 2 stay, see `looper worktree list`\n"
      let again = try await scene.served("worktree", "cleanup")
      #expect(
        again == Result(status: 0, output: "", error: none))
    }
  }

  @Test(
    "without a daemon the status is 3", arguments: ["failures", "usage", "worktree list", "worktree cleanup"])
  func noDaemon(line: String) async throws {
    try await CommandScene.with { scene in
      let result = await scene.run(line.split(separator: " ").map(String.init))
      #expect(result.status == 3)
    }
  }
}
