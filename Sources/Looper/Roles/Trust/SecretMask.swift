import Foundation

/// Takes the operator's own secrets out of what is shown or logged.
///
/// Pure. Unlike ``SecretScanner`` it knows no shapes: what only looks like a secret is somebody's text.
struct SecretMask: Sendable, Equatable {
  /// What stands where a secret was.
  static let text = "********"
  private static let blot = UInt8(ascii: "*")

  /// The longest first: one may be a part of another.
  private let secrets: [Data]
  /// The same as they stand in JSON, which writes a quote as `\"`.
  private let inJSON: [Data]

  /// - Parameter own: what is too short or too plain to be a secret is left out.
  init(own: some Sequence<String> = [String]()) {
    let texts = Set(own).filter(SecretScanner.isOwnSecret)
    secrets = Self.ordered(texts.map { Data($0.utf8) })
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    // A text always encodes; without its quotes it is what stands between them.
    inJSON = Self.ordered(
      texts.compactMap { try? encoder.encode($0).dropFirst().dropLast() }.map { Data($0) })
  }

  /// Of the longest secret, in bytes; 0 without any.
  var lengthMax: Int { secrets.first?.count ?? 0 }

  func masked(_ text: String) -> String {
    let data = Data(text.utf8)
    let result = Self.replacing(secrets, in: data) { _ in Data(Self.text.utf8) }
    return result == data ? text : String(decoding: result, as: UTF8.self)
  }

  /// - Parameter json: anything that holds texts as JSON has them; it stays JSON.
  func masked(json: Data) -> Data { Self.replacing(inJSON, in: json) { _ in Data(Self.text.utf8) } }

  /// As many bytes as there were, for texts with places in them.
  func blotted(_ bytes: Data) -> Data {
    Self.replacing(secrets, in: bytes) { Data(repeating: Self.blot, count: $0) }
  }

  /// How many bytes at the end are the beginning of a secret whose rest may still come.
  func unfinishedTail(of bytes: Data) -> Int {
    secrets.map { secret in
      (1..<secret.count).last { bytes.count >= $0 && bytes.suffix($0).elementsEqual(secret.prefix($0)) } ?? 0
    }.max() ?? 0
  }

  private static func ordered(_ secrets: [Data]) -> [Data] {
    secrets.sorted { $0.count == $1.count ? $0.lexicographicallyPrecedes($1) : $0.count > $1.count }
  }

  private static func replacing(_ wanted: [Data], in data: Data, with mask: (Int) -> Data) -> Data {
    // Almost always there is none, and every answer of the API comes by.
    let present = wanted.filter { isFound($0, in: data) }
    guard !present.isEmpty else { return data }
    // From the beginning of its indices, whatever it was cut from.
    var result = Data(data)
    for secret in present {
      let instead = mask(secret.count)
      var rest = 0
      while let found = result.range(of: secret, in: rest..<result.count) {
        result.replaceSubrange(found, with: instead)
        rest = found.lowerBound + instead.count
      }
    }
    return result
  }

  private static func isFound(_ secret: Data, in data: Data) -> Bool {
    data.withUnsafeBytes { text in
      secret.withUnsafeBytes { wanted in
        guard let base = text.baseAddress, let begin = wanted.baseAddress else { return false }
        var start = 0
        while text.count - start >= wanted.count {
          let places = text.count - wanted.count - start + 1
          guard let hit = memchr(base + start, Int32(wanted[0]), places) else { return false }
          if memcmp(hit, begin, wanted.count) == 0 { return true }
          start = base.distance(to: hit) + 1
        }
        return false
      }
    }
  }
}
