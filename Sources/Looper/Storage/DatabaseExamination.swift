import Foundation
import GRDB

/// What a look at a database file finds, without changing it: for `looper doctor`.
struct DatabaseExamination: Equatable, Sendable {
  /// `ok`, or what SQLite says is damaged; nil when it was too large to be read through.
  var integrity: String?
  var isNewerThanBinary = false
  /// Whether the next daemon changes its schema.
  var needsMigration = false
  /// Of the file and its write-ahead log.
  var size: ByteCount
  /// Rows of the event log.
  var events: Int
  /// Worktrees that should lie on disk, by path.
  var worktrees: [String: Loop.ID] = [:]

  /// Larger databases are not read through.
  static let checkedSizeMax = ByteCount.mebibytes(1024)

  /// - Throws: what SQLite says when the file cannot be opened or is no database.
  init(path: String) throws {
    let sizes = ["", "-wal"].map { suffix in
      let attributes = try? FileManager.default.attributesOfItem(atPath: path + suffix)
      return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }
    size = ByteCount(bytes: sizes.reduce(0, +))
    let isChecked = size <= Self.checkedSizeMax
    let queue = try DatabaseQueue.reading(path)
    defer { try? queue.close() }
    let found = try queue.read { db in
      let migrator = Store.migrator
      let applied = try migrator.appliedIdentifiers(db)
      let isNewer = try migrator.hasBeenSuperseded(db)
      let needsMigration = migrator.migrations.contains { !applied.contains($0) }
      let isReadable = !isNewer && !applied.isEmpty
      return (
        integrity: isChecked ? try Self.integrity(db) : nil, isNewer: isNewer, needsMigration: needsMigration,
        events: isReadable ? try Int.fetchOne(db, sql: "SELECT count(*) FROM event") ?? 0 : 0,
        worktrees: isReadable ? try Self.worktrees(db) : [:]
      )
    }
    integrity = found.integrity
    isNewerThanBinary = found.isNewer
    needsMigration = found.needsMigration
    events = found.events
    worktrees = found.worktrees
  }

  private static func integrity(_ db: Database) throws -> String {
    try String.fetchAll(db, sql: "PRAGMA quick_check(3)").joined(separator: "; ")
  }

  private static func worktrees(_ db: Database) throws -> [String: Loop.ID] {
    try Row.fetchAll(db, sql: "SELECT loopID, path FROM worktree WHERE state <> 'removed' AND path <> ''")
      .reduce(into: [:]) { $0[$1["path"]] = Loop.ID($1["loopID"]) }
  }
}

extension DatabaseQueue {
  /// A database that another process may be writing.
  static func reading(_ path: String) throws -> DatabaseQueue {
    var configuration = GRDB.Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(2)
    return try DatabaseQueue(path: path, configuration: configuration)
  }
}
