/// Why a loop does not move, and what would move it.
struct WhyView: Codable, Equatable, Sendable {
  /// Handle of the loop, `L12`.
  var loop: String
  var phase: String
  var state: String
  /// The reason's code; the state's when it has none.
  var reason: String
  /// The reason for people: a whole sentence, without a full stop.
  var sentence: String
  var since: Timestamp
  /// The condition on which it goes on.
  var waitsFor: String
  /// When it is looked at again in any case; nil when only an event or a person moves it.
  var wakesAt: Timestamp?
  /// What a person can do, one command or action each.
  var humanCan: [String]
}
