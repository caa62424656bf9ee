import Foundation

/// Reads branches straight from a bare repository's files: what is below `refs/heads`, then `packed-refs`.
enum ForgeLooseRefs {
  static func heads(inBareRepository path: String) throws -> [String: CommitSHA] {
    let prefix = "refs/heads/"
    var heads: [String: CommitSHA] = [:]
    // Loose refs first: a ref that is packed between the two looks is then seen in the second.
    try readLoose(directory: "\(path)/\(prefix.dropLast())", below: "", into: &heads)
    let packed = (try? String(contentsOfFile: "\(path)/packed-refs", encoding: .utf8)) ?? ""
    for line in packed.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, parts[1].hasPrefix(prefix), let sha = CommitSHA(String(parts[0])) else {
        continue
      }
      let name = String(parts[1].dropFirst(prefix.count))
      if heads[name] == nil { heads[name] = sha }
    }
    return heads
  }

  private static func readLoose(
    directory: String, below name: String, into heads: inout [String: CommitSHA]
  ) throws {
    for entry in try FileManager.default.contentsOfDirectory(atPath: directory)
    where !entry.hasSuffix(".lock") {
      let path = "\(directory)/\(entry)"
      var isDirectory: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { continue }
      let full = name.isEmpty ? entry : "\(name)/\(entry)"
      if isDirectory.boolValue {
        try readLoose(directory: path, below: full, into: &heads)
      } else if let text = try? String(contentsOfFile: path, encoding: .utf8),
        let sha = CommitSHA(text.trimmingCharacters(in: .whitespacesAndNewlines))
      {
        heads[full] = sha
      }
    }
  }
}
