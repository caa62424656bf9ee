import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A long-lived child (an agent) to start: input and output are files, never pipes.
struct ChildSpec: Sendable {
  var command: Command
  /// Nil for `/dev/null`; agents hang for ever on an input that stays open.
  var standardInputPath: String?
  /// Created when missing, else appended to; 0600.
  var standardOutputPath: String
  var standardErrorPath: String
  /// Where the shim leaves its ``ExitRecord``; an old file there is removed first.
  var exitRecordPath: String
  /// Between SIGTERM and SIGKILL, and what descendants get that outlive the command.
  var grace: Duration
  /// Above it the child is ended with reason ``ExitRecord/Reason/outputTooLarge``; nil for no limit.
  var outputLimit: ByteCount?
}

/// A running child under the shim: its identity, its end, and the way to end it.
///
/// The child does not end with this object; it ends by itself, by ``terminate()``, or with the daemon.
actor SupervisedChild {
  /// Of the shim, which lives exactly as long as the tree below it.
  nonisolated let identity: ProcessIdentity
  private let launched: ShimLauncher.Launched
  private let exitRecordPath: String
  private let grace: Duration
  private var record: ExitRecord?

  private init(launched: ShimLauncher.Launched, exitRecordPath: String, grace: Duration) {
    self.identity = launched.identity
    self.launched = launched
    self.exitRecordPath = exitRecordPath
    self.grace = grace
  }

  /// Starts the child. That the command itself could not be executed is told by its exit record.
  static func start(_ spec: ChildSpec, launcher: ShimLauncher) async throws(CommandError) -> SupervisedChild {
    let wiring = try CommandError.whileStarting { () throws(SystemError) in
      ShimLauncher.Wiring(
        standardInput: try .reading(path: spec.standardInputPath ?? "/dev/null"),
        standardOutput: try .appending(path: spec.standardOutputPath),
        standardError: try .appending(path: spec.standardErrorPath),
        exitRecordPath: spec.exitRecordPath, grace: spec.grace, outputLimit: spec.outputLimit)
    }
    return try start(spec.command, wiring: wiring, launcher: launcher)
  }

  /// Starts a command whose files are open already.
  static func start(
    _ command: Command, wiring: ShimLauncher.Wiring, launcher: ShimLauncher
  ) throws(CommandError) -> SupervisedChild {
    unlink(wiring.exitRecordPath)
    let launched = try launcher.launch(command, wiring: wiring)
    return SupervisedChild(
      launched: launched, exitRecordPath: wiring.exitRecordPath, grace: wiring.grace)
  }

  /// Waits for the end of the child and all its descendants. Cancelling the calling task does not end the
  /// wait: end the child instead.
  func exitRecord() async -> ExitRecord {
    let status = await launched.latch.wait()
    if let record { return record }
    if let written = ExitRecord.read(fromPath: exitRecordPath) {
      record = written
      return written
    }
    // Somebody killed the shim: what it held is found by its tag.
    let survivors = await ProcessTable.terminateAll(
      taggedWith: ShimLauncher.childTagKey, value: launched.childTag, grace: grace)
    let missing = ExitRecord.missing(
      status: status, endedAt: Timestamp(Date()),
      survivors: survivors.map(\.pid))
    record = record ?? missing
    return missing
  }

  /// Ends the child: SIGTERM to every descendant, after the grace SIGKILL. Returns when none is left.
  ///
  /// May be called again and from several tasks; the shim acts on the first request.
  func terminate() async -> ExitRecord {
    requestEnd()
    return await exitRecord()
  }

  /// Asks the shim to end the child and does not wait.
  nonisolated func requestEnd() {
    // A shim that somebody stopped must wake up to do it.
    if identity.signal(SIGTERM) { identity.signal(SIGCONT) }
  }
}
