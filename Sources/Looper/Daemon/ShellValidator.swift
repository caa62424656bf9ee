/// Runs validation commands through `/bin/sh`, with an agent's environment and no more.
struct ShellValidator: Validator {
  /// More output than this fails the command.
  static let outputMax: ByteCount = .mebibytes(64)

  let runner: CommandRunner
  let environment: [String: String]

  /// - Parameter environment: the daemon's own; only what an agent may have is passed on.
  init(runner: CommandRunner, environment: [String: String]) {
    self.runner = runner
    self.environment = ChildEnvironment.base(from: environment, allowing: ChildEnvironment.Allowance.agent)
      .merging(["CI": "true", "GIT_TERMINAL_PROMPT": "0"]) { $1 }
  }

  func run(_ command: String, in worktree: String, head: CommitSHA, limit: Duration) async throws(Failure)
    -> ValidationResult
  {
    // The shell is given the text as an argument of its own, so that nothing in it is parsed twice.
    let shell = Command(
      executable: "/bin/sh", arguments: ["-c", "exec 2>&1; eval \"$1\"", "validation", command],
      environment: environment, workingDirectory: worktree)
    do throws(CommandError) {
      let result = try await runner.run(shell, deadline: limit, outputLimit: Self.outputMax)
      let exitCode: Int32 =
        switch result.status {
        case .exited(let code): code
        case .signalled(let signal): 128 + signal
        }
      return ValidationResult(
        command: command, exitCode: exitCode, headSHA: head, milliseconds: result.duration.milliseconds,
        tail: Self.tail(result.standardOutput))
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
  }

  private static func tail(_ output: some Collection<UInt8>) -> String {
    String(decoding: output.suffix(ValidationResult.tailBytesMax.bytes), as: UTF8.self)
  }
}
