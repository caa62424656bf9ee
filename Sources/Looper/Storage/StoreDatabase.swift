import GRDB

/// The way to the database: on a thread of the database's own, or on the caller's.
struct StoreDatabase: Sendable {
  let writer: any DatabaseWriter
  /// Whether calls run on the caller's thread. In a daemon they must not: a commit waits for the disk. A simulation's
  /// database has one user and no disk, and changing threads twice would cost more than most of its statements.
  let isInline: Bool
  /// Awaited before each call on the caller's thread; a test lets others go first.
  var pause: (@Sendable () async -> Void)?

  func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    guard isInline else { return try await writer.read(body) }
    await pause?()
    try Task.checkCancellation()
    return try readHere(body)
  }

  /// In one transaction.
  func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    guard isInline else { return try await writer.write(body) }
    await pause?()
    try Task.checkCancellation()
    return try writeHere(body)
  }

  func writeWithoutTransaction<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    guard isInline else { return try await writer.writeWithoutTransaction(body) }
    await pause?()
    try Task.checkCancellation()
    return try writeHereWithoutTransaction(body)
  }

  // MARK: on the caller's thread

  func read<Value>(_ body: (Database) throws -> Value) throws -> Value { try readHere(body) }
  func write<Value>(_ body: (Database) throws -> Value) throws -> Value { try writeHere(body) }

  // Under names of their own, because an asynchronous caller is always given the asynchronous method.

  private func readHere<Value>(_ body: (Database) throws -> Value) throws -> Value { try writer.read(body) }
  private func writeHere<Value>(_ body: (Database) throws -> Value) throws -> Value { try writer.write(body) }

  private func writeHereWithoutTransaction<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try writer.writeWithoutTransaction(body)
  }

  func add(transactionObserver: any TransactionObserver) {
    writer.add(transactionObserver: transactionObserver, extent: .databaseLifetime)
  }

  func close() throws { try writer.close() }
}
