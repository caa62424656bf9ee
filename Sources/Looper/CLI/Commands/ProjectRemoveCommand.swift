import ArgumentParser

/// `looper project remove`: forgets a repository.
struct ProjectRemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Forget a repository that has no live loops.",
    discussion: "Example: looper project remove owner/name")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "owner/name.", completion: LiveCompletion.projects.kind) var name: String

  func run() async throws {
    let project = try await global.withClient { try await $0.removeProject(name) }
    try global.show(project) { _ in "removed \(project.name)" }
    if project.isConfigured {
      try global.note(
        "the configuration file names it, so it returns with the next start; remove it there too")
    }
  }
}
