import ArgumentParser
import Foundation

extension LooperCommand {
  /// Runs the command line of this process and ends it.
  static func main() async {
    Foundation.exit(await execute(Array(CommandLine.arguments.dropFirst())))
  }

  /// Runs one command line in the present ``CommandEnvironment``.
  ///
  /// - Returns: the exit status: 0 done, 1 failed, 2 usage, 3 daemon not reachable, 4 not found, 5 refused.
  static func execute(_ typed: [String]) async -> Int32 {
    let arguments = LeadingOptions.movedBehindCommand(typed)
    // ArgumentParser shows the root's help for what it does not know.
    if arguments.first == "help", let unknown = CommandSuggestion.error(for: Array(arguments.dropFirst())) {
      return report(unknown, arguments)
    }
    do {
      var command = try await asyncParseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      return 0
    } catch {
      return report(error, arguments)
    }
  }

  private static func report(_ error: any Error, _ arguments: [String]) -> Int32 {
    switch error {
    case is BrokenPipe: return 0
    case let error as LooperError: return report(error, arguments)
    case let error as ExitCode: return error.rawValue
    default: break
    }
    let status = exitCode(for: error)
    let text = fullMessage(for: error, columns: CommandEnvironment.current.helpWidth)
    // A reader of standard output or error that is gone changes nothing any more.
    if status.isSuccess {
      try? CommandEnvironment.current.write(.output, text + "\n")
      return 0
    }
    guard status == .validationFailure else {
      return report(LooperError(.internal, "\(error)"), arguments)
    }
    if let unknown = CommandSuggestion.error(for: arguments) { return report(unknown, arguments) }
    if arguments.contains("--json") {
      return report(LooperError(.badRequest, message(for: error)), arguments)
    }
    try? CommandEnvironment.current.write(.error, plain(text) + "\n")
    return LooperError.Code.badRequest.exitStatus
  }

  /// ArgumentParser's message in the form of ours: `error: unknown option '--frob'`.
  private static func plain(_ text: String) -> String {
    let prefix = "Error: "
    guard text.hasPrefix(prefix) else { return text }
    let rest = text.dropFirst(prefix.count)
    return "error: " + rest.prefix(1).lowercased() + rest.dropFirst()
  }

  private static func report(_ error: LooperError, _ arguments: [String]) -> Int32 {
    let text =
      arguments.contains("--json")
      ? String(decoding: Envelope.data(of: error), as: UTF8.self)
      : "error: " + TerminalText.safe(error.message, keepsLines: true)
    try? CommandEnvironment.current.write(.error, text + "\n")
    return error.code.exitStatus
  }
}
