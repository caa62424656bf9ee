import Foundation
import GRDB
import Testing

@testable import Looper

@Suite("The database has the schema everybody knows, whatever version it comes from")
struct SchemaTests {
  private static let versions = Store.migrator.migrations
  private static let golden = "Tests/LooperTests/Fixtures/schema.sql"

  /// Set it to have the committed text written anew.
  private static let updateVariable = "UPDATE_REFERENCE"

  @Test("the committed schema is what the migrations make")
  func committed() async throws {
    try await StoreScene.with { scene in
      try Store(path: scene.path).close()
      let made = try scene.schema()
      if ProcessInfo.processInfo.environment[Self.updateVariable] != nil {
        try Data(made.utf8).write(to: TidyPackage.root.appending(path: Self.golden))
      }
      #expect(
        made == TidyPackage.text(of: Self.golden),
        "after a new migration, run this with UPDATE_REFERENCE=1 and look at what changed in \(Self.golden)")
    }
  }

  @Test("every older version is brought up to date with its rows, and copied before", arguments: versions)
  func upgrades(version: String) async throws {
    try await StoreScene.with { scene in
      try scene.makeOld(version)
      let before = try scene.schema()
      let store = try Store(path: scene.path)
      #expect(try await store.loop(Loop.ID(7))?.title == "Old")
      #expect(try await store.events(after: 0, limit: 10).map(\.message) == ["hello"])
      #expect(try await store.problems() == [])
      try store.close()
      #expect(try scene.schema() == TidyPackage.text(of: Self.golden))
      let newest = try #require(Self.versions.last)
      let copy = "looper.db.before-\(newest)"
      if version == newest {
        #expect(try scene.files()[copy] == nil)
      } else {
        #expect(try scene.schema(of: copy) == before)
      }
    }
  }

  @Test("a newer database is refused and not a byte of it changes")
  func refusesNewer() async throws {
    try await StoreScene.with { scene in
      try scene.makeOld(try #require(Self.versions.last))
      let queue = try DatabaseQueue(path: scene.path)
      try await queue.write { db in
        try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('9999-from-the-future')")
      }
      try queue.close()
      let before = try scene.files()
      let refusal = LooperError(
        .preconditionFailed,
        "the database \(scene.path) was written by a newer looper; upgrade looper or move it away")
      #expect(throws: refusal) { _ = try Store(path: scene.path) }
      #expect(try scene.files() == before)
    }
  }
}

extension Store {
  /// What SQLite finds wrong with itself.
  fileprivate func problems() async throws -> [String] {
    try await database.read { db in
      try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
        + Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map { "\($0)" }
    }
  }
}
