import Foundation
import GRDB
import Testing

@testable import Looper

@Suite("the database file survives newer versions and full disks")
struct StoreFileTests {
  private static func with(_ body: (String) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try await body(directory.appendingPathComponent("looper.db").path)
  }

  private static let now = Timestamp(milliseconds: 1_790_000_000_000)

  private func addProject(_ store: Store, _ number: Int) async throws {
    let name = try #require(ProjectName("acme/tool\(number)"))
    _ = try await store.addProject(name, checkoutPath: nil, baseBranch: nil, facts: nil, at: Self.now)
  }

  @Test("a database of a newer looper is refused, and is the same to the byte afterwards")
  func newer() async throws {
    try await Self.with { path in
      let store = try Store(path: path)
      try await addProject(store, 1)
      try await store.database.write { db in
        try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('9999-from-the-future')")
      }
      try store.close()
      let directory = URL(filePath: path).deletingLastPathComponent()
      func files() throws -> [String: Data] {
        try Dictionary(
          uniqueKeysWithValues: FileManager.default.contentsOfDirectory(atPath: directory.path).map { name in
            (name, try Data(contentsOf: directory.appendingPathComponent(name)))
          })
      }
      let before = try files()
      let error = #expect(throws: LooperError.self) { _ = try Store(path: path) }
      #expect(error?.code == .preconditionFailed)
      let after = try files()
      #expect(after["looper.db"] == before["looper.db"])
      // Reading beside a writer-less log may leave an empty one, and never a changed one.
      #expect((after["looper.db-wal"] ?? Data()).isEmpty || after["looper.db-wal"] == before["looper.db-wal"])
    }
  }

  @Test("every commit is on disk before it counts")
  func synchronous() async throws {
    try await Self.with { path in
      for store in [try Store(path: path), try Store.scratch()] {
        let level = try await store.database.writeWithoutTransaction {
          try Int.fetchOne($0, sql: "PRAGMA synchronous")
        }
        // FULL
        #expect(level == 2)
      }
    }
  }

  @Test("a full disk fails new writes and loses no committed one; with room again it goes on by itself")
  func full() async throws {
    try await Self.with { path in
      let store = try Store(path: path)
      try await addProject(store, 1)
      try await store.setPageLimit(0)
      var failures = 0
      for number in 2..<400 {
        do {
          try await addProject(store, number)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
          failures += 1
        }
      }
      #expect(failures > 0)
      let kept = try await store.projects().count
      #expect(kept == 399 - failures)
      try await store.setPageLimit(nil)
      try await addProject(store, 1000)
      #expect(try await store.projects().count == kept + 1)
      try store.close()
      #expect(try await Store(path: path).projects().count == kept + 1)
    }
  }
}

extension Store {
  /// Lets the file grow by so many pages and no more; nil takes the limit away.
  fileprivate func setPageLimit(_ more: Int?) async throws {
    try await database.writeWithoutTransaction { db in
      let count = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      try db.execute(sql: "PRAGMA max_page_count = \(more.map { count + $0 } ?? 1_000_000_000)")
    }
  }
}
