import Foundation
import Synchronization

@testable import Looper

/// A home directory of its own, in which command lines are run.
struct CommandScene: Sendable {
  /// What a command line did.
  struct Result: Equatable {
    var status: Int32
    var output: String
    var error: String
  }

  /// Collects what a command writes.
  private final class Written: Sendable {
    private let texts = Mutex((output: "", error: ""))
    private let last: String?
    var output: String { texts.withLock { $0.output } }
    var error: String { texts.withLock { $0.error } }

    init(closingAfter last: String?) { self.last = last }

    func write(_ stream: CommandEnvironment.Stream, _ text: String) throws {
      try texts.withLock { texts in
        if let last, texts.output.contains(last) { throw BrokenPipe() }
        if stream == .output { texts.output += text } else { texts.error += text }
        if let last, texts.output.contains(last) { throw BrokenPipe() }
      }
    }
  }

  /// What a command line is typed into.
  struct Terminal: Sendable {
    /// Columns; nil is a pipe or a file.
    var width: Int?
    /// Whether standard error is read by a person.
    var isErrorTerminal = false
    /// The reader goes when it has read this.
    var closingAfter: String?
  }

  let home: String
  let operations = FakeOperations()
  var time: any TimeSource = FixedTime()

  /// Runs `body` with a fresh home, which is gone afterwards.
  static func with<Value>(_ body: (Self) async throws -> Value) async throws -> Value {
    let path = NSTemporaryDirectory() + "lc-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(Self(home: URL(filePath: path).resolvingSymlinksInPath().path))
  }

  /// The configuration file, where it is looked for first.
  var file: String { "\(home)/.config/looper/looper.toml" }

  func write(_ text: String, to path: String, mode: Int = 0o600) throws {
    try FileManager.default.createDirectory(
      atPath: URL(filePath: path).deletingLastPathComponent().path, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

  /// The home is written as `~` in what comes back.
  func run(_ arguments: String..., variables: [String: String] = [:]) async -> Result {
    await run(arguments, variables: variables)
  }

  func run(
    _ arguments: [String], variables: [String: String] = [:], in terminal: Terminal = Terminal()
  ) async -> Result {
    let written = Written(closingAfter: terminal.closingAfter)
    let around = CommandEnvironment(
      variables: variables, homeDirectory: home, currentDirectory: home, time: time,
      isTerminal: terminal.width != nil, isErrorTerminal: terminal.isErrorTerminal,
      terminalWidth: terminal.width, write: { try written.write($0, $1) },
      shimPath: ShimLocation.executablePath,
      completionPatience: .seconds(60))
    let status = await CommandEnvironment.$current.withValue(around) {
      await LooperCommand.execute(arguments)
    }
    return Result(status: status, output: tilde(written.output), error: tilde(written.error))
  }

  /// Runs a command against a served ``FakeOperations``.
  func served(_ arguments: String...) async throws -> Result { try await served(arguments) }

  func served(
    _ arguments: [String], variables: [String: String] = [:], in terminal: Terminal = Terminal()
  ) async throws -> Result {
    try await ServedOperations.serving(operations, at: socket) { _, _ in
      await run(arguments, variables: variables, in: terminal)
    }
  }

  /// Where commands find the daemon.
  var socket: String { "\(home)/.looper/looper.sock" }

  private func tilde(_ text: String) -> String { text.replacingOccurrences(of: home, with: "~") }
}
