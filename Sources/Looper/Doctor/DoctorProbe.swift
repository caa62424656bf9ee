import Foundation

/// Runs the short commands of the checks, each under a deadline; none of them costs money or changes anything.
struct DoctorProbe: Sendable {
  static let deadline = Duration.seconds(15)
  private static let outputMax = ByteCount.mebibytes(1)

  let commands: CommandRunner
  /// Of the user; what a command may see of it is chosen per call.
  let environment: [String: String]

  /// How a command ended.
  enum Answer: Equatable, Sendable {
    case output(String)
    /// It ended with another status than 0; the text is what it said, output and error.
    case refused(String)
    case notFound
    /// It could not be started, or did not end in time.
    case broken(String)
  }

  func run(
    _ executable: String, _ arguments: [String], allowing allowance: ChildEnvironment.Allowance = .agent,
    deadline: Duration = deadline
  ) async -> Answer {
    var variables = ChildEnvironment.base(from: environment, allowing: allowance)
    if allowance == .gh { variables = GhClient.childEnvironment(from: environment) }
    return await run(
      Command(executable: executable, arguments: arguments, environment: variables, workingDirectory: "/"),
      deadline: deadline)
  }

  /// - Parameter command: with its own environment.
  func run(_ command: Command, deadline: Duration = deadline) async -> Answer {
    do throws(CommandError) {
      let result = try await commands.run(command, deadline: deadline, outputLimit: Self.outputMax)
      let output = String(decoding: result.standardOutput, as: UTF8.self)
      if result.status.isSuccess { return .output(output) }
      return .refused(output + String(decoding: result.standardError, as: UTF8.self))
    } catch {
      if case .notFound = error { return .notFound }
      return .broken(error.description)
    }
  }

  /// The first line of what a command says, for messages.
  static func firstLine(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    return line.trimmingCharacters(in: .whitespaces)
  }

  /// The first numbers with dots in between: 2.39.5 of `git version 2.39.5`.
  static func version(in text: String) -> [Int]? {
    for word in text.split(whereSeparator: { !$0.isNumber && $0 != "." }) {
      let parts = word.split(separator: ".").compactMap { Int($0) }
      if parts.count >= 2 { return parts }
    }
    return nil
  }
}
