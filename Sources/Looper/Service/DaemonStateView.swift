/// Whether a daemon runs, and who keeps it running.
struct DaemonStateView: Codable, Equatable, Sendable {
  /// `running` answers; `starting` holds the lock and does not answer yet, or no more; `stopped` is neither.
  enum State: String, Codable, Sendable, CaseIterable { case running, starting, stopped }

  var state: State
  var pid: Int?
  var version: String?
  var startedAt: Timestamp?
  /// `systemd user service`, `background process`, …
  var service: String
  /// The unit or property list; nil when none is installed.
  var definition: String?
  var socket: String
  /// The log's file; nil when it is in the journal.
  var log: String?
}
