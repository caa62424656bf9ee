/// Looks for secrets in what is about to be published.
///
/// Pure and linear in the text. It knows shapes of tokens, private keys, passwords in addresses, values that nobody
/// thought up assigned to telling names, and the operator's own secrets. It never repeats what it found.
struct SecretScanner: Sendable {
  /// One find.
  struct Hit: Hashable, Sendable {
    var kind: SecretKind
    /// From 1, of the text.
    var line: Int
  }

  /// Shorter ones would be found by chance.
  static let ownLengthMin = 8
  private static let ownDistinctMin = 5

  private let own: [[UInt8]]

  /// - Parameter own: the operator's own secrets; what is too short or too plain to be one is left out.
  init(own: some Sequence<String> = [String]()) {
    // Texts are looked through line by line.
    let lines = own.flatMap { $0.split(whereSeparator: \.isNewline).map(String.init) }
    self.own = Set(lines).filter(Self.isOwnSecret).map { Array($0.utf8) }
  }

  /// Whether a text can be looked for: long and mixed enough not to be found by chance.
  static func isOwnSecret(_ text: String) -> Bool {
    text.utf8.count >= ownLengthMin && Set(text.utf8).count >= ownDistinctMin
  }

  func firstHit(in text: String) -> Hit? { firstHit(in: Array(text.utf8)) }

  /// The first find; nil when the text can be published.
  func firstHit(in text: [UInt8]) -> Hit? {
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      if let kind = kind(of: line, before: lines[(index + 1)...]) { return Hit(kind: kind, line: index + 1) }
    }
    return nil
  }

  private func kind(of line: ArraySlice<UInt8>, before following: ArraySlice<ArraySlice<UInt8>>)
    -> SecretKind?
  {
    guard line.count >= Self.ownLengthMin else { return nil }
    if own.contains(where: { SecretText.contains(line, $0) }) { return .own }
    if Self.beginsPrivateKey(line, before: following) { return .privateKey }
    return SecretLine(bytes: line).kind
  }

  // MARK: private keys

  private static let keyOpening = Array("-----BEGIN ".utf8)
  private static let keyWords = Array("PRIVATE KEY".utf8)
  /// A key's first line has 64 characters of base64; headers may come before it.
  private static let keyRunMin = 40
  private static let keyHeadersMax = 4

  /// A key, not a program that speaks of keys: base64 follows.
  private static func beginsPrivateKey(
    _ line: ArraySlice<UInt8>, before following: ArraySlice<ArraySlice<UInt8>>
  ) -> Bool {
    guard SecretText.contains(line, keyOpening), SecretText.contains(line, keyWords) else { return false }
    return ([line] + following.prefix(keyHeadersMax)).contains { hasRun($0) }
  }

  private static func hasRun(_ line: ArraySlice<UInt8>) -> Bool {
    line.split { !$0.isAlphanumeric && $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/") }
      .contains { $0.count >= keyRunMin && Set($0).count >= 12 }
  }
}

extension SecretScanner {
  private static let tellingNames = [
    "TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "API_KEY", "APIKEY", "ACCESS_KEY", "PRIVATE_KEY",
    "CREDENTIAL",
  ]
  private static let placeSuffixes = ["_FILE", "_PATH", "_DIR", "_URL", "_URI"]

  /// What absolute paths of our systems begin with.
  private static let rootNames: Set<Substring> = [
    "Applications", "Library", "Users", "Volumes", "app", "bin", "boot", "data", "dev", "etc", "home", "lib",
    "lib64", "media", "mnt", "nix", "opt", "private", "proc", "root", "run", "sbin", "snap", "srv", "sys",
    "tmp",
    "usr", "var", "work", "workspace",
  ]

  /// Whether a value is a path, or several with colons in between. A key may begin with a slash as well.
  static func isPath(_ value: String) -> Bool {
    let parts = value.split(separator: ":")
    return !parts.isEmpty
      && parts.allSatisfy { part in
        part.hasPrefix("~/")
          || part.hasPrefix("/") && (part.split(separator: "/").first.map(rootNames.contains) ?? true)
      }
  }

  /// The values of variables whose names say that they are secret.
  static func ownSecrets(in environment: [String: String]) -> [String] {
    environment.filter { name, value in
      let name = name.uppercased()
      return !isPath(value) && !placeSuffixes.contains { name.hasSuffix($0) }
        && (tellingNames.contains { name.contains($0) } || name.hasSuffix("_PAT") || name.hasSuffix("_KEY"))
    }.map(\.value).sorted()
  }
}

extension Failure {
  /// A write that is not sent; it never repeats the find.
  ///
  /// - Parameter place: where the find is, as a person would say it.
  static func withheld(_ kind: SecretKind, in place: String) -> Failure {
    Failure(.needsHuman, "withheld: it contains what looks like \(kind.rawValue) in \(place)")
  }
}
