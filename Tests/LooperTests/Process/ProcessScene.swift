import Foundation

@testable import Looper

/// A temporary directory with a launcher of its own, whose tag finds every process a test left behind.
struct ProcessScene: Sendable {
  static let tagKey = "LOOPER_TEST"

  let directory: String
  let tagValue = UUID().uuidString

  var launcher: ShimLauncher {
    ShimLauncher(
      executablePath: ShimLocation.executablePath, scratchDirectory: directory,
      tag: [Self.tagKey: tagValue])
  }

  /// Processes started by this scene that still run.
  var remains: [ProcessIdentity] { ProcessTable.processes(taggedWith: Self.tagKey, value: tagValue) }

  /// Runs `body` with a scene whose directory is removed afterwards.
  static func with(_ body: (ProcessScene) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(
      at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: directory) }
    try await body(ProcessScene(directory: directory.path))
  }

  func path(_ name: String) -> String { "\(directory)/\(name)" }

  /// A shell script as a command; it finds the scene's files in its working directory.
  func shell(_ script: String) -> Command {
    Command(
      executable: "sh", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"],
      workingDirectory: directory)
  }

  func spec(_ script: String, grace: Duration = .milliseconds(300)) -> ChildSpec {
    ChildSpec(
      command: shell(script), standardOutputPath: path("out"), standardErrorPath: path("err"),
      exitRecordPath: path("exit.json"), grace: grace)
  }

  func run(
    _ script: String, standardInput: Data? = nil, deadline: Duration = .seconds(60),
    outputLimit: ByteCount = .mebibytes(8), excerpt: OutputExcerpt? = nil,
    grace: Duration = .milliseconds(300)
  ) async throws -> CommandResult {
    try await CommandRunner(shim: launcher, grace: grace).run(
      shell(script), standardInput: standardInput, deadline: deadline, outputLimit: outputLimit,
      excerpt: excerpt)
  }

  /// The error of a run that must not give a result.
  func failure(
    of command: Command, deadline: Duration = .seconds(60), outputLimit: ByteCount = .mebibytes(8)
  ) async -> CommandError? {
    do throws(CommandError) {
      _ = try await CommandRunner(shim: launcher, grace: .milliseconds(300))
        .run(command, deadline: deadline, outputLimit: outputLimit)
      return nil
    } catch {
      return error
    }
  }

  func failure(
    of script: String, deadline: Duration = .seconds(60), outputLimit: ByteCount = .mebibytes(8)
  ) async -> CommandError? {
    await failure(of: shell(script), deadline: deadline, outputLimit: outputLimit)
  }

  /// Makes a named pipe by which a child says where it is: `echo $$ > name`.
  func makeSignpost(_ name: String) { mkfifo(path(name), 0o600) }

  /// What the child wrote into the signpost, as soon as it has.
  func reached(_ name: String) async -> String {
    let path = path(name)
    return await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        let data = try? FileHandle(forReadingAtPath: path)?.readToEnd()
        let text = String(decoding: data ?? Data(), as: UTF8.self)
        continuation.resume(returning: text.trimmingCharacters(in: .whitespacesAndNewlines))
      }
    }
  }

  /// The process that wrote its pid into the signpost.
  func process(_ name: String) async throws -> ProcessIdentity {
    let text = await reached(name)
    guard let pid = Int32(text) else { throw Failure(.bug, "no pid in \(name): \(text)") }
    return ProcessIdentity(ofProcess: pid)
  }
}

extension CommandResult {
  var outputText: String { String(decoding: standardOutput, as: UTF8.self) }
  var errorText: String { String(decoding: standardError, as: UTF8.self) }
}
