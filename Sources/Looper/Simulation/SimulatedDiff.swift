/// Differences between small trees of text: one hunk per file, and merges file by file.
enum SimulatedDiff {
  /// Unchanged lines shown around a change, as GitHub does.
  private static let context = 3

  static func files(from old: [String: String], to new: [String: String]) -> [ForgeFileDiff] {
    Set(old.keys).union(new.keys).sorted().compactMap { path in
      let before = old[path]
      let after = new[path]
      guard before != after else { return nil }
      let status: ForgeFileDiff.Status = before == nil ? .added : after == nil ? .removed : .modified
      return ForgeFileDiff(
        path: path, previousPath: nil, status: status, hunks: [hunk(lines(before), lines(after))])
    }
  }

  /// The tree of both sides; nil when they changed the same file differently.
  static func merge(
    _ origin: [String: String], _ ours: [String: String], _ theirs: [String: String]
  ) -> [String: String]? {
    var merged = ours
    for path in Set(ours.keys).union(theirs.keys).union(origin.keys) {
      let (was, left, right) = (origin[path], ours[path], theirs[path])
      if left == right || right == was { continue }
      guard left == was else { return nil }
      merged[path] = right
    }
    return merged
  }

  /// Files that both sides changed, and differently.
  static func conflicts(
    _ origin: [String: String], _ ours: [String: String], _ theirs: [String: String]
  ) -> [String] {
    Set(ours.keys).union(theirs.keys).union(origin.keys).filter { path in
      let (was, left, right) = (origin[path], ours[path], theirs[path])
      return left != right && right != was && left != was
    }.sorted()
  }

  private static func lines(_ text: String?) -> [Substring] {
    guard let text, !text.isEmpty else { return [] }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  private static func hunk(_ old: [Substring], _ new: [Substring]) -> ForgePatchHunk {
    let shared = min(old.count, new.count)
    var head = 0
    while head < shared, old[head] == new[head] { head += 1 }
    var tail = 0
    while tail < shared - head, old[old.count - 1 - tail] == new[new.count - 1 - tail] { tail += 1 }
    let start = max(0, head - context)
    let oldEnd = min(old.count, old.count - tail + context)
    let newEnd = min(new.count, new.count - tail + context)
    var lines: [ForgePatchLine] = []
    for index in start..<head {
      lines.append(.init(text: " \(old[index])", left: index + 1, right: index + 1))
    }
    for index in head..<(old.count - tail) { lines.append(.init(text: "-\(old[index])", left: index + 1)) }
    for index in head..<(new.count - tail) { lines.append(.init(text: "+\(new[index])", right: index + 1)) }
    for index in (old.count - tail)..<oldEnd {
      lines.append(.init(text: " \(old[index])", left: index + 1, right: index + 1 + new.count - old.count))
    }
    let header = "@@ -\(start + 1),\(oldEnd - start) +\(start + 1),\(newEnd - start) @@"
    return ForgePatchHunk(header: header, lines: lines)
  }
}

extension ForgeFileDiff {
  /// The same as the engine wants it: which lines can be commented on.
  var treeFile: TreeFacts.File {
    TreeFacts.File(
      path: path, isDeleted: status == .removed,
      rightLines: Self.ranges(hunks.flatMap(\.lines).compactMap(\.right)),
      leftLines: Self.ranges(hunks.flatMap(\.lines).compactMap(\.left)))
  }

  private static func ranges(_ lines: [Int]) -> [ClosedRange<Int>] {
    guard let first = lines.first, let last = lines.last, first <= last else { return [] }
    return [first...last]
  }
}
