import Foundation

/// Text of agents and other people made fit to stand in something Looper publishes.
enum PublishedText {
  /// GitHub's bound on a body is 65,536 characters; this leaves room for markers.
  static let lengthMax = 60_000

  /// Takes the effect out of text without hiding it: no mention notifies anybody, no keyword closes an issue, no
  /// comment can be taken for one of Looper's markers.
  static func neutralised(_ text: String) -> String {
    var result = text.replacing("<!--", with: "<\u{200B}!--")
    result = result.replacing(/@([A-Za-z0-9])/) { "@\u{200B}\($0.output.1)" }
    result = result.replacing(
      /(?i)\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)(:?\s+(?:[\w.-]+\/[\w.-]+)?)#(\d)/
    ) {
      "\($0.output.1)\($0.output.2)#\u{200B}\($0.output.3)"
    }
    return String(result.prefix(lengthMax))
  }

  /// One line of a title or table cell, of at most `limit` Unicode scalars.
  static func line(_ text: String, limit: Int = 200) -> String {
    let flat = neutralised(text).split(whereSeparator: \.isNewline).joined(separator: " ")
    guard flat.unicodeScalars.count > limit else { return flat }
    // Between characters: what people see as one may be many scalars.
    var room = limit - 1
    let kept = flat.prefix { character in
      room -= character.unicodeScalars.count
      return room >= 0
    }
    return String(kept) + "…"
  }

  /// The text with the disclosure stamp under it, when one is configured.
  static func stamped(_ text: String, _ policy: FlowPolicy) -> String {
    policy.disclosure.isEmpty ? text : "\(text)\n\n<sub>\(policy.disclosure)</sub>"
  }
}
