import Foundation

/// What the base's steering files import must be the base's too, or a pull request would tell the agents that judge it
/// what to do by changing the imported file.
///
/// The imported file itself stays the head's in the worktree, for it is part of the work. The steering file takes the
/// base's text of it in, and its import becomes a plain word.
extension GitWorktree {
  /// A larger file is not taken in; its import is made a plain word all the same.
  private static let importedBytesMax = 256 * 1024
  /// How the names of steering files end in which an `@` may be an import.
  private static let importing = [".md", ".mdc", ".cursorrules"]

  /// Files of the base that steering files import, and what each imports in turn.
  private struct ImportGraph {
    /// A file by the path it is imported by.
    struct File {
      var imports: SteeringImports
      /// Files of the base or the start, for each of the tokens.
      var targets: [[String]]
    }

    var files: [String: File] = [:]
    /// Imports that are not the same file in the base and in the start.
    var differing: Set<String> = []

    /// What a path draws in, itself first.
    func reach(_ path: String) -> [String] {
      var found: [String] = []
      var next = [path]
      while !next.isEmpty {
        let name = next.removeFirst()
        guard !found.contains(name) else { continue }
        found.append(name)
        next += files[name]?.targets.flatMap(\.self) ?? []
      }
      return found
    }
  }

  /// Steering files that would draw in something of the start, and the text they have in their place.
  func withoutImports(
    _ base: [String: TreeEntry], over start: [String: TreeEntry]
  ) async throws(Failure) -> [String: Data] {
    let roots = base.keys.filter { name in
      Self.importing.contains { name.lowercased().hasSuffix($0) } && SteeringPath.contains(name)
        && start[name] != nil
    }.sorted()
    let graph = try await importGraph(of: roots, base, start)
    guard !graph.differing.isEmpty else { return [:] }
    var texts: [String: Data] = [:]
    for root in roots {
      guard let file = graph.files[root] else { continue }
      let isTainted = file.targets.map { targets in
        targets.contains { graph.reach($0).contains(where: graph.differing.contains) }
      }
      guard isTainted.contains(true) else { continue }
      texts[root] = Data(Self.text(of: file, isTainted, graph).utf8)
    }
    return texts
  }

  private static func text(of file: ImportGraph.File, _ isTainted: [Bool], _ graph: ImportGraph) -> String {
    let tainted = Set(zip(file.imports.tokens, isTainted).filter(\.1).map(\.0.index))
    var text = file.imports.disarmed { tainted.contains($0.index) }
    var told: Set<String> = []
    for (targets, _) in zip(file.targets, isTainted).filter(\.1) {
      for name in targets.flatMap(graph.reach) where told.insert(name).inserted {
        guard let imported = graph.files[name] else { continue }
        text += "\n\nThe file \(name), imported above, as it is in the base branch:\n\n"
        text += imported.imports.disarmed()
      }
    }
    return text
  }

  private func importGraph(
    of roots: [String], _ base: [String: TreeEntry], _ start: [String: TreeEntry]
  ) async throws(Failure) -> ImportGraph {
    var graph = ImportGraph()
    var seen = Set(roots)
    var level = roots
    for _ in 0...SteeringImports.depthMax where !level.isEmpty {
      var next: [String] = []
      for (name, place, text) in try await texts(level, in: base) {
        let imports = SteeringImports(text)
        let directories = Set([name, place].map { ($0 as NSString).deletingLastPathComponent } + [""])
        var targets: [[String]] = []
        for token in imports.tokens {
          let paths = Set(
            token.paths.flatMap { path in directories.compactMap { SteeringImports.resolve(path, in: $0) } })
          var files: [String] = []
          for path in paths.sorted() {
            let theirs = try await file(path, in: base)
            let own = try await file(path, in: start)
            if theirs != nil || own != nil { files.append(path) }
            if theirs != own { graph.differing.insert(path) }
          }
          targets.append(files)
          next += files.filter { seen.insert($0).inserted }
        }
        graph.files[name] = ImportGraph.File(imports: imports, targets: targets)
      }
      level = next
    }
    return graph
  }

  /// The file a path leads to, links followed.
  func file(_ path: String, in entries: [String: TreeEntry]) async throws(Failure) -> TreeEntry? {
    guard let place = try await target(of: path, in: entries), let entry = entries[place], !entry.isLink
    else {
      return nil
    }
    return entry
  }

  /// The texts of those that are files in the base, with the place where each really lies.
  func texts(
    _ names: [String], in base: [String: TreeEntry]
  ) async throws(Failure) -> [(name: String, place: String, text: String)] {
    var wanted: [(name: String, place: String, object: String)] = []
    for name in names {
      guard let place = try await target(of: name, in: base), let entry = base[place], !entry.isLink else {
        continue
      }
      wanted.append((name, place, String(entry.object)))
    }
    let contents = try await contents(of: Set(wanted.map(\.object)))
    return wanted.compactMap { name, place, object in
      contents[object].map { (name, place, String(decoding: $0, as: UTF8.self)) }
    }
  }

  /// The contents of files that are not too large, in one go.
  private func contents(of objects: Set<String>) async throws(Failure) -> [String: Data] {
    let sizes = try await batch("--batch-check=%(objectname) %(objecttype) %(objectsize)", objects)
    let small = String(decoding: sizes, as: UTF8.self).split(separator: "\n").compactMap { line -> String? in
      let words = line.split(separator: " ")
      guard words.count == 3, words[1] == "blob", let size = Int(words[2]), size <= Self.importedBytesMax
      else {
        return nil
      }
      return String(words[0])
    }
    var rest = try await batch("--batch", Set(small))[...]
    var found: [String: Data] = [:]
    // `<object> blob <size>\n<content>\n`
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      let words = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ")
      guard words.count == 3, let size = Int(words[2]), rest.count > size else { break }
      let content = rest[(end + 1)...].prefix(size)
      found[String(words[0])] = Data(content)
      rest = rest[content.endIndex...].dropFirst()
    }
    return found
  }

  private func batch(_ option: String, _ objects: Set<String>) async throws(Failure) -> Data {
    guard !objects.isEmpty else { return Data() }
    let input = Data(objects.sorted().joined(separator: "\n").utf8)
    return try await git.run(
      GitCall(arguments: ["cat-file", option], place: mirror.place, input: input, isLong: true)
    ).data
  }
}
