import GRDB

extension Store {
  /// Registers a repository, or brings a registered one up to date (its checkout and base).
  ///
  /// - Returns: the project and whether it is new.
  func addProject(
    _ name: ProjectName, checkoutPath: String?, baseBranch: String?, facts: RepositoryFacts?,
    at now: Timestamp
  ) async throws -> (project: Project, isNew: Bool) {
    let factsJSON = try facts.map(JSONColumn.encode)
    return try await database.write { db in
      let arguments: StatementArguments = [
        "key": name.key, "name": name.display, "checkout": checkoutPath, "base": baseBranch,
        "facts": factsJSON,
        "now": now.milliseconds,
      ]
      try db.execute(
        sql: """
          UPDATE project SET name = :name, checkoutPath = coalesce(:checkout, checkoutPath),
            baseBranch = coalesce(:base, baseBranch), factsJSON = coalesce(:facts, factsJSON)
          WHERE key = :key AND removedAt IS NULL AND :now = :now
          """, arguments: arguments)
      let isNew = db.changesCount == 0
      if isNew {
        try db.execute(
          sql: """
            INSERT INTO project (key, name, checkoutPath, baseBranch, factsJSON, addedAt)
            VALUES (:key, :name, :checkout, :base, :facts, :now)
            """, arguments: arguments)
        try Self.append(
          EventDraft(.projectAdded, "watching \(name.display)", projectID: .init(db.lastInsertedRowID)),
          at: now, db)
      }
      guard let project = try Self.project(named: name, db) else { throw StaleWrite(row: "project \(name)") }
      return (project, isNew)
    }
  }

  /// Every registered project, by name.
  func projects() async throws -> [Project] {
    try await database.read { db in
      try Row.fetchAll(
        db, sql: "SELECT \(Self.projectColumns) FROM project WHERE removedAt IS NULL ORDER BY key",
        as: Self.project)
    }
  }

  func project(named name: ProjectName) async throws -> Project? {
    try await database.read { try Self.project(named: name, $0) }
  }

  /// The oldest project that was added by this name, or that GitHub has come to call so since.
  func watchedProject(_ name: ProjectName) async throws -> Project? {
    try await projects().filter { $0.name == name || $0.facts?.name == name }
      .min { $0.id.rawValue < $1.id.rawValue }
  }

  func project(_ id: Project.ID) async throws -> Project? {
    try await database.read { db in
      try Row.fetchOne(
        db, sql: "SELECT \(Self.projectColumns) FROM project WHERE id = :id", arguments: ["id": id.rawValue],
        as: Self.project)
    }
  }

  /// Remembers what GitHub says of the repository; nothing is written when it says the same.
  func updateFacts(of id: Project.ID, to facts: RepositoryFacts) async throws {
    let json = try JSONColumn.encode(facts)
    try await database.write { db in
      try db.execute(
        sql: "UPDATE project SET factsJSON = :facts WHERE id = :id AND factsJSON IS NOT :facts",
        arguments: ["facts": json, "id": id.rawValue])
    }
  }

  /// Stops watching a project. Its live loops must have ended first.
  ///
  /// - Throws: ``LooperError`` `conflict` naming the live loops.
  func removeProject(_ id: Project.ID, at now: Timestamp) async throws {
    try await database.write { db in
      let live = try Int64.fetchAll(
        db, sql: "SELECT id FROM loop WHERE projectID = :id AND state <> 'done' ORDER BY id",
        arguments: ["id": id.rawValue])
      guard live.isEmpty else {
        let handles = live.prefix(5).map { "L\($0)" }.joined(separator: ", ")
        throw LooperError(
          .conflict, "the project has live loops (\(handles)); cancel them first: looper cancel L\(live[0])")
      }
      try db.execute(
        sql: "UPDATE project SET removedAt = :now WHERE id = :id AND removedAt IS NULL",
        arguments: ["now": now.milliseconds, "id": id.rawValue])
      guard db.changesCount == 1 else { throw StaleWrite(row: "project \(id)") }
      try Self.append(EventDraft(.projectRemoved, "no longer watching", projectID: id), at: now, db)
    }
  }

  static let projectColumns = "id, name, checkoutPath, baseBranch, factsJSON, addedAt"

  private static func project(named name: ProjectName, _ db: Database) throws -> Project? {
    try Row.fetchOne(
      db, sql: "SELECT \(projectColumns) FROM project WHERE key = :key AND removedAt IS NULL",
      arguments: ["key": name.key], as: project)
  }

  static func project(_ row: Row) throws -> Project {
    let text: String = row["name"]
    guard let name = ProjectName(text) else { throw StaleWrite(row: "project named \(text)") }
    return Project(
      id: Project.ID(row["id"]), name: name, checkoutPath: row["checkoutPath"], baseBranch: row["baseBranch"],
      facts: try JSONColumn.decodeIfPresent(RepositoryFacts.self, from: row["factsJSON"] as String?),
      addedAt: Timestamp(milliseconds: row["addedAt"]))
  }
}
