import GRDB
import Logging

@testable import Looper

/// The supervisor over a store of its own, with sessions that do what a test says.
struct SupervisorScene {
  let store: Store
  let run: Run
  let settings = LiveSettings(EngineSettings())
  let time = ManualTime()

  init(_ vendor: Vendor = .codex) async throws {
    store = try Store.scratch()
    run = try await SessionResumeTests.run(in: store, vendor: vendor)
  }

  func supervisor(_ sessions: any AgentSessions) -> AgentSupervisor {
    AgentSupervisor(
      store: store, sessions: sessions, settings: settings, time: time,
      log: .init(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  func assignment(in worktree: String = "/worktree") -> AgentAssignment {
    AgentAssignment(
      runID: run.id, loopID: run.loopID, stage: StageName.agent, role: run.role, phase: .plan,
      worktree: worktree, prompt: "p", context: [:],
      head: CommitSHA(rawValue: String(repeating: "a", count: 40)))
  }

  /// Makes the disk full for changes of a session's row.
  ///
  /// - Parameter condition: SQL over `OLD` and `NEW`.
  func refuse(_ condition: String) async throws {
    try await store.database.write { db in
      try db.execute(
        sql: """
          CREATE TRIGGER full BEFORE UPDATE ON session WHEN \(condition)
          BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END
          """)
    }
  }

  /// Makes room again.
  func allow() async throws {
    try await store.database.write { db in try db.execute(sql: "DROP TRIGGER full") }
  }

  func events(_ kind: Event.Kind) async throws -> [String] {
    try await store.events(after: 0, limit: 1000).filter { $0.kind == kind }.map(\.message)
  }
}

/// Sessions that do what a test says.
struct ScriptedSession: AgentSessions {
  /// What a session does that ended while nobody watched.
  var adopted: SessionEnd?
  let body: @Sendable (SessionEvents) async throws -> SessionEnd

  static let report = AgentOutcome.Result.reported(.plan(PlanReport(summary: "s", specPath: nil)))

  static func end(
    _ result: AgentOutcome.Result = report, usage: Usage = .unknown, isVendorTrouble: Bool = false,
    survivors: [Int32] = []
  ) -> SessionEnd {
    SessionEnd(
      outcome: AgentOutcome(sessionID: nil, result: result, usage: usage, tail: ""), ending: "exit status 0",
      active: .seconds(5), isVendorTrouble: isVendorTrouble, survivors: survivors)
  }

  func run(_ assignment: AgentAssignment, as plan: SessionPlan, observer: SessionEvents) async -> SessionEnd {
    do {
      return try await body(observer)
    } catch {
      return Self.end(.failed(Failure(.transient, "\(error)")))
    }
  }

  func finished(_ assignment: AgentAssignment, as plan: SessionPlan, directory: String) async -> SessionEnd? {
    adopted
  }

  func reading(of session: Session, told: Usage) async -> SessionReading? { nil }
}
