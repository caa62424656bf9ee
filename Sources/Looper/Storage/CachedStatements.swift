import GRDB

// Every statement of the store is a literal beside the method that runs it, so each is prepared once per connection and
// not at every call: preparing costs several times what most of them do. These take the place of GRDB's methods of the
// same shape within this module.

extension Row {
  static func fetchAll(
    _ db: Database, sql: String, arguments: StatementArguments = StatementArguments()
  ) throws -> [Row] {
    try fetchAll(db.cachedStatement(sql: sql), arguments: arguments)
  }

  static func fetchOne(
    _ db: Database, sql: String, arguments: StatementArguments = StatementArguments()
  ) throws -> Row? {
    try fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
  }

  /// What `transform` makes of each row, without those of which it makes nothing.
  ///
  /// A row is read where SQLite holds it. A copy, which the other methods hand out, looks for a column's name by
  /// comparing it with every other in lower case: a tenth of what a list of loops took.
  static func fetchAll<Value>(
    _ db: Database, sql: String, arguments: StatementArguments = StatementArguments(),
    as transform: (Row) throws -> Value?
  ) throws -> [Value] {
    let rows = try fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
    var values: [Value] = []
    while let row = try rows.next() {
      if let value = try transform(row) { values.append(value) }
    }
    return values
  }

  /// The same for the first row.
  static func fetchOne<Value>(
    _ db: Database, sql: String, arguments: StatementArguments = StatementArguments(),
    as transform: (Row) throws -> Value?
  ) throws -> Value? {
    let rows = try fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
    return try rows.next().flatMap(transform)
  }
}

extension DatabaseValueConvertible where Self: StatementColumnConvertible {
  static func fetchAll(
    _ db: Database, sql: String, arguments: StatementArguments = StatementArguments()
  ) throws -> [Self] {
    try fetchAll(db.cachedStatement(sql: sql), arguments: arguments)
  }

  static func fetchOne(
    _ db: Database, sql: String, arguments: StatementArguments = StatementArguments()
  ) throws -> Self? {
    try fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
  }
}
