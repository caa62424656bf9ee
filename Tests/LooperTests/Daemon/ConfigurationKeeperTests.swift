import Foundation
import GRDB
import Logging
import Testing

@testable import Looper

@Suite("what follows from a changed configuration is done until it is done")
struct ConfigurationKeeperTests {
  @Test("a change that could not be recorded is taken up again as soon as it can", arguments: [false, true])
  func fullDatabase(isBrokenMeanwhile: Bool) async throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "looper-keeper-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    let home = ConfigurationHome(path: url.path)
    try home.write("")
    let source = try ConfigurationSource(home.sources())
    let store = try Store.scratch()
    let keeper = ConfigurationKeeper(
      source: source, settings: LiveSettings(EngineSettings()), store: store, time: OpsFakeTime(),
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    try await store.database.write { db in
      try db.execute(
        sql: """
          CREATE TRIGGER noRoom BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END
          """)
    }
    try home.write("[[projects]]\nname = \"acme/tool\"\n")
    for _ in 0..<4 { await keeper.look() }
    #expect(try await store.projects().isEmpty)
    if isBrokenMeanwhile {
      try home.write("nonsense")
      for _ in 0..<2 { await keeper.look() }
    }
    try await store.database.write { try $0.execute(sql: "DROP TRIGGER noRoom") }
    for _ in 0..<3 { await keeper.look() }
    #expect(try await store.projects().map(\.name.display) == ["acme/tool"])
    let told = try await store.events(after: 0, limit: 10).filter { $0.kind == .configuration }.map(\.message)
    #expect(told == ["taken up from the changed file"])
  }
}
