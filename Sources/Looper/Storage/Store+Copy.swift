import GRDB

extension Store {
  /// Copies the database at `path` to `target`, whole and consistent, also while a daemon uses it. A file that is
  /// there already is overwritten.
  static func copy(_ path: String, to target: String) throws {
    let source = try DatabaseQueue(path: path)
    defer { try? source.close() }
    let copy = try DatabaseQueue(path: target)
    defer { try? copy.close() }
    try source.backup(to: copy)
  }
}
