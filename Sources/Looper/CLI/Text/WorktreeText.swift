/// Worktrees, as a list and as what a clean-up did.
enum WorktreeText {
  static func table(_ worktrees: [WorktreeView], _ style: TextStyle) -> String {
    TextTable(
      columns: ["LOOP", "STATE", "HEAD", .init("PATH", .below), .init("REASON", .wraps)],
      rows: worktrees.map { worktree in
        [
          .init(worktree.loop ?? "-"), .init(worktree.state.rawValue, color(worktree.state)),
          .init((worktree.head.map { String($0.prefix(7)) } ?? "-") + (worktree.isDirty ? "+" : "")),
          .init(worktree.path), .init(worktree.reason),
        ]
      }
    ).text(style)
  }

  /// A line for each that went, and one for all that stayed.
  static func text(_ result: WorktreeCleanupView, _ style: TextStyle) -> String {
    let verb = result.isDryRun ? "would remove" : "removed"
    var lines = result.removed.map { removal in
      let rescue = removal.rescueRef.map { ", kept what only it held as \($0)" } ?? ""
      return TerminalText.safe("\(verb) \(removal.loop) \(removal.path)\(rescue)")
    }
    if !result.kept.isEmpty { lines.append("\(result.kept.count) stay; see `looper worktree list`") }
    return lines.joined(separator: "\n")
  }

  private static func color(_ state: WorktreeView.State) -> TextStyle.Color? {
    switch state {
    case .live: .green
    case .removable: nil
    case .kept: .yellow
    }
  }
}
