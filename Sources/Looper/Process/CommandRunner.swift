import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Runs short commands (git, gh, probes, validation) to their end, each under a deadline and a byte limit.
struct CommandRunner: Sendable {
  /// How much of the end of a command's standard error is kept.
  static let standardErrorKept = ByteCount.kibibytes(64)
  /// Between SIGTERM and SIGKILL for a command that is ended, and for what it leaves behind.
  static let defaultGrace = Duration.seconds(1)

  private let shim: ShimLauncher
  private let grace: Duration

  init(shim: ShimLauncher, grace: Duration = Self.defaultGrace) {
    self.shim = shim
    self.grace = grace
  }

  /// What ended the wait.
  private enum Event: Sendable {
    case ended(ExitRecord)
    case deadline
    case cancelled
  }

  /// Runs `command`; returns or throws only when it and all its descendants are gone.
  ///
  /// - Parameters:
  ///   - standardInput: what it reads; nil for `/dev/null`.
  ///   - deadline: after it the command is ended and ``CommandError/timedOut(_:)`` thrown.
  ///   - outputLimit: of standard output; above it the command is ended and
  ///     ``CommandError/outputTooLarge(_:)`` thrown, so nobody ever parses half an answer.
  ///   - excerpt: what is read of standard output when it is longer; nil for all of it.
  func run(
    _ command: Command, standardInput: Data? = nil, deadline: Duration, outputLimit: ByteCount,
    excerpt: OutputExcerpt? = nil
  ) async throws(CommandError) -> CommandResult {
    guard !Task.isCancelled else { throw .cancelled }
    let began = ContinuousClock.now
    let wiring = try CommandError.whileStarting { () throws(SystemError) in
      try makeWiring(standardInput: standardInput, outputLimit: outputLimit)
    }
    defer { unlink(wiring.exitRecordPath) }
    let child = try SupervisedChild.start(command, wiring: wiring, launcher: shim)
    let (record, interruption) = await wait(for: child, deadline: deadline)
    switch record.reason {
    case .couldNotStart(let reason): throw .cannotStart(reason)
    case .outputTooLarge: throw .outputTooLarge(outputLimit)
    case .exited, .terminated, .daemonDied, .shimLost: break
    }
    if let interruption { throw interruption }
    if record.reason == .shimLost || record.reason == .daemonDied {
      // Its output may be half of what it would have been.
      throw .cannotStart("the supervisor of \(command.executable) was killed; run it again")
    }
    guard wiring.standardOutput.size <= UInt64(clamping: outputLimit.bytes) else {
      throw .outputTooLarge(outputLimit)
    }
    // Not being able to read the answer is as good as not having asked.
    return try CommandError.whileStarting { () throws(SystemError) in
      CommandResult(
        status: record.status,
        standardOutput: try Self.read(wiring.standardOutput, excerpt ?? .init(end: outputLimit)),
        standardError: try wiring.standardError.readEnd(count: Self.standardErrorKept.bytes),
        duration: ContinuousClock.now - began)
    }
  }

  private static func read(_ file: OpenFile, _ excerpt: OutputExcerpt) throws(SystemError) -> Data {
    guard file.size > UInt64(excerpt.start.bytes + excerpt.end.bytes) else {
      return try file.readEnd(count: excerpt.start.bytes + excerpt.end.bytes)
    }
    return try file.read(from: 0, count: excerpt.start.bytes) + file.readEnd(count: excerpt.end.bytes)
  }

  private func makeWiring(
    standardInput: Data?, outputLimit: ByteCount
  ) throws(SystemError) -> ShimLauncher.Wiring {
    let directory = shim.scratchDirectory
    let input: OpenFile
    if let standardInput {
      input = try .temporary(inDirectory: directory)
      try input.fill(with: standardInput)
    } else {
      input = try .reading(path: "/dev/null")
    }
    return ShimLauncher.Wiring(
      standardInput: input,
      standardOutput: try .temporary(inDirectory: directory),
      standardError: try .temporary(inDirectory: directory),
      exitRecordPath: "\(directory)/\(UUID().uuidString).exit",
      grace: grace, outputLimit: outputLimit)
  }

  /// Waits for the end of `child`, ending it at the deadline or when this task is cancelled.
  ///
  /// - Returns: how it ended, and which error that makes when we ended it.
  private func wait(
    for child: SupervisedChild, deadline: Duration
  ) async -> (ExitRecord, CommandError?) {
    let first = await withTaskGroup(of: Event.self) { group in
      group.addTask { .ended(await child.exitRecord()) }
      group.addTask {
        do {
          // Time that the machine sleeps is nobody's: neither the command's nor the network's.
          try await Task.sleep(for: deadline, clock: .suspending)
          return .deadline
        } catch {
          // Also when the child has ended and the group is cancelled; nobody reads it then.
          return .cancelled
        }
      }
      let first = await group.next() ?? .cancelled
      switch first {
      case .ended: group.cancelAll()
      // The group waits for the other task, which waits for the tree to be gone.
      case .deadline, .cancelled: child.requestEnd()
      }
      return first
    }
    switch first {
    case .ended(let record): return (record, nil)
    case .deadline: return (await child.exitRecord(), CommandError.timedOut(deadline))
    case .cancelled: return (await child.exitRecord(), CommandError.cancelled)
    }
  }
}
