import ArgumentParser

/// `looper worktree`: the git worktrees of loops.
struct WorktreeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worktree", abstract: "Look at the git worktrees of loops, remove those of ended ones.",
    discussion: "Example: looper worktree list",
    subcommands: [WorktreeListCommand.self, WorktreeCleanupCommand.self])
}
