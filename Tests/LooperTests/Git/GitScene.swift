import Foundation
import Testing

@testable import Looper

/// A remote, a clone somebody works in, and a data directory, all in a temporary directory.
struct GitScene: Sendable {
  let directory: String
  let workspaces: GitWorkspaces
  let commands: CommandRunner
  let loopID = Loop.ID(12)

  var remotePath: String { "\(directory)/remote.git" }
  var authorPath: String { "\(directory)/author" }
  var dataPath: String { "\(directory)/data" }
  var mirrorPath: String { "\(dataPath)/mirrors/github.com/acme/tool.git" }
  var worktreePath: String { "\(dataPath)/worktrees/github.com/acme/tool/L12" }
  var adminPath: String { "\(mirrorPath)/worktrees/L12" }

  var repository: RemoteRepository {
    get throws {
      RemoteRepository(name: try #require(ProjectName("Acme/Tool")), cloneURL: remotePath)
    }
  }

  /// Runs `body` with a remote whose branch `main` has one commit of the file `a`.
  static func with(
    settle: (inout GitSettings) -> Void = { _ in }, _ body: (GitScene) async throws -> Void
  ) async throws {
    let temporary = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(
      at: temporary.appendingPathComponent("scratch"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: temporary) }
    let directory = try #require(GitFiles.resolved(temporary.path))
    let commands = CommandRunner(
      shim: ShimLauncher(
        executablePath: ShimLocation.executablePath, scratchDirectory: "\(directory)/scratch", tag: [:]))
    var settings = GitSettings(
      dataDirectory: "\(directory)/data", environment: ["PATH": path, "HOME": "\(directory)/home"])
    settings.diskFloor = ByteCount(bytes: 0)
    settle(&settings)
    let scene = GitScene(
      directory: directory, workspaces: GitWorkspaces(commands: commands, settings: settings),
      commands: commands)
    try await scene.shell(
      """
      mkdir home; git init -q --bare -b main remote.git; git init -q -b main author; cd author
      git config user.name Ann; git config user.email ann@example.org; git remote add origin ../remote.git
      printf '1\\n2\\n3\\n' > a; git add .; git commit -qm first; git push -q origin main
      """, in: directory)
    try await body(scene)
  }

  private static var path: String { ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin" }

  /// Runs a script as an author or an agent would, with nothing of ours in its environment.
  @discardableResult
  func shell(_ script: String, in directory: String) async throws -> String {
    let command = Command(
      executable: "sh", arguments: ["-ec", script],
      environment: ["PATH": Self.path, "HOME": "\(self.directory)/home"], workingDirectory: directory)
    let result = try await commands.run(command, deadline: .seconds(60), outputLimit: .mebibytes(8))
    let errors = String(decoding: result.standardError, as: UTF8.self)
    try #require(result.status.isSuccess, "\(script): \(errors)")
    return String(decoding: result.standardOutput, as: UTF8.self).trimmingCharacters(in: .newlines)
  }

  @discardableResult
  func asAgent(_ script: String) async throws -> String { try await shell(script, in: worktreePath) }

  /// Commits and pushes as the author.
  /// - Returns: the new head of the branch.
  @discardableResult
  func author(_ script: String, branch: String = "main") async throws -> CommitSHA {
    let text = try await shell(
      "\(script)\ngit add -A; git commit -qm change; git push -q origin HEAD:refs/heads/\(branch); git rev-parse HEAD",
      in: authorPath)
    return try #require(CommitSHA(text))
  }

  func commit(_ name: String, in path: String) async throws -> CommitSHA {
    try #require(CommitSHA(try await shell("git rev-parse '\(name)'", in: path)))
  }

  func request(
    _ start: WorktreeStart = .freshBase, spec: String? = nil, base: String = "main",
    configuration: String? = nil
  ) throws -> WorktreeRequest {
    WorktreeRequest(
      repository: try repository, loopID: loopID, start: start, baseBranch: base,
      configurationBranch: configuration, specPath: spec)
  }

  @discardableResult
  func prepare(_ start: WorktreeStart = .freshBase, spec: String? = nil) async throws -> WorktreeFacts {
    try await workspaces.prepare(try request(start, spec: spec))
  }

  func rescueRefs() async throws -> [String] {
    let text = try await shell("git for-each-ref --format='%(refname)' refs/looper/rescue", in: mirrorPath)
    return text.split(separator: "\n").map(String.init)
  }

  func exists(_ path: String) -> Bool { GitFiles.kind(path) != .missing }
  func text(_ path: String) -> String? { GitFiles.text(path) }

  /// Every file below a directory with its content and time of change, to see that nothing was touched.
  func fingerprint(of path: String) async throws -> String {
    try await shell(
      "find . -printf '%p %m %s %T@ %C@\\n' | sort; find . -type f -exec cksum {} + | sort", in: path)
  }
}

/// The kind of the failure that `body` throws; nil when it throws none.
func failureKind(_ body: () async throws -> Void) async -> Failure.Kind? {
  do {
    try await body()
    return nil
  } catch let failure as Failure {
    return failure.kind
  } catch {
    return .bug
  }
}
