import ArgumentParser

/// `looper worktree list`: each with the reason why it is there.
struct WorktreeListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List worktrees with the reason why each is kept.",
    discussion: "Example: looper worktree list")

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let page = try await global.withClient { try await $0.worktrees() }
    try global.showList(
      page, empty: "there are no worktrees; see `looper loops`",
      rest: "the API lists them all, GET /api/v1/worktrees"
    ) {
      WorktreeText.table(page.items, $0)
    }
  }
}
