/// Running the project's own commands, as the engine needs it.
protocol Validator: Sendable {
  /// Runs one shell command in the worktree to its end or its time limit; a non-zero exit is a result.
  ///
  /// - Throws: `transient` when it could not be started.
  func run(_ command: String, in worktree: String, head: CommitSHA, limit: Duration) async throws(Failure)
    -> ValidationResult
}
