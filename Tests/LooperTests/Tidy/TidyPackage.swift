import Foundation

/// The package these tests belong to, read once from the disk.
enum TidyPackage {
  /// Found from where this file was compiled: four folders up.
  static let root: URL = {
    var url = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { url.deleteLastPathComponent() }
    return url
  }()

  /// Every Swift file below `Sources` and `Tests`.
  static let sources: [TidySource] =
    files
    .filter { ($0.hasPrefix("Sources/") || $0.hasPrefix("Tests/")) && $0.hasSuffix(".swift") }
    .compactMap { path in text(of: path).map { TidySource(path: path, text: $0) } }

  /// Paths of all files below the root, without build products and git's own.
  static let files: [String] = {
    let paths = FileManager.default.enumerator(atPath: root.path)
    var found: [String] = []
    while let path = paths?.nextObject() as? String {
      let name = path.split(separator: "/").last ?? ""
      if name == ".git" || name == ".swiftpm" || name.hasPrefix(".build") {
        paths?.skipDescendants()
      } else if !isDirectory(path) {
        found.append(path)
      }
    }
    return found.sorted()
  }()

  /// The folders directly below `Sources/Looper`.
  static var folders: Set<String> {
    Set(
      sources.compactMap { source in
        let parts = source.path.split(separator: "/")
        return parts.count > 3 && parts[1] == "Looper" ? String(parts[2]) : nil
      })
  }

  /// The file's text; nothing when it cannot be read or is not UTF-8.
  static func text(of path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: root.appendingPathComponent(path).path) else {
      return nil
    }
    return String(data: data, encoding: .utf8)
  }

  private static func isDirectory(_ path: String) -> Bool {
    let type = try? FileManager.default.attributesOfItem(atPath: root.appendingPathComponent(path).path)[
      .type]
    return type as? FileAttributeType == .typeDirectory
  }
}
