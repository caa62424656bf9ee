import ArgumentParser
import Foundation

/// `looper project add`: registers a repository.
struct ProjectAddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Register a repository: owner/name, its address, or `.` in a checkout.",
    discussion: "Example: looper project add owner/name --base develop")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "owner/name, host/owner/name, a web or clone address, or the path of a checkout.") var name:
    String
  @Option(help: "A local checkout; it is never written to.", completion: .directory) var path: String?
  @Option(help: "The branch work starts from; the default branch otherwise.") var base: String?

  func run() async throws {
    let request = try request()
    let project = try await global.withClient(telling: "asking GitHub") { try await $0.addProject(request) }
    try global.show(project) { _ in
      "added \(project.name); label an issue looper:plan, or `looper run \(project.url)/issues/<n>`"
    }
  }

  private func request() throws(LooperError) -> ProjectRequest {
    let directory = absolute(name)
    let isPath = name.hasPrefix(".") || name.hasPrefix("/") || name.hasPrefix("~")
    let address = isPath ? try CheckoutOrigin.address(of: directory) : name
    let path = path.map(absolute) ?? (isPath ? directory : nil)
    let request = ProjectRequest(name: address, path: path, base: base)
    _ = try request.projectName()
    return request
  }

  private func absolute(_ path: String) -> String {
    let around = CommandEnvironment.current
    let expanded = ConfigurationText.expanded(path, home: around.homeDirectory)
    let base = URL(filePath: around.currentDirectory, directoryHint: .isDirectory)
    return URL(filePath: expanded, relativeTo: base).standardizedFileURL.path(percentEncoded: false)
      .removingTrailingSlash
  }
}
