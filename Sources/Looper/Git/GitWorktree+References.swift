import Foundation

/// What the base's OpenCode configuration draws in must be the base's too, as what a steering file imports.
extension GitWorktree {
  private static let configurations: Set<String> = ["opencode.json", "opencode.jsonc"]

  /// Configurations of the base that would draw in something of the start, and the text they have in their place:
  /// with the base's texts of the files they name, and without instructions that the start may have changed.
  func withoutReferences(
    _ base: [String: TreeEntry], over start: [String: TreeEntry]
  ) async throws(Failure) -> [String: Data] {
    let roots = base.keys.filter { name in
      Self.configurations.contains((name as NSString).lastPathComponent.lowercased())
        && SteeringPath.contains(name) && start[name] != nil
    }.sorted()
    guard !roots.isEmpty else { return [:] }
    let all = base.merging(start) { $1 }
    let changed = Set(all.keys.filter { base[$0] != start[$0] && !SteeringPath.contains($0) })
    let links = Set(
      base.keys.filter { base[$0]?.isLink == true } + start.keys.filter { start[$0]?.isLink == true })
    var texts: [String: Data] = [:]
    for (name, _, text) in try await self.texts(roots, in: base) {
      let directories = Set([(name as NSString).deletingLastPathComponent, ""])
      let references = OpenCodeReferences(text)
      var contents: [String: String] = [:]
      for path in references.paths {
        contents[path] = try await changedText(of: path, in: directories, base, start)
      }
      let clean = references.filled(contents).withoutInstructions { entry in
        directories.contains {
          OpenCodeReferences.instruction(entry, in: $0, mayName: changed, links: links)
        }
      }
      if clean.text != text { texts[name] = Data(clean.text.utf8) }
    }
    return texts
  }

  /// The base's text of a file that the start has otherwise; empty when the base has none, nil when it is the same.
  private func changedText(
    of path: String, in directories: Set<String>, _ base: [String: TreeEntry], _ start: [String: TreeEntry]
  ) async throws(Failure) -> String? {
    var isChanged = false
    var known: [String] = []
    for place in directories.sorted().compactMap({ SteeringImports.resolve(path, in: $0) }) {
      let theirs = try await file(place, in: base)
      if theirs != nil { known.append(place) }
      if theirs != (try await file(place, in: start)) { isChanged = true }
    }
    guard isChanged else { return nil }
    return try await texts(known, in: base).first?.text ?? ""
  }
}
