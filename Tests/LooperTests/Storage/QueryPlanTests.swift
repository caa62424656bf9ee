import GRDB
import Synchronization
import Testing

@testable import Looper

@Suite("What is asked often or of long tables is found by an index")
struct QueryPlanTests {
  /// A read that must stay fast with years of history.
  struct Hot: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// Whether few rows are put in order after they were found.
    var sortsFew = false
    var read: @Sendable (Store) async throws -> Void
  }

  private static let now = Timestamp(milliseconds: 1_790_000_000_000)

  static let hot = [
    Hot(testDescription: "events page") { _ = try await $0.events(after: 5, limit: 100) },
    Hot(testDescription: "events of a loop") {
      _ = try await $0.events(after: 5, limit: 100, loop: Loop.ID(1))
    },
    Hot(testDescription: "newest event") { _ = try await $0.lastEventSequence() },
    Hot(testDescription: "loops, all") {
      _ = try await $0.loops(state: nil, project: nil, before: .max, limit: 50)
    },
    Hot(testDescription: "loops in a state") {
      _ = try await $0.loops(state: "blocked", project: nil, before: .max, limit: 50)
    },
    Hot(testDescription: "loops, live, newest first") {
      _ = try await $0.liveLoops(project: nil, before: .max, limit: 50)
    },
    Hot(testDescription: "loops, live, all", sortsFew: true) { _ = try await $0.liveLoops() },
    Hot(testDescription: "loops that wait for a look", sortsFew: true) {
      _ = try await $0.loops(waitingFor: [.observation])
    },
    Hot(testDescription: "loops to evaluate", sortsFew: true) {
      _ = try await $0.loopsToEvaluate(at: now, limit: 200)
    },
    Hot(testDescription: "the scheduler's alarm") { _ = try await $0.nextWake() },
    Hot(testDescription: "the live loop of an issue") {
      _ = try await $0.liveLoop(of: .issue(3), in: Project.ID(1))
    },
    Hot(testDescription: "the live loop of a pull request") {
      _ = try await $0.liveLoop(of: .pull(4), in: Project.ID(1))
    },
    Hot(testDescription: "who objects to a merge", sortsFew: true) {
      _ = try await $0.objections(ofLoops: [Loop.ID(1)])
    },
    Hot(testDescription: "the end of the last loop of a subject") {
      _ = try await $0.lastEnd(of: .issue(3), in: Project.ID(1))
    },
    Hot(testDescription: "runs, all") {
      _ = try await $0.runs(ofLoop: nil, state: nil, before: .max, limit: 50)
    },
    Hot(testDescription: "runs of a loop") {
      _ = try await $0.runs(ofLoop: Loop.ID(1), state: nil, before: .max, limit: 50)
    },
    Hot(testDescription: "runs in a state") {
      _ = try await $0.runs(ofLoop: nil, state: "failed", before: .max, limit: 50)
    },
    Hot(testDescription: "runs under way") { _ = try await $0.liveRuns() },
    Hot(testDescription: "sessions under way", sortsFew: true) { _ = try await $0.liveSessions() },
    Hot(testDescription: "queue", sortsFew: true) { _ = try await $0.queue() },
    Hot(testDescription: "claim", sortsFew: true) { store in
      _ = try await store.claimDueItems(
        admission: Admission(limits: .init()), configurationHash: "", at: now,
        terms: { _, _ in ClaimTerms(vendor: .custom, model: nil) }, nonce: { "n" })
    },
    Hot(testDescription: "outbox, next") { _ = try await $0.sendableEffects(at: now, limit: 50) },
    Hot(testDescription: "the outbox's alarm") { _ = try await $0.nextEffectDue() },
    Hot(testDescription: "writes of the last hour") { _ = try await $0.effectsSent(after: now, until: now) },
    Hot(testDescription: "what lists show of a loop") {
      _ = try await $0.extras(ofLoops: [Loop.ID(1)])
    },
    Hot(testDescription: "failures", sortsFew: true) {
      _ = try await $0.failures(before: FailurePlace(at: 1, kind: "run", id: 1), limit: 50)
    },
    Hot(testDescription: "all that is decided on", sortsFew: true) {
      _ = try await $0.evaluationInput(of: Loop.ID(1), at: now)
    },
  ]

  @Test("no table that grows is read whole, nothing that grows is sorted", arguments: hot)
  func plan(of hot: Hot) async throws {
    let store = try Self.store()
    let statements = try await Self.statements(of: store) { try await hot.read(store) }
    #expect(!statements.isEmpty)
    for sql in statements {
      let plan = try await store.plan(of: sql)
      let scans = plan.filter { $0.hasPrefix("SCAN ") && !Self.isSmall($0) }
      #expect(scans == [], "\(sql)")
      if !hot.sortsFew { #expect(plan.filter { $0.contains("TEMP B-TREE") } == [], "\(sql)") }
    }
  }

  @Test("a plan that reads a whole table is recognised, one that reads a small index is not")
  func canFail() async throws {
    let store = try Self.store()
    let bad = try await store.plan(of: "SELECT * FROM event WHERE message = 'x'")
    #expect(bad.contains { $0.hasPrefix("SCAN ") && !Self.isSmall($0) })
    let good = try await store.plan(
      of: "SELECT id FROM loop WHERE state <> 'done' AND changeSeq > evaluatedSeq")
    #expect(good == ["SCAN loop USING INDEX loopDirty"])
    #expect(good.allSatisfy(Self.isSmall))
  }

  /// One loop with a due item, so that the claim goes all its way.
  private static func store() throws -> Store {
    // One connection for everything, so that all it does is told.
    let store = try Store(migrating: DatabaseQueue(configuration: .durable))
    try store.database.write { db in
      try db.execute(
        sql: """
          INSERT INTO project (id, key, name, addedAt) VALUES (1, 'github.com/acme/shop', 'acme/shop', 5);
          INSERT INTO loop (id, projectID, subjectKind, subjectNumber, title, lane, phase, state, stateSince, skipsPlan,
            createdAt) VALUES (1, 1, 'issue', 3, 'Old', 'planned', 'plan', 'queued', 5, 0, 5);
          INSERT INTO queueItem (loopID, job, lane, state, dueAt, enqueuedAt) VALUES (1, 'plan', 'planned', 'queued', 5, 5);
          """)
    }
    return store
  }

  /// The statements that read or change rows while `body` runs, with their values.
  private static func statements(of store: Store, _ body: () async throws -> Void) async throws -> [String] {
    let seen = Seen()
    try await store.database.write { db in db.trace { seen.note($0.expandedDescription) } }
    try await body()
    try await store.database.write { db in db.trace(nil) }
    let words = ["SELECT", "UPDATE", "DELETE"]
    return seen.all.filter { sql in words.contains { sql.hasPrefix($0) } }
  }

  /// Whether only as many rows are read as are live: an index that holds nothing else, a row per vendor, a list of
  /// values.
  private static func isSmall(_ step: String) -> Bool {
    let partial = [
      "loopDirty", "loopWake", "loopOneLivePerSubject", "queueItemDue", "queueItemOneLivePerLoop",
      "effectOpen",
      "effectRefused", "runOneLivePerLoop", "sessionLive", "projectOneLivePerKey",
    ]
    return step == "SCAN CONSTANT ROW" || step == "SCAN vendorGate" || step.hasPrefix("SCAN json_each")
      || step.hasPrefix("SCAN (subquery")
      || partial.contains { step.hasSuffix(" \($0)") }
  }
}

/// The statements a connection told of.
private final class Seen: Sendable {
  private let statements = Mutex<[String]>([])

  var all: [String] { statements.withLock { $0 } }

  func note(_ sql: String) { statements.withLock { $0.append(sql) } }
}

extension Store {
  /// How SQLite would find the rows of `sql`.
  fileprivate func plan(of sql: String) async throws -> [String] {
    try await database.read { try Row.fetchAll($0, sql: "EXPLAIN QUERY PLAN " + sql).map { $0["detail"] } }
  }
}
