/// What lies in a vendor's own directory and is read by every later session, also by those that the operator starts
/// outside of any sandbox: settings with hooks, servers, instructions. Whoever writes there commands all of them.
///
/// The CLI writes its login and its sessions beside them, so the directory stays writable and these do not. One that is
/// missing could be made by an agent, so it is made, empty, before the first session.
extension SandboxPlaces {
  /// One of them.
  struct Steering: Hashable, Sendable {
    var path: String
    /// What an empty one has in it; nil for a directory.
    var blank: String?
  }

  func steering(of vendor: Vendor) -> [Steering] {
    let names = Self.steeringNames(of: vendor)
    let found = configurations(of: vendor).flatMap { directory in
      names.files.sorted { $0.key < $1.key }.map { Steering(path: "\(directory)/\($0.key)", blank: $0.value) }
        + names.directories.map { Steering(path: "\(directory)/\($0)", blank: nil) }
    }
    guard vendor == .claudeCode, let moved = environment["CLAUDE_CONFIG_DIR"] else { return found }
    return found + [Steering(path: "\(moved)/.claude.json", blank: "{}\n")]
  }

  /// Makes what a session must find: what its CLI cannot make itself, and what no agent may make.
  func prepare(for vendor: Vendor, in worktree: String) {
    for path in directories(of: vendor) { make(path) }
    for entry in steering(of: vendor) {
      if let blank = entry.blank { write(blank, entry.path) } else { make(entry.path) }
    }
    for (_, own) in transcripts(of: vendor, in: worktree) { make(own) }
  }

  /// Read by every session where it exists, and in a directory where no agent can make it.
  func settings(of vendor: Vendor) -> [String] {
    vendor == .claudeCode
      ? ["\(home)/.claude.json"] + configurations(of: vendor).map { "\($0)/local" } : []
  }

  /// Where Claude Code (2.1.332) keeps the transcripts and memories of all directories that it was used in, and in there
  /// those of one; nil where the name is too long to be its plain form.
  func transcripts(of vendor: Vendor, in worktree: String) -> [(all: String, own: String)] {
    guard vendor == .claudeCode else { return [] }
    let own = String(worktree.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    guard own.count <= Self.transcriptNameMax else { return [] }
    return configurations(of: vendor).map { ("\($0)/projects", "\($0)/projects/\(own)") }
  }

  private static let transcriptNameMax = 200

  /// The directories among ``directories(of:)`` that hold such files; the others are for data, state, cache, logins.
  private func configurations(of vendor: Vendor) -> [String] {
    let others: [String] =
      switch vendor {
      case .claudeCode, .codex, .custom: []
      case .opencode: [".local/share/opencode", ".local/state/opencode", ".cache/opencode"]
      case .cursor: [".config/cursor"]
      }
    let kept = others.map { moved($0) ?? "\(home)/\($0)" }
    return directories(of: vendor).filter { !kept.contains($0) }
  }

  private static func steeringNames(of vendor: Vendor) -> (files: [String: String], directories: [String]) {
    switch vendor {
    case .claudeCode:
      (
        ["settings.json": "{}\n", "CLAUDE.md": ""],
        ["agents", "commands", "hooks", "output-styles", "plugins", "rules", "skills", "workflows"]
      )
    case .codex:
      (
        ["config.toml": "", "hooks.json": "{}\n", "AGENTS.md": "", "AGENTS.override.md": ""],
        ["agents", "hooks", "plugins", "prompts", "rules", "skills"]
      )
    case .opencode:
      (
        ["opencode.json": "{}\n", "opencode.jsonc": "{}\n", "config.json": "{}\n", "AGENTS.md": ""],
        [
          "agent", "agents", "command", "commands", "mode", "modes", "plugin", "plugins", "skill", "skills",
          "tool", "tools",
        ]
      )
    case .cursor:
      (
        ["mcp.json": "{\"mcpServers\": {}}\n", "hooks.json": "{\"version\": 1, \"hooks\": {}}\n"],
        ["agents", "commands", "hooks", "plugins", "rules", "skills"]
      )
    case .custom: ([:], [])
    }
  }
}
