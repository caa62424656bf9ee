import Foundation

/// Finds out which repository a checkout is of, by reading its git configuration; nothing is run.
enum CheckoutOrigin {
  /// The address of the remote `origin`.
  static func address(of directory: String) throws(LooperError) -> String {
    guard let config = configuration(of: directory) else {
      throw LooperError(.validation, "\(directory) is not a git checkout; write owner/name instead")
    }
    guard let address = address(inConfiguration: config) else {
      throw LooperError(.validation, "\(directory) has no remote named origin; write owner/name and --path")
    }
    return address
  }

  /// The value of `url` in the section `[remote "origin"]`.
  static func address(inConfiguration text: String) -> String? {
    var isOrigin = false
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.trimmingCharacters(in: .whitespaces)
      if words.hasPrefix("[") {
        isOrigin = words.lowercased().hasPrefix("[remote \"origin\"]")
      } else if isOrigin, let equals = words.firstIndex(of: "="),
        words[..<equals].trimmingCharacters(in: .whitespaces).lowercased() == "url"
      {
        return words[words.index(after: equals)...].trimmingCharacters(in: .whitespaces)
      }
    }
    return nil
  }

  private static func configuration(of directory: String) -> String? {
    let git = "\(directory)/.git"
    if let text = read("\(git)/config") { return text }
    // A linked worktree: `.git` is a file that names `<main>/.git/worktrees/<name>`.
    guard let link = read(git), link.hasPrefix("gitdir: ") else { return nil }
    let target = URL(filePath: link.dropFirst(8).trimmingCharacters(in: .whitespacesAndNewlines))
    return read(target.appending(path: "../../config").standardizedFileURL.path(percentEncoded: false))
  }

  private static func read(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
