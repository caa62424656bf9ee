import Foundation

/// Finds the configuration file and turns its bytes into a document.
struct ConfigurationFile: Sendable {
  /// A file larger than this is not a configuration.
  static let bytesMax = 1_048_576
  /// How many broken lines a file may have of which the rest is still believed.
  private static let salvagedLinesMax = 16
  /// Permission bits that let the group or everybody read.
  private static let othersMayRead = 0o044

  private(set) var path: String?
  private(set) var document = ConfigurationNode(content: .table([]))
  private(set) var problems: [ConfigurationProblem] = []
  private(set) var warnings: [ConfigurationProblem] = []

  private init() {}

  /// The file that would be read now; nil when there is none.
  static func location(_ sources: ConfigurationSources) -> String? {
    var file = Self()
    return file.locate(sources)
  }

  /// - Parameter isSalvaging: reads what is left of a file without the lines that nobody understands.
  init(_ sources: ConfigurationSources, isSalvaging: Bool = false) {
    guard let path = locate(sources) else { return }
    self.path = path
    guard let text = read(path) else { return }
    let name = URL(filePath: path).pathExtension.lowercased()
    let format = ConfigurationFormat(rawValue: name) ?? .toml
    switch format.parse(text) {
    case .success(let document): self.document = document
    case .failure(let error):
      problem(at: error.line, error.message)
      if isSalvaging, let rest = Self.salvaged(text, format) { document = rest }
    }
  }

  /// The document without the lines that keep it from being one; nil when these are too many.
  private static func salvaged(_ text: String, _ format: ConfigurationFormat) -> ConfigurationNode? {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    // Read once more than lines are left out: without the last of them it may be whole.
    for _ in 0...salvagedLinesMax {
      switch format.parse(lines.joined(separator: "\n")) {
      case .success(let document): return document
      case .failure(let error):
        // The end of the text is where a quote or a bracket was missed, not where it is missing.
        guard let line = error.line, lines.indices.contains(line - 1), !lines[line - 1].isEmpty else {
          return nil
        }
        lines[line - 1] = ""
      }
    }
    return nil
  }

  private mutating func problem(at line: Int? = nil, _ message: String) {
    problems.append(problemValue(at: line, message))
  }

  private func problemValue(at line: Int? = nil, _ message: String) -> ConfigurationProblem {
    ConfigurationProblem(path: nil, origin: .file(path: path ?? "", line: line), message: message)
  }

  private mutating func locate(_ sources: ConfigurationSources) -> String? {
    if let explicit = sources.explicit {
      guard let isDirectory = Self.isDirectory(explicit) else {
        problems.append(
          ConfigurationProblem(
            path: nil,
            origin: sources.hasConfigOption
              ? .option(name: "--config") : .environment(name: ConfigurationSources.fileVariable),
            message: "there is no \(explicit)"))
        return nil
      }
      if !isDirectory { return explicit }
    }
    for directory in sources.searchDirectories {
      let candidates = ConfigurationFormat.allCases.map { "\(directory)/looper.\($0.rawValue)" }
      let present = candidates.filter { Self.isDirectory($0) != nil }
      guard let first = present.first else { continue }
      for other in present.dropFirst() {
        warnings.append(
          ConfigurationProblem(
            path: nil, origin: .file(path: other, line: nil), message: "not used, because \(first) is there"))
      }
      return first
    }
    return nil
  }

  /// Nil when nothing is there.
  private static func isDirectory(_ path: String) -> Bool? {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return nil }
    return isDirectory.boolValue
  }

  private mutating func read(_ path: String) -> String? {
    guard Self.isDirectory(path) == false else {
      problem("is a directory; expected a file")
      return nil
    }
    let data: Data
    do {
      let attributes = try FileManager.default.attributesOfItem(
        atPath: URL(filePath: path).resolvingSymlinksInPath().path)
      guard attributes[.type] as? FileAttributeType == .typeRegular else {
        problem("is not a regular file")
        return nil
      }
      let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
      guard size <= Self.bytesMax else {
        problem("is larger than \(Self.bytesMax) bytes")
        return nil
      }
      let permissions = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
      if permissions & Self.othersMayRead != 0 {
        warnings.append(problemValue("can be read by other users; run chmod 600 \(path)"))
      }
      data = try Data(contentsOf: URL(filePath: path))
    } catch {
      problem("cannot be read: \((error as NSError).localizedFailureReason ?? error.localizedDescription)")
      return nil
    }
    switch ConfigurationBytes.text(Array(data)) {
    case .success(let text): return text
    case .failure(let error):
      problem(at: error.line, error.message)
      return nil
    }
  }
}
