import Foundation

/// A package that was verified, unpacked and tried.
struct UpgradePackage: Sendable {
  /// The new executable.
  let program: String
  let version: UpgradeVersion

  private static let deadline = Duration.seconds(120)

  /// Unpacks `fetched` below `directory` and asks the program in it for its version.
  ///
  /// - Throws: `validation` when the checksum is another one, or the program does not run here.
  static func open(
    _ fetched: UpgradeFetcher.Fetched, in directory: String, commands: CommandRunner
  ) async throws(LooperError) -> UpgradePackage {
    let found = try await checksum(of: fetched.archive, commands)
    guard found == fetched.checksum else {
      throw LooperError(
        .validation, "the package's checksum is \(found) and not \(fetched.checksum); nothing was changed")
    }
    let tree = "\(directory)/tree"
    do {
      try FileManager.default.createDirectory(atPath: tree, withIntermediateDirectories: true)
    } catch {
      throw LooperError(.internal, "cannot make \(tree): \(error.localizedDescription)")
    }
    _ = try await run(
      ["tar", "-xzf", fetched.archive, "-C", tree, "--strip-components", "1"], commands,
      or: "the package cannot be unpacked")
    let program = "\(tree)/bin/looper"
    return UpgradePackage(program: program, version: try await version(of: program, commands))
  }

  /// What a program says it is.
  static func version(of program: String, _ commands: CommandRunner) async throws(LooperError)
    -> UpgradeVersion
  {
    let output = try await run(
      [program, "version"], commands, or: "the new looper does not run on this machine")
    let words = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard words.count == 2, words[0] == "looper", let version = UpgradeVersion(String(words[1])) else {
      throw LooperError(.validation, "the program in the package does not say which looper it is")
    }
    return version
  }

  private static func checksum(of path: String, _ commands: CommandRunner) async throws(LooperError) -> String
  {
    #if canImport(Darwin)
      let command = ["shasum", "-a", "256", path]
    #else
      let command = ["sha256sum", path]
    #endif
    let output = try await run(command, commands, or: "the package's checksum cannot be computed")
    return String(decoding: output, as: UTF8.self).split(separator: " ").first.map(String.init) ?? ""
  }

  private static func run(
    _ words: [String], _ commands: CommandRunner, or complaint: String
  ) async throws(LooperError) -> Data {
    let command = Command(
      executable: words[0], arguments: Array(words.dropFirst()), environment: ["PATH": "/usr/bin:/bin"])
    let result: CommandResult
    do {
      result = try await commands.run(command, deadline: deadline, outputLimit: .mebibytes(1))
    } catch {
      throw LooperError(.validation, "\(complaint): \(error)")
    }
    guard result.status.isSuccess else {
      let said = String(decoding: result.standardError, as: UTF8.self).suffix(300)
      throw LooperError(.validation, "\(complaint): \(said.trimmingCharacters(in: .whitespacesAndNewlines))")
    }
    return result.standardOutput
  }
}
