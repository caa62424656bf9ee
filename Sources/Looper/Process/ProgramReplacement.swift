#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Hands this very process over to another program.
enum ProgramReplacement {
  /// Becomes `command`, looked up on `PATH`; returns only when that failed.
  ///
  /// - Returns: why.
  static func become(_ command: [String]) -> LooperError {
    var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
    defer { for word in words { free(word) } }
    words.append(nil)
    let name = command.first ?? ""
    execvp(name, words)
    return LooperError(.internal, "cannot run \(name): \(SystemError.text(errno))")
  }
}
