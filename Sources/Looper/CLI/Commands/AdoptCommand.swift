import ArgumentParser

/// `looper adopt`: take a pull request through review and fixes until it is ready.
struct AdoptCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adopt",
    abstract: "Take a pull request through review and fixes until it is ready to merge.",
    discussion: "Example: looper adopt https://github.com/owner/name/pull/34")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The pull request's web address.") var url: String

  func run() async throws {
    guard let address = SubjectURL(url), case .pull = address.subject else {
      throw LooperError(
        .validation, "\(url) is no pull request; write https://github.com/owner/name/pull/34")
    }
    let loop = try await global.withClient(telling: "asking GitHub") {
      try await $0.start(StartRequest(url: url))
    }
    try global.show(loop) { _ in LoopText.line(loop, "adopted") }
  }
}
