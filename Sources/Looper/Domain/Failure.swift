/// Why something did not work, classified where it happened, so that one place can decide what follows.
///
/// Only ``RetryPolicy`` turns a failure into a delay; nothing matches on ``message``.
struct Failure: Error, Hashable, Sendable, Codable {
  var kind: Kind
  /// What failed, on which thing, what to do; lower case, no full stop; no secret, at most ``messageLengthMax``.
  var message: String

  static let messageLengthMax = 2000

  init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = String(message.prefix(Self.messageLengthMax))
  }

  /// The classes of failure, by what has to follow.
  enum Kind: Hashable, Sendable, Codable {
    /// Infrastructure: network, a 5xx, a provider that is down. Uses no attempt.
    case transient
    /// GitHub said to wait, until then when it said so. Uses no attempt.
    case rateLimited(until: Timestamp?)
    /// The agent's provider said the plan is used up, until then when it said so. Uses no attempt.
    case usageLimited(until: Timestamp?)
    /// The world moved: a head, a label, a lease. Observe again; uses no attempt.
    case conflict
    /// The agent did not do its work. Uses one of three attempts.
    case agent
    /// It will fail the same way every time.
    case permanent
    /// Only a person can go on.
    case needsHuman
    /// An invariant of ours broke.
    case bug
  }
}

extension Failure.Kind {
  /// The word shown to people, stored in the database and used as metrics label.
  var code: String {
    switch self {
    case .transient: "transient"
    case .rateLimited: "rate-limited"
    case .usageLimited: "usage-limited"
    case .conflict: "conflict"
    case .agent: "agent"
    case .permanent: "permanent"
    case .needsHuman: "needs-human"
    case .bug: "bug"
    }
  }

  /// When the other side said it will work again.
  var until: Timestamp? {
    switch self {
    case .rateLimited(let until), .usageLimited(let until): until
    case .transient, .conflict, .agent, .permanent, .needsHuman, .bug: nil
    }
  }
}

extension Failure {
  /// What GitHub or git failed with, to what goes on by itself: a login that is gone, which only a person can bring back,
  /// is an outage like any other. It uses no attempt and refuses no write.
  var asOutage: Failure { kind == .needsHuman ? Failure(.transient, message) : self }
}

extension Failure {
  /// Whether the other side answered, and its answer is no.
  var isRefusal: Bool {
    switch kind {
    case .conflict, .permanent, .needsHuman: true
    case .transient, .rateLimited, .usageLimited, .agent, .bug: false
    }
  }
}

extension Failure: CustomStringConvertible {
  var description: String { "\(kind.code): \(message)" }
}
