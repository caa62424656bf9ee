import Foundation

/// The local GitHub of a demonstration, with its repository and the issue that is to be solved.
struct DemoForge: Sendable {
  let forge: LocalForge
  let issue: Int

  /// Makes the repository and the issue; nobody has labelled it yet.
  static func make(in directory: DemoDirectory, runner: CommandRunner, time: any TimeSource) async throws
    -> DemoForge
  {
    let configuration = ForgeConfiguration(
      repositoriesRoot: directory.forge, tokens: [DemoSample.token: DemoSample.owner], now: { time.now })
    let forge = LocalForge(configuration: configuration, git: ForgeGitStorage(runner: runner))
    try await forge.createRepository(DemoSample.repository, files: DemoSample.files)
    let issue = try await forge.createIssue(
      in: DemoSample.repository, title: DemoSample.issueTitle, body: DemoSample.issueBody,
      as: DemoSample.reporter)
    return DemoForge(forge: forge, issue: issue)
  }

  /// What the owner does in the browser to start it all.
  func label() async throws {
    try await forge.addLabel("looper:plan", to: issue, in: DemoSample.repository, as: DemoSample.owner)
  }

  /// Where the repository's bare git directory is.
  static func repositoryPath(in directory: DemoDirectory) -> String {
    "\(directory.forge)/\(DemoSample.repository).git"
  }
}
