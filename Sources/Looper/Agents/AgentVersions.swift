import Foundation

/// What the agents' executables say their versions are, asked once for each file as it is.
actor AgentVersions {
  private static let deadline: Duration = .seconds(10)
  private static let outputMax = ByteCount.kibibytes(64)
  /// Most files remembered; with more, all are asked anew.
  private static let knownMax = 64

  private let commands: CommandRunner
  private var known: [Key: String?] = [:]

  /// A file as it is: another one of the same name is another version.
  private struct Key: Hashable {
    var path: String
    var arguments: [String]
    var modifiedAt: Date?
    var bytes: Int64?
  }

  init(commands: CommandRunner) { self.commands = commands }

  /// The first line of what it says; nil when it says nothing, or cannot be asked.
  ///
  /// Asked by several at once it may be asked several times; the answers are the same.
  ///
  /// - Parameters:
  ///   - path: the executable, resolved.
  ///   - environment: its variables.
  func version(
    of adapter: any VendorAdapter, at path: String, environment: [String: String]
  ) async -> String? {
    guard let versionArguments = adapter.versionArguments else { return nil }
    let arguments = adapter.leadingArguments + versionArguments
    let key = Self.key(path, arguments)
    if let answer = known[key] { return answer }
    let command = Command(
      executable: path, arguments: arguments, environment: environment, workingDirectory: "/")
    // Best effort: a session does not depend on its agent's saying which one it is.
    let result = try? await commands.run(command, deadline: Self.deadline, outputLimit: Self.outputMax)
    var answer: String?
    if let result, result.status.isSuccess {
      answer = AgentText.progress(String(decoding: result.standardOutput, as: UTF8.self))
    }
    if known.count >= Self.knownMax { known = [:] }
    known[key] = .some(answer)
    return answer
  }

  private static func key(_ path: String, _ arguments: [String]) -> Key {
    let real = SandboxPath.onDisk(path)?.real ?? path
    let attributes = try? FileManager.default.attributesOfItem(atPath: real)
    return Key(
      path: real, arguments: arguments, modifiedAt: attributes?[.modificationDate] as? Date,
      bytes: (attributes?[.size] as? NSNumber)?.int64Value)
  }
}
