import Foundation

/// Turns what git printed into a typed failure. Git has no error codes, so its English words must do; every
/// call runs under `LC_ALL=C`.
enum GitFailure {
  /// How much of git's words is passed on.
  private static let excerptLengthMax = 400

  private static let authenticationMarks = [
    "could not read username", "could not read password", "authentication failed",
    "terminal prompts disabled",
    "error: 401", "error: 403", "permission denied (publickey", "invalid credentials",
  ]
  private static let refusalMarks = [
    "gh006:", "gh013:", "protected branch", "hook declined", "refusing to allow",
    "repository rule violations",
    "repository was archived", "shallow update not allowed", "gh001:", "exceeds github's file size limit",
    "write access to repository not granted",
  ]
  /// What a remote says when it could not, and not that it would not.
  private static let remoteTroubleMarks = ["(internal server error)", "(unpacker error)", "(failed)"]
  private static let missingMarks = [
    "repository not found", "does not appear to be a git repository", "' not found", "no such remote",
  ]
  private static let movedMarks = [
    "stale info", "non-fast-forward", "fetch first", "remote ref updated", "reference already exists",
    "cannot lock ref", "failed to update ref", "incorrect old value",
  ]
  private static let limitMarks = ["error: 429", "rate limit", "too many requests"]
  private static let diskMarks = ["no space left on device", "disk quota exceeded"]
  private static let lockMarks = [".lock': file exists", "another git process", "could not lock config file"]

  /// A failure of a command that stayed on this machine.
  static func local(_ what: String, _ standardError: String) -> Failure {
    let text = standardError.lowercased()
    if contains(text, diskMarks) {
      return Failure(.transient, "the disk is full: \(what); free some space")
    }
    let kind: Failure.Kind = contains(text, lockMarks) ? .transient : .permanent
    return Failure(kind, "\(what) failed: \(excerpt(standardError))")
  }

  /// A failure of a command that talked to a remote, from all it printed.
  static func network(_ what: String, _ printed: String) -> Failure {
    let text = printed.lowercased()
    let said = excerpt(printed)
    if contains(text, diskMarks) {
      return Failure(.transient, "the disk is full: \(what); free some space")
    }
    if contains(text, refusalMarks) || isRefused(text) {
      return Failure(.permanent, "\(what) was refused by the remote: \(said)")
    }
    if contains(text, authenticationMarks) {
      return Failure(
        .transient,
        "\(what) could not log in; run 'gh auth login' or 'gh auth setup-git' for the host: \(said)")
    }
    if contains(text, movedMarks) {
      return Failure(.conflict, "\(what) found the branch moved: \(said)")
    }
    if contains(text, limitMarks) {
      return Failure(.rateLimited(until: nil), "\(what) was rate limited: \(said)")
    }
    if contains(text, missingMarks) {
      return Failure(.permanent, "\(what) found no such repository, or this login may not see it: \(said)")
    }
    if text.contains("[remote rejected]"), !contains(text, remoteTroubleMarks) {
      return Failure(.permanent, "\(what) was refused by the remote: \(said)")
    }
    return Failure(.transient, "\(what) failed: \(said)")
  }

  /// A login that is known but may not, and a branch whose name another one takes up: `looper` leaves no room for
  /// `looper/12-x`.
  private static func isRefused(_ text: String) -> Bool {
    text.contains(/permission to \S+ denied/)
      || text.contains("[remote rejected]") && text.contains("exists; cannot create")
  }

  /// A command that did not run to its end.
  static func unfinished(_ what: String, _ error: CommandError) -> Failure {
    switch error {
    // An upgrade of the package takes it away for a moment.
    case .notFound: Failure(.transient, "\(what) failed: \(error)")
    case .outputTooLarge: Failure(.permanent, "\(what) failed: \(error)")
    case .cannotStart, .timedOut, .cancelled: Failure(.transient, "\(what) failed: \(error)")
    }
  }

  private static func contains(_ text: String, _ marks: [String]) -> Bool {
    marks.contains { text.contains($0) }
  }

  /// The telling lines of what git printed, on one line, without a password in an address.
  private static func excerpt(_ printed: String) -> String {
    let lines = printed.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
    let telling = lines.filter {
      !$0.isEmpty && !$0.hasPrefix("hint:") && !$0.hasPrefix("To ") && $0 != "Done"
    }
    let text = telling.joined(separator: "; ").replacing(/:\/\/[^\/@\s]+@/, with: "://")
    return String(text.suffix(excerptLengthMax))
  }
}
