/// The name of a GitHub repository: `owner/name`, or `host/owner/name` away from github.com.
///
/// GitHub ignores case in all three parts: equality and hashing use the lower-case ``key``, display keeps
/// what the user typed.
struct ProjectName: Sendable {
  static let defaultHost = "github.com"
  /// GitHub's bound on a repository name.
  static let partLengthMax = 100

  let host: String
  let owner: String
  let name: String

  /// - Returns: nil unless owner and name are 1 to 100 of the characters GitHub allows and are no dot path.
  init?(host: String = Self.defaultHost, owner: String, name: String) {
    guard Self.isValidPart(owner), Self.isValidPart(name), Self.isValidPart(host) else { return nil }
    self.host = host.lowercased()
    self.owner = owner
    self.name = name
  }

  /// Reads `owner/name` or `host/owner/name`.
  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    switch parts.count {
    case 2: self.init(owner: parts[0], name: parts[1])
    case 3: self.init(host: parts[0], owner: parts[1], name: parts[2])
    default: return nil
    }
  }

  /// Reads what a person or a configuration file says: `owner/name` is on `host`, `host/owner/name` says so itself.
  init?(typed text: String, assuming host: String) {
    self.init(text.count { $0 == "/" } == 1 ? "\(host)/\(text)" : text)
  }

  /// `host/owner/name` in lower case: the identity.
  var key: String { "\(host)/\(owner)/\(name)".lowercased() }

  /// `owner/name`, with the host in front when it is not github.com.
  var display: String { host == Self.defaultHost ? slug : "\(host)/\(slug)" }

  /// `owner/name`, as GitHub's REST paths want it.
  var slug: String { "\(owner)/\(name)" }

  private static func isValidPart(_ part: String) -> Bool {
    guard !part.isEmpty, part.utf8.count <= partLengthMax, part != ".", part != ".." else { return false }
    return part.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
      default: false
      }
    }
  }
}

extension ProjectName: Hashable, CustomStringConvertible {
  static func == (left: Self, right: Self) -> Bool { left.key == right.key }
  func hash(into hasher: inout Hasher) { hasher.combine(key) }
  var description: String { display }
}

extension ProjectName: Codable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = ProjectName(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "not a repository name: \(text)")
    }
    self = value
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(display)
  }
}
