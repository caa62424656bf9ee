import Foundation

/// A command line to run.
struct Command: Hashable, Sendable {
  /// An absolute path, or a bare name looked up in `environment["PATH"]`.
  var executable: String
  /// What follows the executable; never a secret and never a prompt, for every process can read it.
  var arguments: [String] = []
  /// The whole environment of the child, usually from ``ChildEnvironment``; nothing else is inherited.
  var environment: [String: String] = [:]
  /// Nil for the daemon's own.
  var workingDirectory: String?
}

/// How a process ended.
enum ExitStatus: Hashable, Sendable, Codable {
  case exited(Int32)
  case signalled(Int32)

  var isSuccess: Bool { self == .exited(0) }

  /// Reads the status word of `waitpid`.
  init(waitStatus word: Int32) {
    let signal = word & 0x7f
    self = signal == 0 ? .exited((word >> 8) & 0xff) : .signalled(signal)
  }
}

/// How much of a long output is read: something of its start and of its end, joined.
struct OutputExcerpt: Hashable, Sendable {
  var start = ByteCount(bytes: 0)
  var end: ByteCount
}

/// What a command that ran to its end left behind.
struct CommandResult: Sendable {
  var status: ExitStatus
  /// All of it, or the excerpt that the call asked for; the limit of the call bounds it.
  var standardOutput: Data
  /// The last ``CommandRunner/standardErrorKept`` of it.
  var standardError: Data
  /// From the call to the end of the command's last descendant.
  var duration: Duration
}

/// Why there is no ``CommandResult``. A non-zero exit status is a result, not an error.
enum CommandError: Error, Hashable, Sendable {
  /// The executable does not exist or is not executable.
  case notFound(String)
  /// What the system said.
  case cannotStart(String)
  /// The deadline passed; the command and its descendants are gone.
  case timedOut(Duration)
  /// It wrote more than the limit; the command and its descendants are gone.
  case outputTooLarge(ByteCount)
  /// The calling task was cancelled; the command and its descendants are gone.
  case cancelled
}

extension CommandError {
  /// Runs `body`; its failure means that the command cannot start.
  static func whileStarting<Value>(
    _ body: () throws(SystemError) -> Value
  ) throws(CommandError) -> Value {
    do { return try body() } catch { throw .cannotStart(error.description) }
  }
}

extension CommandError: CustomStringConvertible {
  var description: String {
    switch self {
    case .notFound(let name): "no executable \(name) found; install it or set its path"
    case .cannotStart(let reason): "cannot start the command: \(reason)"
    case .timedOut(let deadline): "the command did not end within \(deadline.inSeconds) s"
    case .outputTooLarge(let limit): "the command wrote more than \(limit.bytes) bytes"
    case .cancelled: "the command was cancelled"
    }
  }
}
