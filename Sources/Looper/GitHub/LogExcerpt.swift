/// Finds the part of a job's log that says why it failed; pure.
enum LogExcerpt {
  private static let contextBefore = 12
  private static let contextAfter = 28
  /// Lines longer than this lose their middle, so that one minified line cannot fill the excerpt.
  private static let lineBytesMax = 600
  private static let gap = "…"
  /// Shorter lines are not collapsed where they are no neighbours.
  private static let collapsedBytesMin = 16
  /// Of a longer log only the end is read: a job ends soon after it failed.
  private static let logBytesMax = 2 * 1024 * 1024

  /// The failing part of `log`: the first error with what is around it, then further ones, then the end.
  ///
  /// Colours, timestamps and repetitions are gone, in a log that does not fit also those of lines that are no neighbours. At most `bytesMax` bytes of valid UTF-8, whatever the log.
  static func failing(_ log: String, bytesMax: Int = CheckExcerpt.bytesMax.bytes) -> String {
    let found = entries(of: String(decoding: log.utf8.suffix(logBytesMax), as: UTF8.self))
    let whole = Self.lines(found).joined(separator: "\n")
    guard whole.utf8.count > bytesMax else { return whole }
    let lines = Self.lines(collapsed(found))
    let chosen = choose(from: lines, bytesMax: bytesMax)
    return bounded(joined(chosen, of: lines), bytesMax: bytesMax)
  }

  /// `text` cut at the end to `bytesMax` bytes between characters.
  static func bounded(_ text: String, bytesMax: Int = CheckExcerpt.bytesMax.bytes) -> String {
    guard text.utf8.count > bytesMax else { return text }
    var end = text.startIndex
    var bytes = 0
    let room = max(0, bytesMax - gap.utf8.count)
    for index in text.indices {
      bytes += text[index].utf8.count
      guard bytes <= room else { break }
      end = text.index(after: index)
    }
    return bytesMax < gap.utf8.count ? "" : text[..<end] + gap
  }

  /// The lines without colours, control characters, timestamps, blank runs and immediate repetitions.
  static func cleaned(_ log: String) -> [String] { lines(entries(of: log)) }

  /// A line, and how often it came again.
  private struct Entry {
    var line: String
    var repetitions = 0
  }

  private static func entries(of log: String) -> [Entry] {
    var entries: [Entry] = []
    for raw in log.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      let line = shortened(LogLineCleaner.clean(raw))
      if let last = entries.indices.last, entries[last].line == line {
        entries[last].repetitions += line.isEmpty ? 0 : 1
      } else if !(line.isEmpty && entries.isEmpty) {
        entries.append(Entry(line: line))
      }
    }
    if entries.last?.line.isEmpty == true { entries.removeLast() }
    return entries
  }

  /// Each line where it came first, with how often it came again anywhere. Short ones, such as a bracket, are part of what
  /// is around them and stay.
  private static func collapsed(_ entries: [Entry]) -> [Entry] {
    var kept: [Entry] = []
    var places: [String: Int] = [:]
    for entry in entries {
      if entry.line.utf8.count >= collapsedBytesMin {
        if let place = places[entry.line] {
          kept[place].repetitions += 1 + entry.repetitions
          continue
        }
        places[entry.line] = kept.count
      }
      kept.append(entry)
    }
    return kept
  }

  private static func lines(_ entries: [Entry]) -> [String] {
    entries.flatMap { entry in
      entry.repetitions > 0 ? [entry.line, "(repeated \(entry.repetitions) more times)"] : [entry.line]
    }
  }

  private static func shortened(_ line: String) -> String {
    guard line.utf8.count > lineBytesMax else { return line }
    return "\(bounded(String(line), bytesMax: lineBytesMax * 2 / 3)) \(String(line.suffix(lineBytesMax / 6)))"
  }
}

extension LogExcerpt {
  /// The indices of the lines that fit: strong errors in order, each with its context, then weak ones, then the end.
  private static func choose(from lines: [String], bytesMax: Int) -> Set<Int> {
    let rank = lines.map(LogErrorRank.init(line:))
    let strong = lines.indices.filter { rank[$0] == .strong }
    let weak = lines.indices.filter { rank[$0] == .weak }
    var chosen: Set<Int> = []
    // Room for the marks of gaps, and what is kept for the end: tests that pass may have printed errors before.
    let end = bytesMax / 3
    var room = bytesMax - 64 - end
    func take(_ indices: some Sequence<Int>) {
      for index in indices where lines.indices.contains(index) && !chosen.contains(index) {
        // Each kept line may stand alone, with a mark of a gap before it.
        let cost = lines[index].utf8.count + 1 + gap.utf8.count + 1
        guard cost <= room else { return }
        room -= cost
        chosen.insert(index)
      }
    }
    let errors = strong.isEmpty ? weak : strong
    if let first = errors.first {
      take([first])
      take(first + 1...first + contextAfter / 2)
      take((first - contextBefore..<first).reversed())
      take(first + contextAfter / 2 + 1...first + contextAfter)
    }
    take(errors.dropFirst())
    room += end
    for error in (strong + weak).sorted().reversed() where !chosen.contains(error) {
      take([error])
      guard rank[error] == .strong else { continue }
      take(error + 1...error + 6)
      take([error - 1, error - 2])
    }
    for error in errors.dropFirst() {
      take(error + 1...error + 3)
      take([error - 1, error - 2])
    }
    take(lines.indices.reversed())
    return chosen
  }

  private static func joined(_ chosen: Set<Int>, of lines: [String]) -> String {
    var text: [String] = []
    var previous = -1
    for index in chosen.sorted() {
      if index != previous + 1 { text.append(gap) }
      text.append(lines[index])
      previous = index
    }
    return text.joined(separator: "\n")
  }
}
