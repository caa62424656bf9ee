import ArgumentParser

/// `looper worktree cleanup`: removes the worktrees of ended loops now.
struct WorktreeCleanupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cleanup",
    abstract: "Remove the worktrees of ended loops; what only they hold is kept on a rescue ref first.",
    discussion:
      "The daemon does the same by itself within a minute; this tries again at once what it had to put off."
      + "\n\nExample: looper worktree cleanup --dry-run")

  @OptionGroup var global: GlobalOptions
  @Flag(help: "Only tell what would be removed.") var dryRun = false

  func run() async throws {
    let result = try await global.withClient(telling: "looking at worktrees") {
      try await $0.cleanUpWorktrees(isDryRun: dryRun)
    }
    if global.json || !result.removed.isEmpty { try global.show(result) { WorktreeText.text(result, $0) } }
    if result.removed.isEmpty {
      let kept = result.kept.count
      try global.note(
        kept == 0
          ? "there are no worktrees to remove"
          : "no worktree of an ended loop is left; \(kept) stay, see `looper worktree list`")
    }
  }
}
