/// Which files of a repository steer agents: whoever writes them tells every later agent what to do.
///
/// Names are compared without regard to case, as some file systems do.
enum SteeringPath {
  /// Files that the agents' CLIs read of their own accord in any directory.
  private static let files: Set<String> = ["agents.md", "agents.override.md", "claude.md", "claude.local.md"]
  /// Directories of such files, anywhere; a link in place of one counts too.
  private static let directories: Set<String> = [".claude", ".codex", ".cursor", ".opencode"]
  /// Read at the top alone, files and directories.
  private static let top: Set<String> = [
    ".cursorrules", ".looper", ".mcp.json", "opencode.json", "opencode.jsonc",
  ]

  /// Whether a path of the repository steers agents.
  static func contains(_ path: String) -> Bool {
    let parts = path.lowercased().split(separator: "/").map(String.init)
    return parts.last.map(files.contains) ?? false || parts.first.map(top.contains) ?? false
      || parts.contains(where: directories.contains)
  }
}
