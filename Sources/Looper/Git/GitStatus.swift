import Foundation

/// What `git status --porcelain=v1 -z --no-renames` says of a worktree.
struct GitStatus: Equatable {
  /// One path that differs from HEAD.
  struct Entry: Equatable {
    /// The two letters before the path.
    var code: String
    /// As the file system has it; not always UTF-8.
    var path: Data

    var isUnmerged: Bool { code.contains("U") || code == "AA" || code == "DD" }
    /// A repository inside the worktree, which git names by its directory: never entered, never committed.
    var isNestedRepository: Bool { path.last == UInt8(ascii: "/") }
  }

  static let clean = GitStatus(entries: [])

  var entries: [Entry]

  init(entries: [Entry]) { self.entries = entries }

  init(parsing output: Data) {
    entries = output.split(separator: 0).compactMap { record in
      guard record.count > 3 else { return nil }
      return Entry(code: String(decoding: record.prefix(2), as: UTF8.self), path: Data(record.dropFirst(3)))
    }
  }

  /// What a commit of everything would take up.
  var changes: [Entry] { entries.filter { !$0.isNestedRepository } }
  var isClean: Bool { changes.isEmpty }
  var unmergedPaths: [String] {
    entries.filter(\.isUnmerged).map { String(decoding: $0.path, as: UTF8.self) }
  }
}
