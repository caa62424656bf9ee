/// Finds the part of a job's log that says why it failed; pure.
enum LogExcerpt {
  private static let contextBefore = 12
  private static let contextAfter = 28
  /// Lines longer than this lose their middle, so that one minified line cannot fill the excerpt.
  private static let lineBytesMax = 600
  private static let gap = "…"
  /// Of a longer log only the end is read: a job ends soon after it failed.
  private static let logBytesMax = 2 * 1024 * 1024

  /// The failing part of `log`: the first error with what is around it, then further ones, then the end.
  ///
  /// Colours, timestamps and repetitions are gone. At most `bytesMax` bytes of valid UTF-8, whatever the log.
  static func failing(_ log: String, bytesMax: Int = CheckExcerpt.bytesMax.bytes) -> String {
    let lines = cleaned(String(decoding: log.utf8.suffix(logBytesMax), as: UTF8.self))
    let whole = lines.joined(separator: "\n")
    guard whole.utf8.count > bytesMax else { return whole }
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
  static func cleaned(_ log: String) -> [String] {
    var lines: [String] = []
    var repetitions = 0
    for raw in log.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      let line = shortened(LogLineCleaner.clean(raw))
      if line == lines.last {
        repetitions += line.isEmpty ? 0 : 1
        continue
      }
      note(&repetitions, in: &lines)
      lines.append(line)
    }
    note(&repetitions, in: &lines)
    while lines.first?.isEmpty == true { lines.removeFirst() }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  private static func note(_ repetitions: inout Int, in lines: inout [String]) {
    if repetitions > 0 { lines.append("(repeated \(repetitions) more times)") }
    repetitions = 0
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
    // Room for the marks of gaps.
    var room = bytesMax - 64
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
