import Foundation

/// What a command finds around it: everything of the process it looks at or writes to.
///
/// A task-local value, because ArgumentParser makes the commands and nothing can be handed to them.
struct CommandEnvironment: Sendable {
  /// Where text goes: data to the output, everything else to the error stream.
  enum Stream: Sendable { case output, error }

  /// Help is written for this width when nothing says how wide it is.
  static let helpWidthDefault = 80
  /// How long something may take in silence where a person waits for it.
  static let silenceMax = Duration.seconds(1)

  var variables: [String: String]
  var homeDirectory: String
  var currentDirectory: String
  var time: any TimeSource
  /// Whether standard output is a terminal.
  var isTerminal: Bool
  /// Whether a person reads standard error.
  var isErrorTerminal = false
  /// Columns of the terminal; nil when there is none.
  var terminalWidth: Int?
  /// - Throws: ``BrokenPipe`` when nobody reads any more.
  var write: @Sendable (Stream, String) throws -> Void
  /// The `looper` that children are started through.
  var shimPath = ShimLauncher.ownExecutablePath
  /// How long a shell's completion waits for the daemon; longer would feel stuck.
  var completionPatience: Duration = .milliseconds(500)

  @TaskLocal static var current = CommandEnvironment.process

  /// The columns that text may take: without end where it goes into a file or a pipe, so that nothing is cut.
  var width: Int { columns ?? TextStyle.unlimited }

  /// The same for help.
  var helpWidth: Int { columns ?? Self.helpWidthDefault }

  private var columns: Int? {
    variables["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } ?? terminalWidth
  }
}

/// The reader of our output has gone; a command then ends in silence.
struct BrokenPipe: Error {}

extension CommandEnvironment {
  /// The real process.
  static var process: Self {
    let variables = ProcessInfo.processInfo.environment
    var around = Self(
      variables: variables,
      homeDirectory: variables["HOME"]
        ?? FileManager.default.homeDirectoryForCurrentUser.path(percentEncoded: false),
      currentDirectory: FileManager.default.currentDirectoryPath,
      time: time(variables),
      isTerminal: isatty(STDOUT_FILENO) == 1,
      isErrorTerminal: isatty(STDERR_FILENO) == 1,
      terminalWidth: terminalColumns,
      write: { stream, text in
        let handle = stream == .output ? FileHandle.standardOutput : FileHandle.standardError
        do {
          try handle.write(contentsOf: Data(text.utf8))
        } catch {
          guard Self.isBrokenPipe(error) else {
            throw LooperError(.internal, "the output could not be written: \(Self.reason(error))")
          }
          throw BrokenPipe()
        }
      })
    #if DEBUG
      // The tests of the built program run on machines that are busy.
      if variables["LOOPER_TEST_PATIENT"] != nil { around.completionPatience = .seconds(60) }
    #endif
    return around
  }

  /// Whether nobody reads any more; everything else keeps somebody from reading.
  private static func isBrokenPipe(_ error: any Error) -> Bool { code(of: error) == EPIPE }

  private static func reason(_ error: any Error) -> String {
    code(of: error).map { String(cString: strerror($0)) } ?? "\(error)"
  }

  private static func code(of error: any Error) -> Int32? {
    let error = error as NSError
    let inner = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
    return inner.domain == NSPOSIXErrorDomain ? Int32(exactly: inner.code) : nil
  }

  #if DEBUG
    /// The tests of the built program hand it the time it is: in milliseconds since 1970.
    private static func time(_ variables: [String: String]) -> any TimeSource {
      guard let now = variables["LOOPER_TEST_NOW"].flatMap({ Int64($0) }) else { return SystemTime() }
      return StandingTime(now: Timestamp(milliseconds: now))
    }

    /// A clock that stands, on which one can sleep nevertheless.
    private struct StandingTime: TimeSource {
      let now: Timestamp
      func sleep(until deadline: Timestamp) async throws {
        try await Task.sleep(for: max(deadline - now, .zero))
      }
    }
  #else
    private static func time(_ variables: [String: String]) -> any TimeSource { SystemTime() }
  #endif

  private static var terminalColumns: Int? {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}
