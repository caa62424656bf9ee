import Foundation

/// What tells a secret from a name, a stand-in or prose.
enum SecretText {
  /// Bits per character of a value that nobody thought up.
  private static let entropyMin = 3.3
  private static let distinctMin = 8
  /// A run of letters and digits that is longer than words with a number behind them usually are.
  private static let runMin = 12

  /// What manuals write where a secret goes, as words to recognise in other people's texts.
  private static let standIns = [
    "example", "xxxx", "placeholder", "changeme", "change_me", "change-me", "redacted", "dummy", "your-",
    "your_",
    "insert", "****", "....", "00000000", "1234567890abcdef",
  ].map { Array($0.utf8) }

  /// Whether the part after a known beginning can be a real one and not a stand-in from a manual.
  static func isPlausible(_ body: ArraySlice<UInt8>) -> Bool {
    Set(body).count >= distinctMin && !isStandIn(body)
  }

  static func isStandIn(_ text: ArraySlice<UInt8>) -> Bool {
    let lower = text.map(\.lowercased)
    return standIns.contains { contains(lower[...], $0) }
  }

  /// Whether a value that is assigned to something called a password or key is a real one.
  static func isSecretValue(_ value: ArraySlice<UInt8>) -> Bool {
    guard (12...500).contains(value.count), value.allSatisfy(isValueByte), !isStandIn(value),
      !isUUID(value)
    else { return false }
    let hasDigit = value.contains(where: \.isDigit)
    let hasUpper = value.contains(where: \.isUpper)
    let hasLower = value.contains(where: \.isLower)
    if hasDigit, hasUpper, hasLower, value.contains(where: isPunctuation), !value.contains(where: isSeparator)
    {
      return true
    }
    guard value.count >= 16, hasDigit, hasUpper || hasLower, entropy(value) >= entropyMin else {
      return false
    }
    return value.split { !$0.isAlphanumeric }.contains { run in
      run.count >= runMin && run.count(where: \.isDigit) >= 2 && run.contains { !$0.isDigit }
    }
  }

  /// Shannon's, in bits per byte.
  static func entropy(_ text: ArraySlice<UInt8>) -> Double {
    var counts = [Int](repeating: 0, count: 256)
    for byte in text { counts[Int(byte)] += 1 }
    let total = Double(text.count)
    return counts.reduce(0) { sum, count in
      guard count > 0 else { return sum }
      let share = Double(count) / total
      return sum - share * log2(share)
    }
  }

  static func contains(_ text: ArraySlice<UInt8>, _ wanted: [UInt8]) -> Bool {
    guard let first = wanted.first, text.count >= wanted.count else { return false }
    let last = text.endIndex - wanted.count
    var index = text.startIndex
    while index <= last {
      if text[index] == first, text[index..<(index + wanted.count)].elementsEqual(wanted) { return true }
      index += 1
    }
    return false
  }

  private static func isValueByte(_ byte: UInt8) -> Bool {
    byte.isAlphanumeric || isPunctuation(byte) || isSeparator(byte)
  }

  private static let punctuation = Set("!@#%^&*~+?".utf8)
  private static let separators = Set("/=_-.:".utf8)
  private static func isPunctuation(_ byte: UInt8) -> Bool { punctuation.contains(byte) }
  private static func isSeparator(_ byte: UInt8) -> Bool { separators.contains(byte) }

  private static func isUUID(_ value: ArraySlice<UInt8>) -> Bool {
    let parts = value.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    return parts.map(\.count) == [8, 4, 4, 4, 12] && parts.allSatisfy { $0.allSatisfy(\.isAlphanumeric) }
  }
}
