extension SandboxPolicy {
  /// What an agent's session needs.
  struct Session: Sendable {
    var vendor: Vendor
    /// A reviewer's is not writable.
    var isReadOnly: Bool
    var worktree: String
    /// Prompt and context lie there, to be read.
    var directory: String
    /// Result and temporary files.
    var scratch: String
    /// The agent's own program and what its command names, which may lie in a place that is hidden.
    var programs: [String]
  }

  /// The policy of one session of an agent.
  static func agent(_ session: Session, _ places: SandboxPlaces, _ settings: SandboxSettings) -> SandboxPolicy
  {
    var policy = common(places, settings)
    policy.network = settings.network
    for path in session.programs { policy.allow(program: path, places) }
    policy.open(loginOf: session, places)
    policy.applyChoices(settings, places)
    policy.allow(session.directory, .readable, places)
    policy.allow(session.scratch, .writable, places)
    policy.open(worktree: session.worktree, isReadOnly: session.isReadOnly, places)
    return policy
  }

  /// The policy of a command that proves work: nobody's login, and of git only what can be read.
  static func validation(
    worktree: String, _ places: SandboxPlaces, _ settings: SandboxSettings
  ) -> SandboxPolicy {
    var policy = common(places, settings)
    policy.network = settings.validationNetwork
    policy.applyChoices(settings, places)
    policy.open(worktree: worktree, isReadOnly: true, places)
    policy.allow(worktree, .writable, places)
    policy.protectPointers(of: worktree, places)
    return policy
  }

  private static func common(_ places: SandboxPlaces, _ settings: SandboxSettings) -> SandboxPolicy {
    var policy = SandboxPolicy()
    for path in places.shared { policy.allow(path, .temporary, places) }
    for path in SandboxPlaces.resolvers { policy.allow(path, .readable, places) }
    for name in SandboxPlaces.privateNames {
      policy.hide("\(places.home)/\(name)", places)
      if let moved = places.moved(name) { policy.hide(moved, places) }
    }
    for vendor in Vendor.allCases { for path in places.logins(of: vendor) { policy.hide(path, places) } }
    for path in places.own + [places.layout.root] { policy.hide(path, places) }
    return policy
  }

  /// What the operator decided, the hidden last.
  private mutating func applyChoices(_ settings: SandboxSettings, _ places: SandboxPlaces) {
    for path in settings.show { allow(places.expanded(path), .readable, places) }
    for path in settings.writable { allow(places.expanded(path), .writable, places) }
    for path in settings.hide { hide(places.expanded(path), places) }
  }

  /// The vendor's own directories, but for what commands later sessions and for what others have written.
  private mutating func open(loginOf session: Session, _ places: SandboxPlaces) {
    let vendor = session.vendor
    for path in places.logins(of: vendor) { allow(path, .writable, places) }
    let readable = places.steering(of: vendor).map(\.path) + places.settings(of: vendor)
    for path in readable { allow(path, .readable, places) }
    for (all, own) in places.transcripts(of: vendor, in: session.worktree) where places.look(own) != nil {
      hide(all, places)
      allow(own, .writable, places)
    }
  }

  /// The worktree, and of the mirror what git needs: everything to be read but other worktrees; to commit on a
  /// detached HEAD it writes the worktree's own administrative directory and the objects, and nothing else.
  private mutating func open(worktree: String, isReadOnly: Bool, _ places: SandboxPlaces) {
    let access: Access = isReadOnly ? .readable : .writable
    allow(worktree, access, places)
    if let git = places.layout.gitDirectories(ofWorktree: worktree) {
      allow(git.mirror, .readable, places)
      hide("\(git.mirror)/worktrees", places)
      allow(git.admin, access, places)
      allow("\(git.mirror)/objects", access, places)
    }
    protectPointers(of: worktree, places)
  }

  /// The files that tie the worktree to the mirror.
  private mutating func protectPointers(of worktree: String, _ places: SandboxPlaces) {
    allow("\(worktree)/.git", .readable, places)
    guard let git = places.layout.gitDirectories(ofWorktree: worktree) else { return }
    for path in ["\(git.admin)/commondir", "\(git.admin)/gitdir", "\(git.mirror)/objects/info"] {
      allow(path, .readable, places)
    }
  }

  /// A program, and what lies beside it when that is a folder of its own in a temporary place: scripts have parts.
  private mutating func allow(program path: String, _ places: SandboxPlaces) {
    let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    if rule(for: folder)?.access == .temporary, !places.shared.contains(folder) {
      allow(folder, .readable, places)
    }
    allow(path, .readable, places)
  }

  private mutating func allow(_ path: String, _ access: Access, _ places: SandboxPlaces) {
    if let found = places.look(path) { set(found.real, access) }
  }

  private mutating func hide(_ path: String, _ places: SandboxPlaces) {
    guard let found = places.look(path) else { return }
    set(found.real, found.isDirectory ? .hiddenDirectory : .hiddenFile)
  }
}
