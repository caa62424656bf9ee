/// The shape of one kind of token: how it begins, what follows, how much of it.
struct SecretShape: Sendable {
  /// Which characters follow the beginning.
  enum Alphabet: Sendable {
    case upperAndDigits, alphanumeric, word, wordAndDash

    func contains(_ byte: UInt8) -> Bool {
      switch self {
      case .upperAndDigits: byte.isUpper || byte.isDigit
      case .alphanumeric: byte.isAlphanumeric
      case .word: byte.isAlphanumeric || byte == UInt8(ascii: "_")
      case .wordAndDash: byte.isAlphanumeric || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
      }
    }
  }

  var kind: SecretKind
  var prefix: [UInt8]
  var alphabet: Alphabet
  var lengths: ClosedRange<Int>
  /// Whether words would fit the shape too, so that small and large letters and digits must be there.
  var isMixed = false

  init(
    _ kind: SecretKind, _ prefix: String, _ alphabet: Alphabet, _ lengths: ClosedRange<Int>,
    isMixed: Bool = false
  ) {
    self.kind = kind
    self.prefix = Array(prefix.utf8)
    self.alphabet = alphabet
    self.lengths = lengths
    self.isMixed = isMixed
  }

  private static let lengthMax = 1000

  /// Longer beginnings before those they begin with. As the vendors document them, November 2026.
  static let all: [SecretShape] =
    ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"].map { SecretShape(.githubToken, $0, .word, 36...lengthMax) }
    + [SecretShape(.githubToken, "github_pat_", .word, 22...lengthMax)]
    + [SecretShape(.gitlabToken, "glpat-", .wordAndDash, 20...lengthMax)]
    + ["AKIA", "ASIA", "ABIA", "ACCA"].map { SecretShape(.awsKey, $0, .upperAndDigits, 16...16) }
    + [
      SecretShape(.googleKey, "AIza", .wordAndDash, 35...35),
      SecretShape(.googleKey, "ya29.", .wordAndDash, 30...lengthMax),
      SecretShape(.googleKey, "GOCSPX-", .wordAndDash, 24...lengthMax),
    ]
    + ["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xapp-"].map {
      SecretShape(.slackToken, $0, .wordAndDash, 20...lengthMax)
    }
    + [
      SecretShape(.anthropicKey, "sk-ant-", .wordAndDash, 20...lengthMax),
      SecretShape(.openAIKey, "sk-proj-", .wordAndDash, 20...lengthMax, isMixed: true),
      SecretShape(.openAIKey, "sk-svcacct-", .wordAndDash, 20...lengthMax, isMixed: true),
      SecretShape(.openAIKey, "sk-", .wordAndDash, 32...lengthMax, isMixed: true),
      SecretShape(.stripeKey, "sk_live_", .alphanumeric, 20...lengthMax),
      SecretShape(.stripeKey, "rk_live_", .alphanumeric, 20...lengthMax),
      SecretShape(.npmToken, "npm_", .alphanumeric, 36...36, isMixed: true),
      SecretShape(.pypiToken, "pypi-AgEI", .wordAndDash, 40...lengthMax),
      SecretShape(.huggingFaceToken, "hf_", .alphanumeric, 30...60, isMixed: true),
    ]

  /// The shapes by the first byte of their beginning.
  static let byFirstByte: [[SecretShape]] = {
    var table = [[SecretShape]](repeating: [], count: 256)
    for shape in all { if let first = shape.prefix.first { table[Int(first)].append(shape) } }
    return table
  }()

  /// Whether a token of this shape begins where `rest` begins.
  func matches(_ rest: ArraySlice<UInt8>) -> Bool {
    guard rest.starts(with: prefix) else { return false }
    let body = rest.dropFirst(prefix.count).prefix(Self.lengthMax + 1).prefix { alphabet.contains($0) }
    guard lengths.contains(min(body.count, Self.lengthMax)) else { return false }
    if isMixed,
      !(body.contains(where: \.isUpper) && body.contains(where: \.isLower) && body.contains(where: \.isDigit))
    {
      return false
    }
    return SecretText.isPlausible(body)
  }
}

extension UInt8 {
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
  var isUpper: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
  var isLower: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
  var isAlphanumeric: Bool { isDigit || isUpper || isLower }
  var lowercased: UInt8 { isUpper ? self + 32 : self }
  /// A space or a tab.
  var isBlank: Bool { self == 32 || self == 9 }
}
