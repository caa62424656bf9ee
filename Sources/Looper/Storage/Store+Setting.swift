import GRDB

extension Store {
  /// The value of a setting, written with `make()` the first time it is asked for.
  func setting(_ key: String, orInsert make: @Sendable () -> String) async throws -> String {
    let fresh = make()
    return try await database.write { db in
      try db.execute(
        sql: "INSERT INTO setting (key, value) VALUES (:key, :value) ON CONFLICT (key) DO NOTHING",
        arguments: ["key": key, "value": fresh])
      return try String.fetchOne(
        db, sql: "SELECT value FROM setting WHERE key = :key", arguments: ["key": key])
        ?? fresh
    }
  }

  func setting(_ key: String) async throws -> String? {
    try await database.read { db in
      try String.fetchOne(db, sql: "SELECT value FROM setting WHERE key = :key", arguments: ["key": key])
    }
  }

  func set(_ key: String, to value: String) async throws {
    try await database.write { db in
      try db.execute(
        sql: """
          INSERT INTO setting (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = :value
          """, arguments: ["key": key, "value": value])
    }
  }
}
