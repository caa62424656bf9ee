/// Whether a daemon runs, and who keeps it running.
struct DaemonStateView: Codable, Equatable, Sendable {
  /// ``service`` of a daemon that somebody started by hand and that no service manager keeps running.
  static let foreground = "foreground process"

  /// `running` answers; `starting` holds the lock and does not answer yet, or no more; `stopped` is neither.
  enum State: String, Codable, Sendable, CaseIterable { case running, starting, stopped }

  var state: State
  var pid: Int?
  var version: String?
  var startedAt: Timestamp?
  /// `systemd user service`, `background process`, `foreground process`, …
  var service: String
  /// The unit or property list; nil when none is installed, or when it is not what runs the daemon.
  var definition: String?
  var socket: String
  /// The log's file; nil when it is in the journal, or goes where a foreground process writes.
  var log: String?
}
