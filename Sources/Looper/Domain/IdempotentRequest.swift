/// A request that its sender wants done once, however often it arrives.
struct IdempotentRequest: Hashable, Sendable {
  /// Keys are visible ASCII of at most this many characters.
  static let keyLengthMax = 255

  /// The sender's name for it.
  var key: String
  /// Tells it from another request that was given the same key by mistake.
  var fingerprint: String

  /// nil when `key` cannot be one.
  init?(key: String, fingerprint: String) {
    guard (1...Self.keyLengthMax).contains(key.utf8.count),
      key.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
    else { return nil }
    self.key = key
    self.fingerprint = fingerprint
  }
}

/// An answer that is given again when its request arrives again.
struct KeptAnswer: Hashable, Sendable {
  /// The HTTP status.
  var status: Int
  /// The whole body, JSON.
  var body: String
}

/// What became of the attempt to do a request as the only one.
enum IdempotencyClaim: Hashable, Sendable {
  /// It is the first: do it, then settle it.
  case first
  case answered(KeptAnswer)
  /// It is being done, or was when a daemon ended: nobody can say whether it happened.
  case unsettled
  /// The key belongs to a request that asked for something else.
  case otherRequest
}
