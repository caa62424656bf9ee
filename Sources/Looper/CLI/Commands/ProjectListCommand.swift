import ArgumentParser

/// `looper project list`: the registered repositories.
struct ProjectListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the registered repositories.",
    discussion: "Example: looper project list")

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let page = try await global.withClient { try await $0.projects() }
    try global.showList(
      page, empty: "no projects; add one with `looper project add owner/name`",
      rest: "the API lists them all, GET /api/v1/projects"
    ) {
      ProjectText.table(page.items, $0)
    }
  }
}
