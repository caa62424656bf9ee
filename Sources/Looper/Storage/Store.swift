import Foundation
import GRDB

/// The one SQLite database: the truth that everything else only hints at.
///
/// One method is one transaction and keeps one invariant; callers never see a `Database`. Writes are serialised by
/// SQLite, reads run beside them. Methods are grouped by table in `Store+….swift`.
struct Store: Sendable {
  let database: StoreDatabase
  /// Keeps the files of a database that nobody wants afterwards.
  private let scratch: ScratchDirectory?

  /// Opens the database at `path`, creating and migrating it. A database that a newer binary wrote is refused and
  /// left untouched; an upgrade first copies the file to `<path>.before-<version>`.
  init(path: String) throws {
    var configuration = GRDB.Configuration.durable
    if FileManager.default.fileExists(atPath: path) {
      try Self.refuseNewer(path: path)
    }
    configuration.label = "looper"
    let pool = try DatabasePool(durable: path, configuration)
    try Self.migrate(pool, backupPath: path)
    database = StoreDatabase(writer: pool, isInline: false)
    scratch = nil
  }

  /// A database for tests and the simulator, which goes with the last copy of this value.
  ///
  /// It is a file, as in production, in memory where the machine keeps files in memory: readers have connections of their
  /// own, whose statements stay prepared. (The one connection of a database without a file is told before every read
  /// that it may not write, which makes SQLite prepare every statement anew.)
  ///
  /// - Parameters:
  ///   - isInline: see ``StoreDatabase/isInline``.
  ///   - pause: see ``StoreDatabase/pause``.
  static func scratch(isInline: Bool = false, pause: (@Sendable () async -> Void)? = nil) throws -> Store {
    let scratch = try ScratchDirectory()
    let pool = try DatabasePool(durable: scratch.path("looper.db"), .durable)
    return try Store(migrating: pool, isInline: isInline, pause: pause, keeping: scratch)
  }

  /// A database that is there already, for tests that look at its connections.
  init(migrating database: any DatabaseWriter) throws {
    try self.init(migrating: database, isInline: false, pause: nil, keeping: nil)
  }

  private init(
    migrating database: any DatabaseWriter, isInline: Bool, pause: (@Sendable () async -> Void)?,
    keeping scratch: ScratchDirectory?
  ) throws {
    try Self.migrate(database, backupPath: nil)
    self.database = StoreDatabase(writer: database, isInline: isInline, pause: pause)
    self.scratch = scratch
  }

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration(Migration0001.name) { try $0.execute(sql: Migration0001.sql) }
    migrator.registerMigration(Migration0002.name) { try $0.execute(sql: Migration0002.sql) }
    migrator.registerMigration(Migration0003.name) { try $0.execute(sql: Migration0003.sql) }
    migrator.registerMigration(Migration0004.name) { try $0.execute(sql: Migration0004.sql) }
    migrator.registerMigration(Migration0005.name) { try $0.execute(sql: Migration0005.sql) }
    migrator.registerMigration(Migration0006.name) { try $0.execute(sql: Migration0006.sql) }
    migrator.registerMigration(Migration0007.name) { try $0.execute(sql: Migration0007.sql) }
    migrator.registerMigration(Migration0008.name) { try $0.execute(sql: Migration0008.sql) }
    migrator.registerMigration(Migration0009.name) { try $0.execute(sql: Migration0009.sql) }
    migrator.registerMigration(Migration0010.name) { try $0.execute(sql: Migration0010.sql) }
    migrator.registerMigration(Migration0011.name) { try $0.execute(sql: Migration0011.sql) }
    return migrator
  }

  private static func refuseNewer(path: String) throws {
    var configuration = GRDB.Configuration()
    configuration.readonly = true
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    defer { try? queue.close() }
    if try queue.read({ try migrator.hasBeenSuperseded($0) }) {
      throw LooperError(
        .preconditionFailed,
        "the database \(path) was written by a newer looper; upgrade looper or move it away")
    }
  }

  private static func migrate(_ writer: any DatabaseWriter, backupPath: String?) throws {
    let applied = try writer.read { try migrator.appliedIdentifiers($0) }
    if let backupPath, !applied.isEmpty, let last = migrator.migrations.last, !applied.contains(last) {
      let copy = try DatabaseQueue(path: "\(backupPath).before-\(last)")
      try writer.backup(to: copy)
      try copy.close()
    }
    try migrator.migrate(writer)
    // A reader that has looked at the old schema would prepare statements by it, with columns in other places.
    (writer as? DatabasePool)?.invalidateReadOnlyConnections()
  }

  /// Flushes and closes; further calls throw.
  func close() throws { try database.close() }
}

extension GRDB.Configuration {
  /// Foreign keys checked, a few readers; see ``GRDB/DatabasePool/init(durable:_:)``.
  static var durable: Self {
    var configuration = Self()
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(5)
    configuration.maximumReaderCount = 4
    // More than the default would need a nice value below ours: on Linux libdispatch complains of that on standard
    // error for each thread of an ordinary user.
    configuration.qos = .default
    return configuration
  }
}

extension DatabasePool {
  /// WAL with every commit on disk before it counts.
  convenience init(durable path: String, _ configuration: GRDB.Configuration) throws {
    try self.init(path: path, configuration: configuration)
    // GRDB sets NORMAL for WAL, after the configuration's own preparation; a power cut may then undo a commit whose
    // effect GitHub has already seen.
    try writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
  }
}

/// A directory that is removed with the last value that uses it.
private final class ScratchDirectory: Sendable {
  private let directory: URL

  init() throws {
    let memory = URL(filePath: "/dev/shm")
    let root =
      FileManager.default.isWritableFile(atPath: memory.path)
      ? memory : FileManager.default.temporaryDirectory
    directory = root.appending(path: "looper-scratch-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  func path(_ name: String) -> String { directory.appending(path: name).path }

  deinit {
    // Best effort: what is left is small, and in memory or in the temporary directory.
    try? FileManager.default.removeItem(at: directory)
  }
}

/// A write found the row in another state than its caller read: read again and decide again.
struct StaleWrite: Error, Hashable, Sendable {
  var row: String
}
