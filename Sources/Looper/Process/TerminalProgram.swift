#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A program that takes over the terminal of a command for a while, such as an editor.
enum TerminalProgram {
  /// Runs `command` by the shell with `argument` as its last word, on our own standard streams, and waits for it.
  ///
  /// For commands of people only: it blocks the thread and has no deadline.
  /// - Returns: its exit status; 128 and more for a signal.
  static func run(
    _ command: String, argument: String, environment: [String: String]
  ) throws(LooperError) -> Int32 {
    let words = ["sh", "-c", "\(command) \"$1\"", "sh", argument]
    let arguments = words.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in arguments + variables { free(word) } }
    var pid = pid_t()
    let error = posix_spawn(&pid, "/bin/sh", nil, nil, arguments, variables)
    guard error == 0 else {
      throw LooperError(.internal, "cannot start /bin/sh for \(command): \(SystemError.text(error))")
    }
    var word: Int32 = 0
    while waitpid(pid, &word, 0) < 0 {
      guard errno == EINTR else {
        throw LooperError(.internal, "cannot wait for \(command): \(SystemError.text(errno))")
      }
    }
    switch ExitStatus(waitStatus: word) {
    case .exited(let status): return status
    case .signalled(let signal): return 128 + signal
    }
  }
}
