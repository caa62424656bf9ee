/// Runs validation commands through `/bin/sh`, with an agent's environment and no more.
struct ShellValidator: Validator {
  /// More output than this fails the command.
  static let outputMax: ByteCount = .mebibytes(64)

  let runner: CommandRunner
  let environment: [String: String]
  /// Nil for none.
  let sandbox: Sandbox?

  /// - Parameter environment: the daemon's own; only what an agent may have is passed on.
  init(runner: CommandRunner, environment: [String: String], sandbox: Sandbox? = nil) {
    self.runner = runner
    self.sandbox = sandbox
    self.environment = ChildEnvironment.base(from: environment, allowing: ChildEnvironment.Allowance.agent)
      .merging(["CI": "true", "GIT_TERMINAL_PROMPT": "0"]) { $1 }
  }

  func run(_ command: String, in worktree: String, head: CommitSHA, limit: Duration) async throws(Failure)
    -> ValidationResult
  {
    // The shell is given the text as an argument of its own, so that nothing in it is parsed twice.
    let plain = Command(
      executable: "/bin/sh", arguments: ["-c", "exec 2>&1; eval \"$1\"", "validation", command],
      environment: environment, workingDirectory: worktree)
    let shell = try await sandbox?.wrapValidation(plain, in: worktree) ?? plain
    let result: CommandResult
    do throws(CommandError) {
      result = try await runner.run(shell, deadline: limit, outputLimit: Self.outputMax)
    } catch {
      switch error {
      case .timedOut(let limit):
        return ValidationResult(
          command: command, exitCode: nil, headSHA: head, milliseconds: limit.milliseconds,
          tail: "no end in time")
      case .outputTooLarge(let limit):
        return ValidationResult(
          command: command, exitCode: nil, headSHA: head, milliseconds: 0,
          tail: "printed more than \(limit.bytes) bytes")
      case .notFound, .cannotStart, .cancelled:
        throw Failure(.transient, "the validation command could not be started: \(error)")
      }
    }
    // The command's own errors go to standard output: what is on standard error is the sandbox's.
    let errors = String(decoding: result.standardError, as: UTF8.self)
    if !result.status.isSuccess, let failure = BubblewrapCommand.complaint(in: errors) { throw failure }
    let exitCode: Int32 =
      switch result.status {
      case .exited(let code): code
      case .signalled(let signal): 128 + signal
      }
    return ValidationResult(
      command: command, exitCode: exitCode, headSHA: head, milliseconds: result.duration.milliseconds,
      tail: Self.tail(result.standardOutput))
  }

  private static func tail(_ output: some Collection<UInt8>) -> String {
    String(decoding: output.suffix(ValidationResult.tailBytesMax.bytes), as: UTF8.self)
  }
}
