import ArgumentParser

/// `looper adopt`: take a pull request through review and fixes until it is ready.
struct AdoptCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adopt",
    abstract: "Take a pull request through review and fixes until it is ready to merge.",
    discussion: "Example: looper adopt https://github.com/owner/name/pull/34")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "https://github.com/owner/name/pull/34, or owner/name#34.") var url: String

  func run() async throws {
    guard let address = SubjectURL(url, assuming: AssumedHost.name),
      address.isShorthand || address.subject == address.pull
    else {
      throw LooperError(
        .validation, "\(url) is no pull request; write https://github.com/owner/name/pull/34 or owner/name#34"
      )
    }
    // An issue of that number is not to be started instead.
    let name = address.project
    let page = "https://\(name.host)/\(name.owner)/\(name.name)/pull/\(address.subject.number)"
    let loop = try await global.withClient(telling: "asking GitHub") {
      try await $0.start(StartRequest(url: address.isShorthand ? page : url))
    }
    try global.show(loop) { _ in LoopText.line(loop, "adopted") }
  }
}
