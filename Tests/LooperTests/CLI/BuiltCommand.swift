import Foundation
import Testing

@testable import Looper

/// Runs command lines through the built program, as a shell would.
struct BuiltCommand: Sendable {
  let scene: CommandScene

  /// The home is written as `~` in what comes back, and a time as its distance from ``Sample/now``.
  func run(_ words: [String], variables: [String: String] = [:]) async throws -> CommandScene.Result {
    let result = try await raw(ShimLocation.executablePath, words, variables)
    return .init(status: result.status, output: plain(result.output), error: plain(result.error))
  }

  /// Runs any program as those lines are run; what it leaves running ends with it.
  func raw(
    _ executable: String, _ words: [String], _ variables: [String: String]
  ) async throws -> CommandScene.Result {
    let scratch = "\(scene.home)/scratch"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    let commands = CommandRunner(
      shim: ShimLauncher(executablePath: ShimLocation.executablePath, scratchDirectory: scratch, tag: [:]))
    var environment = [
      "HOME": scene.home, "LOOPER_TEST_NOW": String(Sample.now.milliseconds), "PATH": "/usr/bin:/bin",
    ]
    environment.merge(variables) { $1 }
    let result = try await commands.run(
      Command(
        executable: executable, arguments: words, environment: environment, workingDirectory: scene.home),
      deadline: .seconds(120), outputLimit: .mebibytes(4))
    let status: Int32 =
      switch result.status {
      case .exited(let status): status
      case .signalled(let signal): -signal
      }
    return CommandScene.Result(
      status: status, output: String(decoding: result.standardOutput, as: UTF8.self),
      error: String(decoding: result.standardError, as: UTF8.self))
  }

  func plain(_ text: String) -> String {
    text.replacingOccurrences(of: scene.home, with: "~")
      .replacing(/\d{4}-\d\d-\d\dT[\d:.]+Z/) { match in
        guard let time = Timestamp(iso8601: String(match.0)) else { return String(match.0) }
        // Written and read, a time may be a millisecond off.
        let seconds = Int((time - Sample.now).inSeconds.rounded())
        return seconds == 0 ? "NOW" : "NOW\(seconds > 0 ? "+" : "")\(seconds)s"
      }
  }
}

/// A command line of the table, and what makes its world.
struct CommandCase: Sendable, CustomTestStringConvertible {
  let words: [String]
  var status: Int32 = 0
  /// Which line of ``CommandShape/table`` says what `--json` prints; nil is not asked for JSON.
  var shape: String?
  /// What the configuration file holds; nil is none.
  var file: String?
  var variables: [String: String] = [:]
  /// What is different in the daemon.
  var change: @Sendable (inout FakeOperations.State) -> Void = { _ in }

  var testDescription: String { "looper " + words.joined(separator: " ") }

  /// A command that asks the daemon, or needs none, and does what it should.
  static func good(
    _ line: String, _ shape: String, file: String? = nil, variables: [String: String] = [:],
    change: @escaping @Sendable (inout FakeOperations.State) -> Void = { _ in }
  ) -> CommandCase {
    CommandCase(words: split(line), shape: shape, file: file, variables: variables, change: change)
  }

  static func bad(
    _ line: String, _ status: Int32,
    change: @escaping @Sendable (inout FakeOperations.State) -> Void = { _ in }
  ) -> CommandCase {
    CommandCase(words: split(line), status: status, change: change)
  }

  private static func split(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

  /// What it did as text and as JSON, as the golden file has it.
  func record() async throws -> String {
    var texts = [try await record(isJSON: false)]
    if shape != nil { texts.append(try await record(isJSON: true)) }
    return texts.joined()
  }

  private func record(isJSON: Bool) async throws -> String {
    let line = words + (isJSON ? ["--json"] : [])
    let result = try await run(line)
    if isJSON, let shape = CommandShape.table.first(where: { $0.command == shape }) {
      let problems = try shape.problems(result.output)
      guard problems.isEmpty else { throw CommandCaseError(text: "\(testDescription): \(problems)") }
    }
    let output = result.output.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)\n" }
    let error = result.error.split(separator: "\n", omittingEmptySubsequences: false).map { "! \($0)\n" }
    // What ends with a line end has an empty last line.
    return "$ looper \(line.joined(separator: " "))\n" + output.joined() + error.joined()
      + "= \(result.status)\n"
  }

  func run(_ line: [String]) async throws -> CommandScene.Result {
    // Half a minute of room on both sides before any distance reads otherwise.
    try await Sample.$now.withValue(
      Timestamp(milliseconds: (SystemTime().now.milliseconds / 1000 + 30) * 1000)
    ) {
      try await CommandScene.with { scene in
        if let file { try scene.write(file, to: scene.file) }
        scene.operations.change { state in
          Self.furnish(&state)
          change(&state)
        }
        return try await ServedOperations.serving(scene.operations, at: scene.socket) { _, _ in
          try await BuiltCommand(scene: scene).run(line, variables: variables)
        }
      }
    }
  }

  /// One of everything.
  private static func furnish(_ state: inout FakeOperations.State) {
    var ended = Sample.run(id: "R35", state: "failed")
    ended.endedAt = Sample.now - .seconds(600)
    state.loops = [Sample.loop(), Sample.loop(id: "L13", state: "done")]
    state.runs = [Sample.run(), ended]
    state.projects = [Sample.project()]
    state.queue = [Sample.queueItem()]
    state.needsHuman = [Sample.needsHuman()]
    state.failures = [Sample.failure(), Sample.failure("loop")]
    state.worktrees = Sample.worktrees
    state.usage = Sample.usage(rows: [
      UsageRowView(
        key: "worker", sessions: 3, sessionsWithoutTokens: 1, sessionsWithoutCost: 0, inputTokens: 12_500,
        outputTokens: 900, costUSD: 1.25, agentSeconds: 720)
    ])
    state.events = [Sample.event(1), Sample.event(2, kind: "loop.blocked")]
    state.log = "one\ntwo\n"
  }
}

/// Why a case has no record.
struct CommandCaseError: Error, CustomStringConvertible {
  let text: String
  var description: String { text }
}
