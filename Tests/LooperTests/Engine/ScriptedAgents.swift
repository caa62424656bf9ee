import Foundation
import Synchronization

@testable import Looper

/// Agents that do what a test says, by job; they edit the real worktree.
final class ScriptedAgents: Agents {
  /// What one session does: edits in the worktree it is given, then an answer.
  typealias Script = @Sendable (AgentAssignment) async throws -> AgentOutcome.Result

  private let state: Mutex<State>

  private struct State {
    var scripts: [Role: [Script]]
    var started: [AgentAssignment] = []
  }

  init(_ scripts: [Role: [Script]] = [:]) { state = Mutex(State(scripts: scripts)) }

  /// Agents that plan, find nothing to say in a review, and do the work.
  static func unerring() -> ScriptedAgents {
    ScriptedAgents([
      .planner: [AgentScript.plan], .reviewer: [AgentScript.clean], .worker: [AgentScript.work()],
    ])
  }

  /// Every session so far.
  var started: [AgentAssignment] { state.withLock { $0.started } }

  func set(_ role: Role, _ scripts: [Script]) { state.withLock { $0.scripts[role] = scripts } }

  /// The next script of the role; the last one stays.
  func run(_ assignment: AgentAssignment) async -> AgentOutcome {
    let script: Script? = state.withLock { state in
      state.started.append(assignment)
      var rest = state.scripts[assignment.role] ?? []
      let next = rest.first
      if rest.count > 1 { rest.removeFirst() }
      state.scripts[assignment.role] = rest
      return next
    }
    do {
      let result =
        try await script?(assignment) ?? .failed(Failure(.agent, "no script for \(assignment.role)"))
      return AgentOutcome(sessionID: nil, result: result, usage: .unknown, tail: "")
    } catch let failure as Failure {
      return AgentOutcome(sessionID: nil, result: .failed(failure), usage: .unknown, tail: "")
    } catch {
      return AgentOutcome(
        sessionID: nil, result: .failed(Failure(.bug, "\(error)")), usage: .unknown, tail: "")
    }
  }
}

/// Scripts that are often wanted.
enum AgentScript {
  static func write(_ path: String, _ text: String, in assignment: AgentAssignment) throws {
    let url = URL(filePath: "\(assignment.worktree)/\(path)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  static let plan: ScriptedAgents.Script = { assignment in
    try write("specs/1-it-is-broken/spec.md", "# Spec\n\nline two\n\nAC1 it works\n", in: assignment)
    return .reported(.plan(PlanReport(summary: "planned", specPath: nil)))
  }

  static let clean: ScriptedAgents.Script = { _ in
    .reported(.review(ReviewReport(verdict: .clean, summary: "fine", findings: [], criteria: [])))
  }

  static func changes(_ path: String, line: Int, title: String = "Say more") -> ScriptedAgents.Script {
    { _ in
      let finding = FindingDraft(
        path: path, line: line, side: .right, startLine: nil, severity: .major, title: title, body: "why",
        suggestion: nil, confidence: nil)
      return .reported(
        .review(ReviewReport(verdict: .changes, summary: "not yet", findings: [finding], criteria: [])))
    }
  }

  static func work(_ path: String = "fix.txt", _ text: String = "fixed\n") -> ScriptedAgents.Script {
    { assignment in
      try write(path, text, in: assignment)
      return .reported(.work(WorkReport(summary: "implemented", title: nil, criteria: [])))
    }
  }

  /// Edits a file and answers every item of the context file with `action`.
  static func fix(
    _ path: String, _ text: String, _ action: FixReport.Action = .fixed
  ) -> ScriptedAgents.Script {
    { assignment in
      if action == .fixed { try write(path, text, in: assignment) }
      let asked =
        (assignment.context["findings"]?.arrayValue ?? []) + (assignment.context["threads"]?.arrayValue ?? [])
      let items = asked.compactMap { $0["id"]?.stringValue }.map {
        FixReport.Item(id: $0, action: action, explanation: "done")
      }
      return .reported(.fix(FixReport(summary: "answered", items: items)))
    }
  }
}
