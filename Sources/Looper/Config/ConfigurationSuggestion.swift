/// Finds the known key that a mistyped one was meant to be.
enum ConfigurationSuggestion {
  /// Being in another section counts as this many letters.
  private static let sectionPenalty = 2
  /// Longer keys than this are not compared letter by letter.
  private static let lengthMax = 100

  /// The one of `known` most like `unknown`; all are dotted paths.
  static func nearest(to unknown: String, among known: [String]) -> String? {
    known.min { left, right in
      (distance(unknown, left), left) < (distance(unknown, right), right)
    }
  }

  private static func distance(_ unknown: String, _ known: String) -> Int {
    let (section, name) = parts(unknown)
    let (knownSection, knownName) = parts(known)
    return edits(plain(name), plain(knownName)) + min(edits(section, knownSection), sectionPenalty)
  }

  private static func parts(_ path: String) -> (section: [UInt8], name: String) {
    guard let dot = path.lastIndex(of: ".") else { return ([], path) }
    return (Array(path[..<dot].utf8), String(path[path.index(after: dot)...]))
  }

  /// `pollIntervalSecs` and `poll_interval_secs` are `poll-interval-secs` in other habits.
  private static func plain(_ name: String) -> [UInt8] {
    Array(name.lowercased().utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") })
  }

  /// Insertions, deletions, replacements and swaps of neighbours between two words.
  static func edits(_ left: [UInt8], _ right: [UInt8]) -> Int {
    guard left.count <= lengthMax, right.count <= lengthMax else { return lengthMax }
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, byte) in left.enumerated() {
      var next = [row + 1]
      for (column, other) in right.enumerated() {
        var best = min(last[column] + (byte == other ? 0 : 1), last[column + 1] + 1, next[column] + 1)
        if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
          best = min(best, beforeLast[column - 1] + 1)
        }
        next.append(best)
      }
      beforeLast = last
      last = next
    }
    return last[right.count]
  }
}
