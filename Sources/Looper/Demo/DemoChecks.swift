import Foundation

/// The CI of the demonstration: runs `check.sh` of every new head of a pull request and reports a check run with
/// its log, as GitHub Actions would.
struct DemoChecks: Sendable {
  /// One run of the check.
  struct Outcome: Sendable, Hashable {
    var sha: CommitSHA
    var isSuccess: Bool
    var log: String
  }

  private static let deadline = Duration.seconds(30)
  private static let outputMax = ByteCount.mebibytes(1)

  let forge: LocalForge
  let directory: DemoDirectory
  let runner: CommandRunner
  /// `PATH` of the commands.
  let searchPath: String

  /// Works until the stream ends or the task is cancelled.
  func run(
    on changes: AsyncStream<ForgeChange>, onOutcome: @Sendable (Outcome) async throws -> Void
  ) async throws {
    var checked: Set<CommitSHA> = []
    for await change in changes {
      guard let sha = await head(in: change), checked.insert(sha).inserted else { continue }
      try await onOutcome(try await check(sha))
    }
  }

  /// The head that a change brought to a pull request.
  private func head(in change: ForgeChange) async -> CommitSHA? {
    switch change {
    case .headMoved(DemoSample.repository, _, let sha): return sha
    case .pullOpened(let repository, let number) where repository == DemoSample.repository:
      let state = await forge.snapshot()
      guard let repository = state.repository(named: repository) else { return nil }
      return state.issue(number, in: repository.id)?.pull?.headSHA
    case .pullOpened, .headMoved, .pushed, .issueOpened, .labeled, .unlabeled, .commented, .reviewed, .closed,
      .reopened, .merged,
      .checkRun, .rerunRequested:
      return nil
    }
  }

  private func check(_ sha: CommitSHA) async throws -> Outcome {
    let id = try await forge.reportCheck(
      .init(name: DemoSample.checkName, status: .inProgress), on: sha, in: DemoSample.repository)
    let checkout = "\(directory.scratch)/check-\(sha.short)"
    defer { try? FileManager.default.removeItem(atPath: checkout) }
    let script = """
      git clone --quiet --no-checkout "file://$1" "$2" && cd "$2" && git checkout --quiet "$3" && exec sh check.sh 2>&1
      """
    let repository = DemoForge.repositoryPath(in: directory)
    let result = try await runner.run(
      Command(
        executable: "/bin/sh", arguments: ["-c", script, "ci", repository, checkout, sha.rawValue],
        environment: ["HOME": directory.path, "PATH": searchPath, "GIT_CONFIG_SYSTEM": "/dev/null"]),
      deadline: Self.deadline, outputLimit: Self.outputMax)
    let said = String(decoding: result.standardOutput + result.standardError, as: UTF8.self)
    let outcome = Outcome(sha: sha, isSuccess: result.status.isSuccess, log: "$ sh check.sh\n\(said)")
    try await forge.reportCheck(
      .init(
        conclusion: outcome.isSuccess ? .success : .failure,
        title: outcome.isSuccess ? "all passed" : "check.sh failed", summary: outcome.lastLine,
        log: outcome.log),
      on: sha, in: DemoSample.repository, updating: id)
    return outcome
  }
}

extension DemoChecks.Outcome {
  var lastLine: String { log.split(separator: "\n").last.map(String.init) ?? "" }
}
