/// What a child may see and do, as a value.
///
/// The whole file system is readable and nothing is writable where no rule says otherwise. Of several rules the one of
/// the most specific path counts, so a worktree stays writable inside a hidden data directory.
struct SandboxPolicy: Hashable, Sendable {
  /// What a rule makes of a path.
  enum Access: Hashable, Sendable {
    case writable
    case readable
    /// An empty directory that cannot be written.
    case hiddenDirectory
    /// A file that cannot be opened.
    case hiddenFile
    /// An empty directory of its own that may be written and is gone afterwards.
    case temporary
  }

  /// One path and what becomes of it.
  struct Rule: Hashable, Sendable {
    /// Absolute, without symbolic links.
    var path: String
    var access: Access
  }

  private var access: [String: Access] = [:]
  var network = SandboxSettings.Network.open

  init(network: SandboxSettings.Network = .open) { self.network = network }

  /// Sets the rule of a path; a later one takes an earlier one's place.
  mutating func set(_ path: String, _ access: Access) {
    guard path.hasPrefix("/"), path != "/" else { return }
    self.access[path] = access
  }

  /// What the most specific rule says of a path; nil when there is none, which means readable.
  func rule(for path: String) -> Rule? {
    var candidate = path
    while !candidate.isEmpty {
      if let access = access[candidate] { return Rule(path: candidate, access: access) }
      candidate = Self.parent(of: candidate)
    }
    return nil
  }

  /// The rules that change something, parents before what lies in them.
  var rules: [Rule] {
    access.map { Rule(path: $0.key, access: $0.value) }
      .filter(isNeeded)
      .sorted { ($0.depth, $0.path) < ($1.depth, $1.path) }
  }

  private func isNeeded(_ rule: Rule) -> Bool {
    let outer = self.rule(for: Self.parent(of: rule.path))?.access
    return switch rule.access {
    case .readable: outer != nil && outer != .readable
    case .writable: outer != .writable
    case .hiddenDirectory: outer != .hiddenDirectory
    // It is not there anyway.
    case .hiddenFile: outer != .hiddenDirectory && outer != .temporary
    case .temporary: outer != .temporary
    }
  }

  /// Empty for what lies in the root.
  private static func parent(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }
}

extension SandboxPolicy.Rule {
  fileprivate var depth: Int { path.count { $0 == "/" } }
}
