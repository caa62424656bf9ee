/// The hidden last line of everything Looper writes on GitHub, by which it recognises its own writes.
///
/// `<!-- looper:key=github.com/acme/shop/issue-12/L7/review/… -->`: GitHub does not show HTML comments. A marker proves something only in
/// text that the viewer itself wrote, for anybody can type one.
struct WriteMarker: Hashable, Sendable {
  /// GitHub's bound on a body, in characters.
  static let bodyLengthMax = 65_536
  /// The key of the one status comment per issue, which outlives the effects that edit it.
  static let statusCommentKey = "status-comment"

  private static let opening = "<!-- looper:key="
  private static let closing = " -->"

  var key: String

  /// The marker as text.
  var text: String { Self.opening + Self.escaped(key) + Self.closing }

  /// `body` with this marker as its last line; markers that were in it before are defused.
  ///
  /// A body too long for GitHub loses its end, never its marker.
  func appended(to body: String) -> String {
    let marker = text
    let notice = "\n\n… (shortened)"
    var content = Self.trimmed(Self.defused(body))
    let room = Self.bodyLengthMax - marker.utf8.count - notice.utf8.count - 2
    if content.utf8.count > room {
      content = Self.prefix(of: content, bytesMax: room) + notice
    }
    return content.isEmpty ? marker : "\(content)\n\n\(marker)"
  }

  /// The key of the marker that ends `body`, if the viewer wrote it.
  ///
  /// - Parameters:
  ///   - author: who wrote the text, as GitHub says.
  ///   - viewer: who Looper is on GitHub.
  static func key(in body: String, by author: String, viewer: String) -> String? {
    guard !viewer.isEmpty, author.lowercased() == viewer.lowercased() else { return nil }
    return lastKey(in: body)
  }

  /// `body` without the marker that ends it, with line ends as ours, to compare texts.
  static func stripped(_ body: String) -> String {
    let lines = lines(of: body)
    guard let last = lines.last, key(ofLine: last) != nil else {
      return trimmed(lines.joined(separator: "\n"))
    }
    return trimmed(lines.dropLast().joined(separator: "\n"))
  }

  private static func lastKey(in body: String) -> String? {
    lines(of: body).last.flatMap(key(ofLine:))
  }

  private static func key(ofLine line: String) -> String? {
    guard line.hasPrefix(opening), line.hasSuffix(closing) else { return nil }
    let key = line.dropFirst(opening.count).dropLast(closing.count)
    guard !key.isEmpty, key.utf8.allSatisfy({ isPlain($0) || $0 == UInt8(ascii: "%") }) else { return nil }
    return unescaped(String(key))
  }

  /// The lines of `body` up to the last one that is not blank; GitHub answers with CRLF what was sent with LF.
  private static func lines(of body: String) -> [String] {
    var lines = body.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
    while let last = lines.last, last.allSatisfy(\.isWhitespace) { lines.removeLast() }
    return lines
  }

  private static func trimmed(_ text: String) -> String {
    var content = Substring(text)
    while content.last?.isWhitespace == true { content.removeLast() }
    return String(content)
  }

  /// Text from an agent may hold what looks like a marker: it must not work as one.
  private static func defused(_ body: String) -> String {
    body.split(separator: opening, omittingEmptySubsequences: false).joined(separator: "<!-- looper key ")
  }

  private static func prefix(of text: String, bytesMax: Int) -> String {
    var bytes = 0
    let kept = text.prefix { character in
      bytes += character.utf8.count
      return bytes <= bytesMax
    }
    return String(kept)
  }
}

extension WriteMarker {
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "#"), UInt8(ascii: "+"):
      true
    default: false
    }
  }

  /// Nothing in a key may end the HTML comment or the line.
  private static func escaped(_ key: String) -> String {
    var text = ""
    for byte in key.utf8 {
      if isPlain(byte) {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        text += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    return text
  }

  private static func unescaped(_ text: String) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      else {
        return nil
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
