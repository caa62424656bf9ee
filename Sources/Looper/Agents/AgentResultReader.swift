import Foundation

#if !canImport(Darwin)
  // The overlay's view of `stat` is attributed to this module when NIO is in the build.
  import CDispatch
#endif

/// Finds the result an agent left: its file, else the marker in the last line of its output, else its last words.
struct AgentResultReader: Sendable {
  static let marker = "__LOOPER_RESULT__="
  static let resultBytesMax: ByteCount = .mebibytes(4)
  /// How much white space may follow the last line.
  static let spaceBytesMax: ByteCount = .kibibytes(64)

  /// What was found.
  enum Found: Equatable, Sendable {
    case missing
    /// There is something, and it cannot be a result.
    case refused(String)
    case json(Data)
  }

  var resultFile: String
  var standardOutput: String

  /// - Parameter finalResult: the vendor's last event, where it has one.
  func find(finalResult: AgentFinalResult?) -> Found {
    let file = Self.read(resultFile: resultFile)
    guard file == .missing else { return file }
    guard let line = try? Self.lastLine(ofFile: standardOutput) else {
      return .refused("the output cannot be read")
    }
    guard line == .missing, let finalResult else { return line }
    if let structured = finalResult.structured, !structured.isNull,
      let data = try? JSONEncoder().encode(structured)
    {
      return .json(data)
    }
    return Self.result(inFinalText: finalResult.text)
  }

  /// Reads the result file. The agent owns its directory, so nothing about it is trusted: a link would make the
  /// daemon read any file, a pipe would make it wait for ever.
  static func read(resultFile path: String) -> Found {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      return errno == ENOENT
        ? .missing : .refused("the result file cannot be read: \(SystemError.text(errno))")
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return .refused("the result file is not a regular file")
    }
    guard let data = try? handle.read(upToCount: resultBytesMax.bytes + 1) else {
      // Nothing to read is an empty file.
      return .missing
    }
    guard data.count <= resultBytesMax.bytes else { return tooLarge }
    // A redirection that failed leaves an empty file; that is no answer.
    return data.allSatisfy(isSpace) ? .missing : .json(data)
  }

  /// What follows the marker that begins the last line of a file.
  ///
  /// A marker further up may be anything the agent printed, the file of a pull request for example.
  private static func lastLine(ofFile path: String) throws(SystemError) -> Found {
    // Most ends are short, and the memory of the others is only taken where there is a result that long.
    for count in [
      spaceBytesMax, ByteCount(bytes: resultBytesMax.bytes + marker.utf8.count + spaceBytesMax.bytes),
    ] {
      let end = try LogTail.lastBytes(count, ofFile: path)
      if let found = markedLine(endOf: end, isWhole: end.count < count.bytes) { return found }
    }
    return .missing
  }

  /// - Parameter isWhole: whether `end` is the whole file.
  /// - Returns: nil when the last line does not begin in `end`.
  static func markedLine(endOf end: Data, isWhole: Bool) -> Found? {
    guard let last = end.lastIndex(where: { !isSpace($0) }) else { return isWhole ? .missing : nil }
    let text = end[end.startIndex...last]
    let newline = text.lastIndex(of: UInt8(ascii: "\n"))
    guard newline != nil || isWhole else { return nil }
    let line = text[(newline.map { $0 + 1 } ?? text.startIndex)...]
    guard line.starts(with: Data(marker.utf8)) else { return .missing }
    let result = line.dropFirst(marker.utf8.count)
    return result.count <= resultBytesMax.bytes ? .json(Data(result)) : tooLarge
  }

  /// A result in the agent's last words: a marker line, or a JSON object, fenced or bare, at the very end.
  static func result(inFinalText text: String) -> Found {
    guard text.utf8.count <= resultBytesMax.bytes else { return tooLarge }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if let index = lines.lastIndex(where: { afterMarker($0) != nil }), let line = afterMarker(lines[index]) {
      if isObject(line) { return .json(Data(line.utf8)) }
      // A model may break the line it was asked to keep whole.
      let rest = ([line] + lines[(index + 1)...]).joined(separator: "\n")
      return .json(Data(Self.withoutClosingFence(rest).utf8))
    }
    if let object = objectAfterMarker(endOf: text) { return .json(object) }
    let body = withoutClosingFence(text)
    let starts = body.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { $0.hasPrefix("{") }.suffix(candidatesMax)
    for start in starts {
      let candidate = body[start.startIndex...]
      if isObject(candidate) { return .json(Data(candidate.utf8)) }
    }
    return .missing
  }

  /// What follows a marker that begins the line, markdown around it left out: agents quote it as code, or in bold.
  private static func afterMarker(_ line: Substring) -> Substring? {
    let bare = line.drop { decoration.contains($0) }
    guard bare.hasPrefix(marker) else { return nil }
    var rest = bare.dropFirst(marker.count)
    while let last = rest.last, decoration.contains(last) { rest.removeLast() }
    return rest.drop { decoration.contains($0) }
  }

  /// The object that a marker amid the last line ends the text with; what is quoted before the end is no result.
  private static func objectAfterMarker(endOf text: String) -> Data? {
    guard let range = text.range(of: marker, options: .backwards) else { return nil }
    let line = Substring(text[range.lowerBound...].trimmingCharacters(in: .whitespacesAndNewlines))
    guard !line.contains(where: \.isNewline), let rest = afterMarker(line), isObject(rest) else { return nil }
    return Data(rest.utf8)
  }

  private static let decoration: Set<Character> = [" ", "\t", "\r", "`", "*"]

  /// How many lines beginning with a brace are tried as the beginning of the result.
  private static let candidatesMax = 50

  private static let tooLarge = Found.refused("the result is larger than \(resultBytesMax.bytes) bytes")

  private static func withoutClosingFence(_ text: String) -> String {
    var body = text.trimmingCharacters(in: .whitespacesAndNewlines)
    if body.hasSuffix("```") { body.removeLast(3) }
    return body
  }

  private static func isObject(_ text: Substring) -> Bool {
    guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) else { return false }
    return value.objectValue != nil
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (UInt8(ascii: "\t")...UInt8(ascii: "\r")).contains(byte)
  }
}
