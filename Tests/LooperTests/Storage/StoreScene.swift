import Foundation
import GRDB

@testable import Looper

/// A directory of its own with a place for a database in it.
struct StoreScene {
  let directory: URL

  var path: String { directory.appending(path: "looper.db").path }

  /// Runs `body` with a fresh directory, which is gone afterwards.
  static func with(_ body: (StoreScene) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try await body(StoreScene(directory: directory))
  }

  /// Every file by its name.
  func files() throws -> [String: Data] {
    var found: [String: Data] = [:]
    for url in try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil) {
      found[url.lastPathComponent] = try Data(contentsOf: url)
    }
    return found
  }

  /// A database as the binary left it whose newest migration was `version`, with a project, a loop and an event.
  func makeOld(_ version: String) throws {
    let queue = try DatabaseQueue(path: path, configuration: .durable)
    try Store.migrator.migrate(queue, upTo: version)
    try queue.write { db in
      try db.execute(
        sql: """
          INSERT INTO project (id, key, name, addedAt) VALUES (1, 'github.com/acme/shop', 'acme/shop', 5);
          INSERT INTO loop (id, projectID, subjectKind, subjectNumber, title, lane, phase, state, stateReason, stateSince,
            skipsPlan, createdAt) VALUES (7, 1, 'issue', 3, 'Old', 'planned', 'plan', 'waiting', 'paused', 5, 0, 5);
          INSERT INTO event (at, kind, projectID, loopID, message) VALUES (5, 'loop.started', 1, 7, 'hello');
          """)
    }
    try queue.close()
  }

  /// The schema of the database in `name`, in the order of the names.
  func schema(of name: String = "looper.db") throws -> String {
    let queue = try DatabaseQueue(path: directory.appending(path: name).path)
    defer { try? queue.close() }
    return try queue.read(StoreScene.schema)
  }

  static func schema(_ db: Database) throws -> String {
    try String.fetchAll(
      db,
      sql: """
        SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY tbl_name, type DESC, name
        """
    ).joined(separator: ";\n\n") + ";\n"
  }
}
