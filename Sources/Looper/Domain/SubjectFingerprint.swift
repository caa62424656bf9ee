/// What of an issue or pull request makes a detailed look worth it, as readable text; equal means unchanged.
///
/// `2026-11-22T10:00:00Z OPEN labels=a,b`, and of a pull request
/// `2026-11-22T10:00:00Z OPEN draft head=1a… base=2b…:SUCCESS mergeable=UNKNOWN labels=a,b checks=build:FAILURE`. The words of
/// other people, which have spaces in them, come last.
struct SubjectFingerprint: Equatable, Sendable {
  /// What only a pull request has.
  struct Pull: Equatable, Sendable {
    var isDraft: Bool
    var head: String
    /// The tip of the base branch, and how its checks do.
    var base: String
    var mergeable: String
  }

  let text: String

  /// - Parameter text: as it was stored.
  init(_ text: String) { self.text = text }

  /// - Parameters:
  ///   - updatedAt: as GitHub writes it.
  ///   - checks: nil where there cannot be any.
  init(updatedAt: String, state: String, pull: Pull?, labels: [String], checks: String?) {
    var parts = [updatedAt, state]
    if let pull {
      parts += [
        Self.word(ofDraft: pull.isDraft), Self.headPrefix + pull.head, "base=\(pull.base)",
        "mergeable=\(pull.mergeable)",
      ]
    }
    parts.append("labels=\(labels.map { $0.lowercased() }.sorted().joined(separator: ","))")
    if let checks { parts.append("checks=\(checks)") }
    text = parts.joined(separator: " ")
  }

  /// When it changed last.
  var updatedAt: Timestamp? { word(0).flatMap { Timestamp(iso8601: $0) } }

  var isClosed: Bool { word(1) == "CLOSED" }

  /// Nil of an issue.
  var isDraft: Bool? { [true, false].first { Self.word(ofDraft: $0) == word(2) } }

  /// The pull request's; nil of an issue.
  var head: String? {
    guard isDraft != nil, let word = word(3), word.hasPrefix(Self.headPrefix) else { return nil }
    return String(word.dropFirst(Self.headPrefix.count))
  }

  private static let headPrefix = "head="
  private static func word(ofDraft isDraft: Bool) -> String { isDraft ? "draft" : "ready" }

  private func word(_ place: Int) -> String? {
    let words = text.split(separator: " ", maxSplits: place + 1)
    return words.indices.contains(place) ? String(words[place]) : nil
  }
}
