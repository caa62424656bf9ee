/// One process of an agent doing one step.
///
/// ```
///   starting ─▶ running ─▶ ended
///       └───────────────────▲   (could not start, daemon died)
/// ```
struct Session: Codable, Equatable, Sendable, Identifiable {
  typealias ID = Identifier<Session>

  /// Where a session is; see the diagram of ``Session``.
  enum State: String, Codable, Sendable, CaseIterable { case starting, running, ended }

  let id: ID
  var runID: Run.ID
  var loopID: Loop.ID
  var stage: String
  var vendor: Vendor
  var model: String?
  /// Where the agent's executable really lies, behind every link; a binary may be replaced while it runs.
  var executable: String
  /// What the executable says its version is; nil when it does not say.
  var version: String?
  /// The vendor's own id, which a resume needs.
  var vendorSessionID: String?
  var state: State
  /// Holds everything of this session: `stdout.log`, `stderr.log`, `prompt.md`, `context.json`, `result.json`.
  var directory: String
  var startedAt: Timestamp
  var endedAt: Timestamp?
  var usage: Usage
  /// How it ended, in a few words; empty before.
  var ending: String
  /// How long it ran, as budgets count it; up to a pulse old while it runs.
  var active: Duration = .zero

  /// The sentence about processes of a session that no signal ended.
  ///
  /// - Parameter names: their numbers.
  static func survivorWords(_ names: String) -> String {
    "processes of the agent could not be ended: \(names); end them (see ps -o pid,stat,args), then retry"
  }
}
