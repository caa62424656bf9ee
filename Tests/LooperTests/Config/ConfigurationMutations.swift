import Foundation

@testable import Looper

/// Good files with something wrong in them, the same for the same seed.
struct ConfigurationMutations {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  static let samples: [ConfigurationFormat: String] = [
    .toml: """
    [server]
    host = "127.0.0.1"
    port = 7391
    enabled = true
    [daemon]
    data-dir = "~/.looper"
    [agent]
    vendor = "custom"
    command = ["/bin/agent", '--x', "a b"]
    [agent.roles.reviewer]
    model = "large"
    [budget]
    day-cost-usd = 1.5
    [[projects]]
    name = "acme/shop"
    [[projects]]
    name = "acme/other"
    agent = { vendor = "codex" }

    """,
    .yaml: """
    server:
      host: 127.0.0.1
      port: 7391
    daemon: {data-dir: "~/.looper", poll-interval-secs: 30}
    agent:
      vendor: custom
      command: &c [/bin/agent, '--x']
      roles:
        reviewer:
          model: |
            large
    budget:
      day-cost-usd: 1.5
    projects:
      - name: acme/shop
      - name: acme/other
        agent: {vendor: codex}

    """,
    .json: """
    {"server": {"host": "127.0.0.1", "port": 7391, "enabled": true},
     "daemon": {"data-dir": "~/.looper"},
     "agent": {"vendor": "custom", "command": ["/bin/agent"], "roles": {"reviewer": {"model": "l\\u00e9"}}},
     "budget": {"day-cost-usd": 1.5},
     "projects": [{"name": "acme/shop"}, {"name": "acme/other"}]}

    """,
  ]

  /// What parsers stumble over, of all formats: what is harmless in one is not in another.
  private static let tokens: [[UInt8]] =
    words.map { Array($0.utf8) } + [[0xFF], [0xED, 0xA0, 0x80], [0xC3]]

  private static let words =
    [
      "[", "]", "[[", "]]", "{", "}", "=", "\"", "'", "\"\"\"", "'''", ".", ",", ":", ": ", "#", "\\", "\\u",
      "\\ud800",
      "\\UFFFFFFFF", "\\x", "- ", "- - - ", "&a ", "*a", "*c", "<<: *c", "!!int ", "!!binary ", "!foo ",
      "---\n", "...\n",
      "%YAML 9.9\n---\n", "|", ">", "? ", "\t", "\r", "\r\n", "\0", "\u{7F}", "\u{85}", "\u{2028}",
      "\u{FEFF}", "é", "@",
      "`", "~", "null", "nul", "true", "nan", "-inf", ".inf", "NaN", "1e999", "0x", "01", "1.", ".1", "1_",
      "1__0", "-0",
      "99999999999999999999", "2020-01-01", "12:00:00", "//", "/*", "\"\" = 1", "[[a]]\n[a]",
    ]

  /// One file; every tenth is in another encoding, or no text at all.
  mutating func next(_ format: ConfigurationFormat) -> [UInt8] {
    var bytes = Array((Self.samples[format] ?? "").utf8)
    for _ in 0..<[1, 1, 2, 5][below(4)] { mutate(&bytes) }
    guard below(10) == 0 else { return bytes }
    let text = String(decoding: bytes, as: UTF8.self)
    switch below(4) {
    case 0: return Array(text.data(using: .utf16) ?? Data())
    case 1: return Array(text.data(using: .utf32BigEndian) ?? Data())
    case 2: return bytes.map { _ in UInt8(below(256)) }
    default: return [0xEF, 0xBB, 0xBF] + bytes
    }
  }

  private mutating func mutate(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else {
      bytes = [UInt8(below(256))]
      return
    }
    let place = below(bytes.count)
    switch below(6) {
    case 0: bytes.removeSubrange(place...)
    case 1: bytes[place] = UInt8(below(256))
    case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(12)))
    case 3:
      let part = bytes[place..<min(bytes.count, place + 1 + below(30))]
      bytes.insert(contentsOf: part, at: place)
    default:
      let token = Self.tokens[below(Self.tokens.count)]
      let count = [1, 1, 3, 2000][below(4)]
      bytes.insert(contentsOf: Array(repeating: token, count: count).joined(), at: place)
    }
  }

  private mutating func below(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
}
