import Foundation

/// Files that steer agents: whoever writes them into a pull request would tell the agents that judge it what to do.
///
/// In the worktree they are those of the base branch, while the index keeps those of the head: marked
/// `skip-worktree`, they are no change to `git status`, and no commit takes them in.
extension GitWorktree {
  /// Puts the base's steering files in place of those of `start`. One that only the base has is left out: it would be
  /// a change. A link of the base that leads to a file the start has otherwise becomes that file of the base: it would
  /// show what the start has there. For the same reason one that imports such a file takes its text in, and one that
  /// lists files as instructions loses those that may be the start's.
  func takeSteering(of base: CommitSHA, start: CommitSHA) async throws(Failure) {
    let differing = try await names([
      "diff-tree", "-r", "-z", "--name-only", "--no-renames", start.rawValue, base.rawValue, "--",
    ]).filter(SteeringPath.contains)
    guard base != start else { return }
    let own = try await tree(start)
    let theirs = try await tree(base)
    let hidden = differing.filter { own[$0] != nil }
    let restored = hidden.filter { theirs[$0] != nil }
    let texts = try await withoutImports(theirs, over: own)
      .merging(try await withoutReferences(theirs, over: own)) { $1 }
    let links = try await links(theirs, over: own, restored: Set(restored)).filter { texts[$0.key] == nil }
    let written = Set(links.keys).union(texts.keys)
    let all = hidden + written.subtracting(hidden).sorted()
    guard !all.isEmpty else { return }
    try await updateIndex("--skip-worktree", all)
    for name in all { try removeSteering(name) }
    try await checkOut(restored.filter { !written.contains($0) }, from: base)
    for (name, target) in links {
      if let target { try write(try await content(of: target), to: name) }
    }
    for (name, text) in texts { try write(text, to: name) }
  }

  /// A file of a commit: its mode and the name of its content.
  struct TreeEntry: Equatable {
    var mode: Substring
    var object: Substring
    var isLink: Bool { mode == "120000" }
    /// A submodule's content is in another repository.
    var isSubmodule: Bool { mode == "160000" }
  }

  private func tree(_ commit: CommitSHA) async throws(Failure) -> [String: TreeEntry] {
    try await names(["ls-tree", "-r", "-z", commit.rawValue]).reduce(into: [:]) { entries, line in
      // `<mode> <kind> <object>\t<path>`
      let halves = line.split(separator: "\t", maxSplits: 1)
      let words = (halves.first ?? "").split(separator: " ")
      guard halves.count == 2, words.count == 3 else { return }
      entries[String(halves[1])] = TreeEntry(mode: words[0], object: words[2])
    }
  }

  /// Steering links of the base that would show something of the start, and what they lead to in the base; nil for
  /// what is no file, where nothing is shown at all.
  private func links(
    _ base: [String: TreeEntry], over start: [String: TreeEntry], restored: Set<String>
  ) async throws(Failure) -> [String: TreeEntry?] {
    var found: [String: TreeEntry?] = [:]
    for (name, entry) in base where entry.isLink && SteeringPath.contains(name) && start[name] != nil {
      guard let target = try await target(of: name, in: base) else { continue }
      if let file = base[target], !file.isLink, !file.isSubmodule {
        if !restored.contains(target), start[target] != file { found[name] = .some(file) }
      } else {
        let below = "\(target)/"
        let isSame = start.filter { $0.key.hasPrefix(below) } == base.filter { $0.key.hasPrefix(below) }
        if !isSame || start[target] != nil { found[name] = .some(nil) }
      }
    }
    return found
  }

  /// Links that are followed one after the other.
  private static let linksMax = 8

