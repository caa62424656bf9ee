@testable import Looper

extension Sample {
  static func failure(_ kind: String = "run") -> FailureView {
    FailureView(
      kind: kind, at: now - .seconds(120), loop: "L12", run: kind == "loop" ? nil : "R34",
      subject: "acme/app#34", title: "Parse dates", what: kind == "loop" ? "code-review" : "implement",
      failure: kind == "loop" ? "review-rounds" : "agent", message: "exited with status 3",
      lastLines: kind == "run" ? ["compiling", "error: \u{1B}[31mno such module"] : [],
      next: kind == "loop" ? "looper why L12" : "looper run logs R34")
  }

  static func queueItem(lane: String = "planned") -> QueueItemView {
    QueueItemView(
      id: 7, loop: "L12", subject: "acme/app#34", title: "Parse dates", job: "implement", lane: lane,
      state: "queued", dueAt: now, enqueuedAt: now - .seconds(120), isBumped: false)
  }

  static func usage(rows: [UsageRowView]) -> UsageView {
    UsageView(
      by: "day", rows: rows,
      total: UsageRowView(key: "total", sessions: 0, sessionsWithoutTokens: 0, sessionsWithoutCost: 0))
  }

  static let worktrees = [
    WorktreeView(
      path: "/data/worktrees/github.com/acme/app/L12", loop: "L12", project: "acme/app",
      head: "1234567890123456789012345678901234567890", isDirty: true, state: .live,
      reason: "L12 is running, with uncommitted changes"),
    WorktreeView(
      path: "/data/worktrees/github.com/acme/app/L7", loop: "L7", project: "acme/app",
      head: "abcdef0123456789012345678901234567890123", isDirty: true, state: .removable,
      reason: "L7 has ended (merged); it has uncommitted changes, which is rescued first"),
    WorktreeView(
      path: "/data/worktrees/github.com/acme/app/mine", isDirty: false, state: .kept,
      reason: "it has no record of ours"),
  ]
}
