import Foundation

/// Reads the ways people write where a repository is.
enum ProjectAddress {
  /// `owner/name`, `host/owner/name`, `https://host/owner/name(.git)`, `ssh://git@host/owner/name.git`,
  /// `git@host:owner/name.git`; nil for anything else. Deeper paths of a web address are ignored.
  static func projectName(_ text: String) -> ProjectName? {
    if let scheme = text.range(of: "://") {
      return name(host: text[scheme.upperBound...].prefix { $0 != "/" }, in: text[scheme.upperBound...])
    }
    if let colon = text.firstIndex(of: ":"), text[..<colon].contains("@") {
      return parts(host: text[..<colon], path: text[text.index(after: colon)...])
    }
    return ProjectName(typed: text)
  }

  private static func name(host: Substring, in text: Substring) -> ProjectName? {
    parts(host: host, path: text.dropFirst(host.count))
  }

  private static func parts(host: Substring, path: Substring) -> ProjectName? {
    let path = path.prefix { $0 != "?" && $0 != "#" }.split(separator: "/")
    guard path.count >= 2, let server = host.split(separator: "@").last?.split(separator: ":").first else {
      return nil
    }
    let name = path[1].hasSuffix(".git") ? path[1].dropLast(4) : path[1]
    return ProjectName(host: String(server), owner: String(path[0]), name: String(name))
  }
}

extension ProjectRequest {
  /// The repository that ``name`` means.
  func projectName() throws(LooperError) -> ProjectName {
    guard let result = ProjectAddress.projectName(name) else {
      throw LooperError(.validation, "\(name) is not a repository; write owner/name")
    }
    return result
  }
}
