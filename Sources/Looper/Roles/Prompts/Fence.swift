/// What happens with text of people without write access.
enum UntrustedTextPolicy: String, Codable, Sendable, CaseIterable {
  /// Quoted as data, its author's standing named.
  case quote
  /// Left out, and said so.
  case omit
}

/// Sets text off as data, so that nothing in it can pass for a part of the prompt.
///
/// A fence opens and closes with the run's nonce, which whoever wrote the text cannot know; should it be in the text
/// all the same, it is taken out. Each line of data begins with a bar, so no line of it can be a delimiter, a heading
/// or a result marker.
struct Fence: Equatable, Sendable {
  /// Unguessable, made for the run.
  var nonce: String
  var policy: UntrustedTextPolicy

  /// Text of a person, with name and standing; a notice instead when the policy leaves it out.
  func quote(_ text: String, label: String, author: AuthorSnapshot) -> String {
    let name = author.login.isEmpty ? "a deleted account" : "@\(UntrustedText.line(author.login, max: 60))"
    guard author.canWrite != .yes else {
      let permission = author.permission?.rawValue ?? "write"
      return block(text, label: "\(label), by \(name) (permission: \(permission))")
    }
    let standing = author.permission.map { "permission: \($0.rawValue)" } ?? "permission unknown"
    switch policy {
    case .quote: return block(text, label: "\(label), by \(name) (\(standing); no write access)")
    case .omit:
      return "[\(label), by \(name): left out, because its author has no write access (\(standing))]"
    }
  }

  /// Text of a machine or of a file: a log, a spec, an earlier report.
  func block(_ text: String, label: String, bytesMax: ByteCount = UntrustedText.bytesMax) -> String {
    let body = UntrustedText.sanitised(text, bytesMax: bytesMax)
      .replacing(nonce, with: "[removed]")
      .split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "|" : "| \($0)" }
      .joined(separator: "\n")
    let name = UntrustedText.line(label).replacing(nonce, with: "[removed]")
    return "<<<DATA \(nonce) \(name)\n\(body)\nDATA \(nonce)>>>"
  }

  /// Whether what this author wrote may be repeated at all.
  func admits(_ author: AuthorSnapshot) -> Bool { author.canWrite == .yes || policy == .quote }
}
