import ArgumentParser
import Foundation

/// `looper config edit`: the file in the user's editor, checked before it counts.
struct ConfigEditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Edit the configuration file in $VISUAL or $EDITOR and check it.",
    discussion:
      "A copy is edited. It replaces the file only when it is free of problems; otherwise the file stays as it was "
      + "and the copy is kept. Without a file the editor begins with the sample of `looper config init`."
      + "\n\nExample: EDITOR=vi looper config edit")

  /// What `--json` prints.
  struct Result: Codable, Equatable, Sendable {
    var path: String
    var isChanged: Bool
  }

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let disk = ConfigurationDisk(sources: global.sources)
    let found = disk.present
    let path = found ?? disk.destination
    let before = found == nil ? ConfigurationReference.sample : try ConfigurationDisk.read(path)
    let editor = try editor
    let copy = try Self.copyPath(of: path)
    try ConfigurationDisk.write(before, to: copy)
    let status: Int32
    do {
      status = try TerminalProgram.run(
        editor, argument: copy, environment: CommandEnvironment.current.variables)
    } catch {
      try FileManager.default.removeItem(atPath: copy)
      throw error
    }
    let after = try ConfigurationDisk.read(copy)
    guard status == 0 else {
      try removeUnlessChanged(copy, before, after)
      throw LooperError(.internal, "the editor ended with status \(status); \(path) was not changed")
    }
    if after != before {
      try check(copy, as: path)
      try ConfigurationDisk.write(after, to: path)
    }
    try FileManager.default.removeItem(atPath: copy)
    let result = Result(path: path, isChanged: after != before)
    try global.show(result) { _ in result.isChanged ? "changed \(path)" : "\(path) was not changed" }
  }

  private var editor: String {
    get throws {
      let variables = CommandEnvironment.current.variables
      let named = [variables["VISUAL"], variables["EDITOR"]].compactMap { $0 }.first { !$0.isEmpty }
      guard let named else {
        throw LooperError(.validation, "no editor is known; run EDITOR=vi looper config edit")
      }
      return named
    }
  }

  /// Reads the copy as the only configuration file there is.
  private func check(_ copy: String, as path: String) throws {
    var sources = global.sources
    sources.environment[ConfigurationSources.fileVariable] = copy
    do {
      _ = try ConfigurationLoader.load(sources)
    } catch {
      let text = error.lines.joined(separator: "\n")
      throw LooperError(
        .validation, "\(text)\n\(path) was not changed; your text is kept in \(copy)",
        details: error.looperError.details)
    }
  }

  private func removeUnlessChanged(_ copy: String, _ before: String, _ after: String) throws {
    if after == before {
      try FileManager.default.removeItem(atPath: copy)
    } else {
      try global.note("your text is kept in \(copy)")
    }
  }

  /// Beside the file, with the same ending, so that it is read the same way.
  private static func copyPath(of path: String) throws(LooperError) -> String {
    let url = URL(filePath: path)
    let directory = url.deletingLastPathComponent().path
    let name = url.deletingPathExtension().lastPathComponent
    let copy = "\(directory)/\(name).edited.\(url.pathExtension)"
    guard !FileManager.default.fileExists(atPath: copy) else {
      throw LooperError(.conflict, "\(copy) is left from an earlier edit; move it away first")
    }
    return copy
  }
}
