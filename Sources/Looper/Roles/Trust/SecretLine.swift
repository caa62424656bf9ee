/// One line of a text, and what in it looks like a secret.
struct SecretLine {
  let bytes: ArraySlice<UInt8>

  /// Nil when the line can be published.
  var kind: SecretKind? {
    if let token { return token }
    if hasAddressWithPassword { return .addressPassword }
    return hasAssignment ? .assignment : nil
  }

  // MARK: tokens

  /// A token begins where no word goes on.
  private var token: SecretKind? {
    var isInWord = false
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      if !isInWord {
        for shape in SecretShape.byFirstByte[Int(byte)] where shape.matches(bytes[index...]) {
          return shape.kind
        }
        if byte == UInt8(ascii: "e"), isWebToken(at: index) { return .webToken }
      }
      isInWord = byte.isAlphanumeric || byte == UInt8(ascii: "_")
      index += 1
    }
    return nil
  }

  /// Two JSON objects and a signature in base64, `eyJ` being `{"`.
  private func isWebToken(at index: Int) -> Bool {
    let opening = Array("eyJ".utf8)
    guard bytes[index...].starts(with: opening) else { return false }
    let text = bytes[index...].prefix {
      SecretShape.Alphabet.wordAndDash.contains($0) || $0 == UInt8(ascii: ".")
    }
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count >= 3 && parts[1].starts(with: opening) && parts[0].count >= 12 && parts[1].count >= 12
      && parts[2].count >= 20 && Set(parts[2]).count >= 8
  }

  // MARK: addresses

  /// `scheme://user:password@host` of a host that others can reach.
  private var hasAddressWithPassword: Bool {
    let mark = Array("://".utf8)
    var index = bytes.startIndex
    while index + mark.count < bytes.endIndex {
      defer { index += 1 }
      guard bytes[index] == mark[0], bytes[index...].starts(with: mark) else { continue }
      let authority = bytes[(index + mark.count)...].prefix { !Self.endsAuthority($0) }
      guard let at = authority.lastIndex(of: UInt8(ascii: "@")),
        let colon = authority[..<at].firstIndex(of: UInt8(ascii: ":"))
      else { continue }
      let host = authority[(at + 1)...].prefix { $0 != UInt8(ascii: ":") }
      if Self.isPassword(authority[(colon + 1)..<at], of: authority[..<colon]), Self.isReachable(host) {
        return true
      }
    }
    return false
  }

  private static let authorityEnds = Set("/?\\ \t\"'`<>(){},;|".utf8)
  private static func endsAuthority(_ byte: UInt8) -> Bool { authorityEnds.contains(byte) || byte < 32 }

  private static func isPassword(_ password: ArraySlice<UInt8>, of user: ArraySlice<UInt8>) -> Bool {
    let stand = Set("$%*[]".utf8)
    guard password.count >= 6, !password.elementsEqual(user), !password.contains(where: stand.contains) else {
      return false
    }
    let text = String(decoding: password, as: UTF8.self).lowercased()
    return !["password", "passwd", "secret", "x-oauth-basic", "x-access-token"].contains(text)
      && !SecretText.isStandIn(password)
  }

  /// Not this machine, not the name of a neighbouring container, not a name kept for examples.
  private static func isReachable(_ host: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: host, as: UTF8.self).lowercased()
    guard text.contains("."), !text.hasPrefix("127.") else { return false }
    let kept = [".example", ".invalid", ".test", ".localhost", "example.com", "example.org", "example.net"]
    return !kept.contains { text.hasSuffix($0) }
  }

  // MARK: assignments

  private static let secretWords = [
    "password", "passwd", "passphrase", "secret", "token", "apikey", "api_key", "api-key", "access_key",
    "access-key",
    "accesskey", "private_key", "private-key", "privatekey", "auth_key", "authkey", "credential",
  ].map { Array($0.utf8) }
  /// How far before a value its name is looked for.
  private static let nameReach = 80

  private var hasAssignment: Bool { hasQuotedAssignment || hasPlainAssignment }

  /// A value in quotes behind a sign of assignment and a telling name.
  private var hasQuotedAssignment: Bool {
    let quotes = Set("\"'`".utf8)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      guard quotes.contains(bytes[index]), let end = bytes[(index + 1)...].firstIndex(of: bytes[index]) else {
        index += 1
        continue
      }
      if isAssigned(upTo: index), SecretText.isSecretValue(bytes[(index + 1)..<end]) { return true }
      // The quote that ends one text may begin what looks like the next; so look at it again.
      index = isAssigned(upTo: index) ? end + 1 : index + 1
    }
    return false
  }

  /// Whether what stands before a quote assigns to something that is called a secret.
  private func isAssigned(upTo quote: Int) -> Bool {
    let before = bytes[max(bytes.startIndex, quote - Self.nameReach)..<quote]
    let trimmed = before.reversed().drop { $0.isBlank || $0 == UInt8(ascii: "(") }
    guard let sign = trimmed.first,
      sign == UInt8(ascii: "=") || sign == UInt8(ascii: ":") || sign == UInt8(ascii: ">")
    else { return false }
    return Self.namesSecret(before)
  }

  /// `NAME=value` and `name: value` alone on a line.
  private var hasPlainAssignment: Bool {
    let line = bytes.drop { $0.isBlank || $0 == UInt8(ascii: "-") }
    let export = Array("export ".utf8)
    let rest = line.starts(with: export) ? line.dropFirst(export.count) : line
    let name = rest.prefix { $0.isAlphanumeric || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
    guard !name.isEmpty, Self.namesSecret(name) else { return false }
    let after = rest[name.endIndex...].drop(while: \.isBlank)
    guard let sign = after.first, sign == UInt8(ascii: "=") || sign == UInt8(ascii: ":") else { return false }
    let value = after.dropFirst().drop(while: \.isBlank).prefix { !$0.isBlank && $0 != 13 }
    return SecretText.isSecretValue(value)
  }

  /// Whether a name ends as a secret's: `--token`, not `--token-limit`.
  static func isSecretName(_ name: String) -> Bool {
    let lower = Array(name.utf8.map(\.lowercased))
    return secretWords.contains { lower.suffix($0.count).elementsEqual($0) }
  }

  private static func namesSecret(_ text: ArraySlice<UInt8>) -> Bool {
    let lower = text.map(\.lowercased)
    return secretWords.contains { SecretText.contains(lower[...], $0) }
  }
}
