import ArgumentParser

/// `looper project show`: one repository.
struct ProjectShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one registered repository.",
    discussion: "Example: looper project show owner/name")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "owner/name.", completion: LiveCompletion.projects.kind) var name: String

  func run() async throws {
    let project = try await global.withClient { try await $0.project(name) }
    try global.show(project) { ProjectText.text(project, $0) }
  }
}
