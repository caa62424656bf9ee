/// Reads the output of `git diff` into files, hunks and numbered lines.
struct ForgeDiffParser {
  private var files: [ForgeFileDiff] = []
  private var left = 0
  private var right = 0
  private var isInHunk = false

  static func parse(_ text: String) -> [ForgeFileDiff] {
    var parser = Self()
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    if lines.last?.isEmpty == true { lines.removeLast() }
    for line in lines { parser.take(line) }
    return parser.files
  }

  private mutating func take(_ line: Substring) {
    if line.hasPrefix("diff --git ") {
      files.append(ForgeFileDiff(path: Self.pathOfHeader(line), status: .modified))
      isInHunk = false
    } else if line.hasPrefix("@@ ") {
      startHunk(line)
    } else if isInHunk {
      takeHunkLine(line)
    } else {
      takeHeader(line)
    }
  }

  private mutating func takeHeader(_ line: Substring) {
    guard var file = files.popLast() else { return }
    if line.hasPrefix("new file mode") { file.status = .added }
    if line.hasPrefix("deleted file mode") { file.status = .removed }
    if line.hasPrefix("rename from ") {
      file.status = .renamed
      file.previousPath = String(line.dropFirst("rename from ".count))
    }
    if line.hasPrefix("rename to ") { file.path = String(line.dropFirst("rename to ".count)) }
    if line.hasPrefix("Binary files ") { file.isBinary = true }
    if line.hasPrefix("+++ b/") { file.path = String(line.dropFirst("+++ b/".count)) }
    if line.hasPrefix("--- a/"), file.status == .removed {
      file.path = String(line.dropFirst("--- a/".count))
    }
    files.append(file)
  }

  private mutating func startHunk(_ line: Substring) {
    let ranges = line.split(separator: " ").dropFirst().prefix(2).map { range in
      Int(range.dropFirst().split(separator: ",").first ?? "") ?? 0
    }
    left = ranges.first ?? 0
    right = ranges.last ?? 0
    isInHunk = true
    guard var file = files.popLast() else { return }
    file.hunks.append(ForgePatchHunk(header: String(line), lines: []))
    files.append(file)
  }

  private mutating func takeHunkLine(_ line: Substring) {
    var parsed = ForgePatchLine(text: String(line))
    switch line.first {
    case "+":
      parsed.right = right
      right += 1
    case "-":
      parsed.left = left
      left += 1
    case "\\":
      break
    default:
      parsed.left = left
      parsed.right = right
      left += 1
      right += 1
    }
    guard var file = files.popLast(), var hunk = file.hunks.popLast() else { return }
    hunk.lines.append(parsed)
    file.hunks.append(hunk)
    files.append(file)
  }

  /// The new path of `diff --git a/x b/x`; both sides are the same unless a `rename to` line follows.
  private static func pathOfHeader(_ line: Substring) -> String {
    let names = line.dropFirst("diff --git a/".count)
    return String(names.prefix((names.count - " b/".count) / 2))
  }
}

extension ForgeFileDiff {
  /// Whether GitHub lets a comment be anchored there: the line is shown in the diff, as change or context.
  func contains(line: Int, side: ForgeDiffSide) -> Bool { hunk(at: line, side: side) != nil }

  /// The text from its hunk's header to the anchored line, as `diff_hunk` has it.
  func hunkText(upTo line: Int, side: ForgeDiffSide) -> String {
    guard let hunk = hunk(at: line, side: side) else { return "" }
    var text = [hunk.header]
    for entry in hunk.lines {
      text.append(entry.text)
      if (side == .right ? entry.right : entry.left) == line { break }
    }
    return text.joined(separator: "\n")
  }

  /// Where a line of the old file is in the new one; nil when the change touched it.
  func newLine(ofOld line: Int) -> Int? {
    var shift = 0
    for hunk in hunks {
      for entry in hunk.lines {
        if entry.left == line { return entry.right }
        guard let left = entry.left ?? entry.right.map({ $0 - shift }), left <= line else {
          return line + shift
        }
        if entry.left == nil, entry.right != nil { shift += 1 }
        if entry.right == nil, entry.left != nil { shift -= 1 }
      }
    }
    return line + shift
  }

  private func hunk(at line: Int, side: ForgeDiffSide) -> ForgePatchHunk? {
    hunks.first { hunk in hunk.lines.contains { (side == .right ? $0.right : $0.left) == line } }
  }
}
