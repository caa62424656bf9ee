import Foundation
import Synchronization
import Testing

@testable import Looper

/// A local GitHub with one repository `acme/shop`: the token `dummy` is `looper`, who may write, as `alice`
/// may.
struct ForgeScene {
  static let repository = "acme/shop"
  static let startedAt = Timestamp(milliseconds: 1_790_000_000_000)

  let directory: String
  let forge: LocalForge
  let git: ForgeGitStorage
  let runner: CommandRunner
  let clock: ForgeClock

  var barePath: String { "\(directory)/repositories/acme/shop.git" }

  /// Sends a REST request as a token's owner.
  func send(
    _ method: String, _ target: String, _ body: JSONValue? = nil, token: String = "dummy",
    headers: [String: String] = [:]
  ) async -> ForgeResponse {
    let given = ["authorization": "token \(token)", "host": "api.github.com"].merging(headers) { $1 }
    let data = body.map(ForgeJSON.encode) ?? Data()
    return await forge.handle(ForgeRequest(method, target: target, headers: given, body: data))
  }

  /// The same below `/repos/acme/shop`.
  func repo(
    _ method: String, _ target: String, _ body: JSONValue? = nil, token: String = "dummy",
    headers: [String: String] = [:]
  ) async -> ForgeResponse {
    await send(method, "/repos/acme/shop\(target)", body, token: token, headers: headers)
  }

  func graph(_ query: String, _ variables: JSONValue = [:], token: String = "dummy") async throws -> JSONValue
  {
    let response = await send(
      "POST", "/graphql", ["query": .string(query), "variables": variables], token: token)
    #expect(response.status == 200)
    return try #require(response.json)
  }

  /// Commits files on top of a branch and lets a branch point at it, as a push does.
  @discardableResult
  func push(
    _ files: [String: String], renaming names: [String: String] = [:], to branch: String,
    from base: String = "main"
  ) async throws -> CommitSHA {
    var stream = "commit refs/heads/\(branch)\ncommitter alice <alice@example.com> 1790000000 +0000\n"
    let message = "Change \(files.keys.sorted().joined(separator: ", "))"
    stream += "data \(message.utf8.count)\n\(message)\nfrom refs/heads/\(base)^0\n"
    for (old, new) in names.sorted(by: { $0.key < $1.key }) { stream += "R \(old) \(new)\n" }
    for (path, text) in files.sorted(by: { $0.key < $1.key }) {
      stream += "M 100644 inline \(path)\ndata \(text.utf8.count)\n\(text)\n"
    }
    let arguments = ["fast-import", "--quiet", "--force", "--date-format=raw"]
    _ = try await git.output(arguments, in: barePath, input: Data(stream.utf8))
    return try #require(try await git.branches(of: barePath)[branch])
  }

  /// A pull request of `looper` from `feature` that changes line 2 of `list.txt` and adds `new.txt`.
  func openPull() async throws -> Int {
    try await push(["list.txt": Self.list(changing: 2), "new.txt": "new\n"], to: "feature")
    let new = ForgeSession.NewPull(title: "A change", body: "Closes #1", head: "feature", base: "main")
    return try await forge.createPull(in: Self.repository, new, as: "looper")
  }

  /// Twenty numbered lines, one of them changed.
  static func list(changing changed: Int? = nil) -> String {
    (1...20).map { (line: Int) in line == changed ? "line \(line) changed\n" : "line \(line)\n" }.joined()
  }
}

/// A clock that moves when told to.
final class ForgeClock: Sendable {
  private let time = Mutex(ForgeScene.startedAt)

  var now: Timestamp { time.withLock { $0 } }
  func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }
}

/// Runs a test against a fresh scene.
func withForge(
  configure: (inout ForgeConfiguration) -> Void = { _ in },
  _ body: (ForgeScene) async throws -> Void
) async throws {
  let directory = "\(NSTemporaryDirectory())/forge-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: directory) }
  let runner = CommandRunner(
    shim: ShimLauncher(executablePath: ShimLocation.executablePath, scratchDirectory: directory, tag: [:]))
  let git = ForgeGitStorage(runner: runner)
  let clock = ForgeClock()
  var configuration = ForgeConfiguration(
    repositoriesRoot: "\(directory)/repositories",
    tokens: ["dummy": "looper", "alice-token": "alice", "mallory-token": "mallory"], now: { clock.now })
  configure(&configuration)
  let forge = LocalForge(configuration: configuration, git: git)
  try await forge.createRepository(
    ForgeScene.repository, files: ["README.md": "# Shop\n", "list.txt": ForgeScene.list()])
  try await forge.setPermission(.write, of: "looper", in: ForgeScene.repository)
  try await forge.setPermission(.write, of: "alice", in: ForgeScene.repository)
  try await forge.createIssue(
    in: ForgeScene.repository, title: "It is broken", body: "Please mend", as: "alice")
  try await body(ForgeScene(directory: directory, forge: forge, git: git, runner: runner, clock: clock))
}
