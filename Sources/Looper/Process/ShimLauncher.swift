import Foundation
import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  // The overlay's view of `stat` is attributed to this module when NIO is in the build.
  import CDispatch
  import Glibc
#endif

/// What starts children, every one through our own binary as a shim (see ``ExecShim``).
///
/// It holds the only `Foundation.Process` of the program.
struct ShimLauncher: Sendable {
  /// The `looper` executable.
  var executablePath: String
  /// A directory of ours, 0700, for the files of short commands.
  var scratchDirectory: String
  /// Put into every child's environment, so that what outlives a daemon is found again, for example
  /// `LOOPER_INSTANCE=<uuid of the data directory>`.
  var tag: [String: String]

  /// Our own binary, also when the file was replaced since: an upgrade must not change the shim's arguments
  /// under a running daemon.
  static var ownExecutablePath: String {
    #if canImport(Darwin)
      Bundle.main.executablePath ?? CommandLine.arguments[0]
    #else
      // Resolved by the spawned child, which is still us then.
      "/proc/self/exe"
    #endif
  }

  /// The variable that tells the trees of two children apart.
  static let childTagKey = "LOOPER_CHILD"

  /// Foundation makes a socket per child that is not close-on-exec until it has spawned: two spawns at once
  /// pass one child's socket to the other, and the first one's end is then seen only with the second one's.
  private static let spawning = Mutex(())

  /// What a launch needs beside the command; the descriptors stay the caller's.
  struct Wiring {
    var standardInput: OpenFile
    var standardOutput: OpenFile
    var standardError: OpenFile
    var exitRecordPath: String
    var grace: Duration
    /// Above it the shim ends the tree; nil for none.
    var outputLimit: ByteCount?
  }

  /// A shim that was started.
  struct Launched: Sendable {
    var identity: ProcessIdentity
    /// Closed with the shim's own status when the shim has ended.
    var latch: ExitLatch
    /// The value of ``childTagKey`` in its tree.
    var childTag: String
  }

  /// Starts `command` under a shim.
  ///
  /// Blocks for the few milliseconds of the spawn.
  func launch(_ command: Command, wiring: Wiring) throws(CommandError) -> Launched {
    guard let path = Self.resolve(command) else { throw .notFound(command.executable) }
    let latch = ExitLatch()
    let childTag = UUID().uuidString
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executablePath)
    process.arguments =
      ExecShim.Request(
        daemonPID: getpid(), grace: wiring.grace, exitRecordPath: wiring.exitRecordPath,
        outputLimit: wiring.outputLimit, command: [path] + command.arguments
      ).arguments
    process.environment = command.environment
      .merging(tag) { $1 }
      .merging([Self.childTagKey: childTag]) { $1 }
    if let directory = command.workingDirectory {
      process.currentDirectoryURL = URL(fileURLWithPath: directory, isDirectory: true)
    }
    process.standardInput = FileHandle(fileDescriptor: wiring.standardInput.descriptor)
    process.standardOutput = FileHandle(fileDescriptor: wiring.standardOutput.descriptor)
    process.standardError = FileHandle(fileDescriptor: wiring.standardError.descriptor)
    process.terminationHandler = { process in
      let status = process.terminationStatus
      latch.close(with: process.terminationReason == .exit ? .exited(status) : .signalled(status))
    }
    do {
      try Self.spawning.withLock { _ in try process.run() }
    } catch {
      throw .cannotStart(
        "\(executablePath) in \(command.workingDirectory ?? "."): \(error.localizedDescription)")
    }
    let identity = ProcessIdentity(ofProcess: process.processIdentifier)
    return Launched(identity: identity, latch: latch, childTag: childTag)
  }

  /// The absolute path of the command's executable; nil when there is no such executable file.
  static func resolve(_ command: Command) -> String? {
    if command.executable.hasPrefix("/") {
      return isExecutableFile(command.executable) ? command.executable : nil
    }
    // A relative path would mean another file in another working directory.
    guard !command.executable.isEmpty, !command.executable.contains("/") else { return nil }
    return (command.environment["PATH"] ?? "").split(separator: ":")
      .filter { $0.hasPrefix("/") }
      .map { "\($0)/\(command.executable)" }
      .first(where: isExecutableFile)
  }

  private static func isExecutableFile(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    return access(path, X_OK) == 0
  }
}
