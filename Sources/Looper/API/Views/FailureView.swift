/// Something that went wrong and what to do about it.
struct FailureView: Codable, Equatable, Sendable {
  /// `run`, `effect` (a write that was refused for good) or `loop` (one that is blocked).
  var kind: String
  var at: Timestamp
  /// Handle of the loop, `L12`.
  var loop: String
  /// Handle of the run, `R34`; nil when no run is to blame.
  var run: String?
  /// `owner/name#34`.
  var subject: String
  var title: String
  /// What failed: the job, the write, the phase.
  var what: String
  /// The failure's class (`agent`, `transient`, …), for a loop the reason it is blocked.
  var failure: String
  var message: String
  /// The end of what the agent of a failed run wrote, oldest first; empty when it wrote nothing.
  var lastLines: [String]
  /// The next command to try.
  var next: String
}
