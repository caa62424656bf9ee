import Foundation

/// The issue or pull request a loop is about.
///
/// GitHub numbers issues and pull requests of a repository from one sequence, but the two are read and
/// written differently, so the kind is part of the identity.
enum Subject: Hashable, Sendable, Codable {
  case issue(Int)
  case pull(Int)

  var number: Int {
    switch self {
    case .issue(let number), .pull(let number): number
    }
  }

  /// Its number as an issue; nil of a pull request.
  var issueNumber: Int? { if case .issue(let number) = self { number } else { nil } }

  /// Its number as a pull request; nil of an issue.
  var pullNumber: Int? { if case .pull(let number) = self { number } else { nil } }

  /// Where a loop about it begins.
  func firstPhase(skipsPlan: Bool) -> Phase {
    switch self {
    case .pull: .codeReview
    case .issue: skipsPlan ? .work : .plan
    }
  }

  /// `issue` or `pull`, as stored.
  var kind: String {
    switch self {
    case .issue: "issue"
    case .pull: "pull"
    }
  }

  init?(kind: String, number: Int) {
    guard number > 0 else { return nil }
    switch kind {
    case "issue": self = .issue(number)
    case "pull": self = .pull(number)
    default: return nil
    }
  }
}

/// An issue or pull request as people paste it: `https://github.com/owner/name/issues/12`.
struct SubjectURL: Hashable, Sendable {
  let project: ProjectName
  let subject: Subject
  /// Whether it is `owner/name#12`, which names an issue or a pull request: they share their numbers.
  let isShorthand: Bool

  /// Parses the web address of an issue or pull request, or `owner/name#12` (an issue, as far as the text tells).
  ///
  /// - Parameter host: where `owner/name#12` is.
  /// - Returns: nil when the text is neither; a fragment, query or deeper path (`/files`) is ignored.
  init?(_ text: String, assuming host: String = ProjectName.defaultHost) {
    let trimmed = text.prefix { $0 != "?" }
    let scheme = trimmed.range(of: "://")
    let parsed =
      if let scheme {
        Self.parse(address: trimmed[scheme.upperBound...])
      } else {
        Self.parse(shorthand: trimmed, on: host)
      }
    guard let parsed else { return nil }
    (project, subject) = parsed
    isShorthand = scheme == nil
  }

  /// The same number as a pull request's.
  var pull: Subject { .pull(subject.number) }

  private static func parse(shorthand text: Substring, on host: String) -> (ProjectName, Subject)? {
    let parts = text.split(separator: "#", omittingEmptySubsequences: false)
    guard parts.count == 2, let project = ProjectName(typed: String(parts[0]), assuming: host),
      let number = number(parts[1])
    else {
      return nil
    }
    return (project, .issue(number))
  }

  private static func parse(address text: Substring) -> (ProjectName, Subject)? {
    let parts = text.prefix { $0 != "#" }.split(separator: "/")
    guard parts.count >= 5, let number = number(parts[4]),
      let project = ProjectName(host: String(parts[0]), owner: String(parts[1]), name: String(parts[2]))
    else { return nil }
    switch parts[3] {
    case "issues": return (project, .issue(number))
    case "pull", "pulls": return (project, .pull(number))
    default: return nil
    }
  }

  private static func number(_ text: Substring) -> Int? {
    guard let number = Int(text), number > 0, text.allSatisfy(\.isNumber) else { return nil }
    return number
  }
}
