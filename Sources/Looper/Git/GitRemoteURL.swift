import Foundation

/// Reads the repository's name out of the forms a remote's address is written in.
enum GitRemoteURL {
  /// GitHub's host for ssh through port 443.
  private static let hostAliases = ["ssh.github.com": "github.com", "www.github.com": "github.com"]

  /// `https://host/owner/name.git`, `ssh://git@host:22/owner/name`, `git@host:owner/name.git` and alike.
  ///
  /// - Returns: nil for local paths and whatever is not exactly owner and name on a host.
  static func projectName(of address: String) -> ProjectName? {
    let text = address.trimmingCharacters(in: .whitespacesAndNewlines)
    guard let (host, path) = hostAndPath(of: text) else { return nil }
    let parts = path.split(separator: "/").map(String.init)
    guard parts.count == 2 else { return nil }
    let name = parts[1].hasSuffix(".git") ? String(parts[1].dropLast(4)) : parts[1]
    return ProjectName(host: hostAliases[host] ?? host, owner: parts[0], name: name)
  }

  private static func hostAndPath(of text: String) -> (host: String, path: String)? {
    if text.contains("://") {
      guard let url = URLComponents(string: text), let host = url.host, !host.isEmpty,
        ["https", "http", "ssh", "git", "git+ssh"].contains(url.scheme?.lowercased() ?? "")
      else { return nil }
      return (host.lowercased(), url.path)
    }
    // `user@host:path` of scp; a slash before the colon makes it a local path.
    guard let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/") else { return nil }
    let host = text[..<colon].split(separator: "@").last.map(String.init) ?? ""
    guard !host.isEmpty else { return nil }
    return (host.lowercased(), String(text[text.index(after: colon)...]))
  }
}
