import Foundation

/// Runs the system's own control programs.
struct ServiceShell: Sendable {
  /// What a control program answered.
  struct Answer: Equatable, Sendable {
    var isSuccess: Bool
    /// Standard output and error, for people.
    var text: String
  }

  static let deadline = Duration.seconds(30)
  static let outputMax = ByteCount.mebibytes(1)

  let run: @Sendable ([String], Duration) async throws(LooperError) -> Answer

  /// - Throws: `internal` with what the program said when it fails.
  @discardableResult
  func check(
    _ command: [String], deadline: Duration = Self.deadline, hint: String
  ) async throws(LooperError) -> String {
    let answer = try await run(command, deadline)
    guard answer.isSuccess else {
      throw LooperError(
        .internal,
        "\(command.joined(separator: " ")) failed: \(answer.text.isEmpty ? "" : answer.text + "; ")\(hint)")
    }
    return answer.text
  }
}

extension ServiceShell {
  /// The real programs, found on the `PATH` of `environment`.
  ///
  /// - Parameter shimPath: the `looper` they are started through.
  static func system(_ environment: [String: String], shimPath: String) -> ServiceShell {
    ServiceShell { command, deadline throws(LooperError) in
      let directory = NSTemporaryDirectory() + "looper-\(UUID().uuidString)"
      do {
        try FileManager.default.createDirectory(
          atPath: directory, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let shim = ShimLauncher(
          executablePath: shimPath, scratchDirectory: directory, tag: [:])
        let result = try await CommandRunner(shim: shim).run(
          Command(
            executable: command.first ?? "", arguments: Array(command.dropFirst()), environment: environment),
          deadline: deadline, outputLimit: outputMax)
        let text = String(decoding: result.standardOutput + result.standardError, as: UTF8.self)
        return Answer(
          isSuccess: result.status.isSuccess, text: text.trimmingCharacters(in: .whitespacesAndNewlines))
      } catch {
        throw LooperError(.internal, "\(command.joined(separator: " ")): \(error)")
      }
    }
  }
}