  /// Where a path of a commit leads within it, every link on the way followed; nil for a place outside.
  func target(of name: String, in entries: [String: TreeEntry]) async throws(Failure) -> String? {
    var pending = name.split(separator: "/").map(String.init)[...]
    var parts: [String] = []
    var followed = 0
    while let part = pending.popFirst() {
      if part == "." { continue }
      if part == ".." {
        guard parts.popLast() != nil else { return nil }
        continue
      }
      parts.append(part)
      guard let entry = entries[parts.joined(separator: "/")], entry.isLink else { continue }
      followed += 1
      let text = String(decoding: try await content(of: entry), as: UTF8.self)
      guard followed <= Self.linksMax, !text.hasPrefix("/") else { return nil }
      parts.removeLast()
      pending = (text.split(separator: "/").map(String.init) + pending)[...]
    }
    return parts.joined(separator: "/")
  }

  private func content(of entry: TreeEntry) async throws(Failure) -> Data {
    try await git.run(
      GitCall(arguments: ["cat-file", "blob", String(entry.object)], place: mirror.place, isLong: true)
    ).data
  }

  /// Writes a steering file that is not as a commit has it.
  private func write(_ text: Data, to name: String) throws(Failure) {
    guard isInside(name), GitFiles.kind("\(path)/\(name)") == .missing else { return }
    try GitFiles.write(text, to: "\(path)/\(name)")
  }

  /// Puts back what ``takeSteering(of:start:)`` hid, for work that may change it.
  func giveSteeringBack() async throws(Failure) {
    let output = try await git.run(GitCall(arguments: ["ls-files", "-t", "-z"], place: place, isLong: true))
    let hidden = output.data.split(separator: 0).filter { $0.starts(with: Data("S ".utf8)) }
      .map { String(decoding: $0.dropFirst(2), as: UTF8.self) }
    guard !hidden.isEmpty else { return }
    try await updateIndex("--no-skip-worktree", hidden)
    for name in hidden { try removeSteering(name) }
    _ = try await git.run(
      GitCall(
        arguments: ["checkout-index", "-f", "-z", "--stdin"], place: place, input: Self.list(hidden),
        isLong: true))
  }

  /// The paths a command lists.
  private func names(_ arguments: [String]) async throws(Failure) -> [String] {
    try await git.run(GitCall(arguments: arguments, place: mirror.place, isLong: true)).data
      .split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  private func updateIndex(_ flag: String, _ names: [String]) async throws(Failure) {
    _ = try await git.run(
      GitCall(
        arguments: ["update-index", flag, "-z", "--stdin"], place: place, input: Self.list(names),
        isLong: true))
  }

  /// Writes files of a commit through an index of their own.
  private func checkOut(_ names: [String], from commit: CommitSHA) async throws(Failure) {
    guard !names.isEmpty else { return }
    try GitFiles.makeDirectory(git.layout.scratch)
    let index = "\(git.layout.scratch)/\(UUID().uuidString).index"
    defer { unlink(index) }
    _ = try await git.run(
      GitCall(arguments: ["read-tree", commit.rawValue], place: place, isLong: true, indexPath: index))
    _ = try await git.run(
      GitCall(
        arguments: ["checkout-index", "-f", "-z", "--stdin"], place: place, input: Self.list(names),
        isLong: true, indexPath: index))
  }

  /// Leaves alone what lies behind a link that an earlier agent put in place of a directory; git replaces the link.
  private func removeSteering(_ name: String) throws(Failure) {
    guard GitFiles.kind("\(path)/\(name)") != .missing, isInside(name) else { return }
    try GitFiles.remove("\(path)/\(name)")
  }

  /// Whether the directory of a file is one of the worktree, and no link that leads out of it.
  private func isInside(_ name: String) -> Bool {
    let directory = ("\(path)/\(name)" as NSString).deletingLastPathComponent
    guard let real = GitFiles.resolved(directory) else { return false }
    return real == path || real.hasPrefix("\(path)/")
  }

  private static func list(_ names: [String]) -> Data {
    names.reduce(into: Data()) { data, name in
      data.append(contentsOf: name.utf8)
      data.append(0)
    }
  }
}
