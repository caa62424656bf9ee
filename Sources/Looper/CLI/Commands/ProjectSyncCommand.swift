import ArgumentParser

/// `looper project sync`: looks at GitHub now.
struct ProjectSyncCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync",
    abstract: "Ask GitHub about one project or all of them now, not at the next interval.",
    discussion: "Example: looper project sync owner/name")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "owner/name; all projects without it.", completion: LiveCompletion.projects.kind)
  var name: String?

  func run() async throws {
    let request = SyncRequest(project: name)
    let page = try await global.withClient(telling: "asking GitHub") { try await $0.syncProjects(request) }
    try global.showList(page, empty: "no projects; add one with `looper project add owner/name`") {
      ProjectText.table(page.items, $0)
    }
  }
}
