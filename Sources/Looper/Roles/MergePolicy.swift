/// When Looper merges what is ready.
struct MergePolicy: Codable, Equatable, Sendable {
  /// Who merges.
  enum Mode: String, Codable, Sendable, CaseIterable {
    /// A person.
    case off
    /// Looper, or GitHub for it where something is still required.
    case auto
    /// The merge queue of the base.
    case queue
  }

  var mode = Mode.off
  /// Globs of paths whose change only a person merges.
  var protectedPaths: [String] = []
  /// Changed lines above which only a person merges; nil means no limit.
  var changedLinesMax: Int?
}

/// When a pull request whose base moved is brought up to it, as long as that goes without a conflict.
enum UpdatePolicy: String, Codable, Sendable, CaseIterable {
  case never
  /// When the base's rules ask for it, or what failed was the base's fault and is mended there.
  case whenRequired = "when-required"
  case always
}
