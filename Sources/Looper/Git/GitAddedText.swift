/// Reads `git log --patch --cc --unified=0 --format=%x00%H%x00<text>%x00` (git 2.39) into what the commits add.
///
/// A line of a file's content always begins with one of space, `+`, `-` and `\`, and a commit's header with a NUL, so no
/// content can be taken for a header.
struct GitAddedText {
  private var parts: [AddedText] = []
  private var commit = ""
  private var path = ""
  /// Columns that say from which parent a line is; 0 outside of a hunk.
  private var columns = 0
  private var added: [UInt8] = []

  static func parts(of log: [UInt8]) -> [AddedText] {
    var reader = GitAddedText()
    var rest = log[...]
    while !rest.isEmpty {
      if rest.first == 0 {
        rest = reader.readCommit(rest.dropFirst())
      } else {
        let line = rest.prefix { $0 != newline }
        reader.read(line)
        rest = rest[line.endIndex...].dropFirst()
      }
    }
    reader.endFile()
    return reader.parts
  }

  private static let newline = UInt8(ascii: "\n")
  private static let at = UInt8(ascii: "@")
  private static let plus = UInt8(ascii: "+")
  private static let newPath = Array("+++ ".utf8)
  private static let fileMark = Array("diff --".utf8)

  /// Reads `<sha>NUL<message>NUL`.
  private mutating func readCommit(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    endFile()
    let name = text.prefix { $0 != 0 }
    let message = text[name.endIndex...].dropFirst().prefix { $0 != 0 }
    commit = String(decoding: name.prefix(7), as: UTF8.self)
    parts.append(AddedText(place: "the message of commit \(commit)", bytes: Array(message)))
    return text[message.endIndex...].dropFirst().drop { $0 == Self.newline }
  }

  private mutating func read(_ line: ArraySlice<UInt8>) {
    if line.starts(with: Self.fileMark) {
      endFile()
    } else if line.first == Self.at {
      columns = line.prefix { $0 == Self.at }.count - 1
    } else if columns > 0 {
      guard line.prefix(columns).contains(Self.plus) else { return }
      added += line.dropFirst(columns)
      added.append(Self.newline)
    } else if line.starts(with: Self.newPath) {
      path = Self.path(line.dropFirst(Self.newPath.count))
    }
  }

  private mutating func endFile() {
    if !path.isEmpty { parts.append(AddedText(place: path, bytes: added)) }
    path = ""
    columns = 0
    added = []
  }

  /// The path of `b/path`, which comes quoted when it is odd, and with a tab behind it when it has a space.
  private static func path(_ text: ArraySlice<UInt8>) -> String {
    // A file that is removed has no new side.
    if text.elementsEqual("/dev/null".utf8) { return "" }
    var bytes = Array(text)
    if bytes.first == UInt8(ascii: "\"") { bytes = GitDiff.unquoted(bytes) }
    if bytes.last == UInt8(ascii: "\t") { bytes.removeLast() }
    return String(decoding: bytes.dropFirst(2), as: UTF8.self)
  }
}
