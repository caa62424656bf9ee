import Testing

@testable import Looper

@Suite("texts are read as their writers meant them")
struct ConfigurationTextTests {
  @Test(
    "a command line is split as a shell would",
    arguments: [
      ("a b", ["a", "b"]), ("  a  'b c' ", ["a", "b c"]), ("\"a \\\" b\"c", ["a \" bc"]), ("a\\ b", ["a b"]),
      ("'' x", ["", "x"]), ("'a\\'", ["a\\"]), ("", []), ("'a", nil), ("a\\", nil),
    ] as [(String, [String]?)])
  func words(text: String, expected: [String]?) {
    #expect(ConfigurationText.words(text) == expected)
  }

  @Test(
    "a path is made absolute and plain",
    arguments: [("~", "/h"), ("~/a//b/", "/h/a/b"), ("/x/", "/x"), ("/~/x", "/~/x"), ("~user", "~user")])
  func expansion(path: String, expected: String) {
    #expect(ConfigurationText.expanded(path, home: "/h") == expected)
  }

  @Test(
    "the nearest key is the one that was meant",
    arguments: [
      ("server.prot", "server.port"), ("server.poll-interval-secs", "daemon.poll-interval-secs"),
      ("agent.timeoutSecs", "agent.timeout-secs"), ("github.gh_path", "github.gh-path"),
      ("agent.roles.fixer.vendro", "agent.roles.fixer.vendor"),
    ])
  func nearest(unknown: String, expected: String) {
    let known = ConfigurationSchema.keys.map(\.path)
    #expect(ConfigurationSuggestion.nearest(to: unknown, among: known) == expected)
  }

  @Test(
    "a duration may have a unit",
    arguments: [
      ("30s", 30), ("5m", 300), ("1h", 3600), ("2000ms", 2), ("1500ms", nil), ("s", nil), ("-1s", nil),
      ("1 s", nil),
      ("9999999999999999999d", nil), ("2h", nil),
    ] as [(String, Int?)])
  func durations(text: String, seconds: Int?) {
    let codec = ConfigurationCodec<Duration>.duration(.seconds, 1...3600)
    #expect((try? codec.decode(.string(text)).get()) == seconds.map { Duration.seconds($0) })
  }

  @Test(
    "JSON numbers are whole where they can be",
    arguments: [
      ("0", .integer(0)), ("-5", .integer(-5)), ("1.5", .double(1.5)), ("1e2", .double(100)), ("01", nil),
      ("-", nil),
      ("1.", nil), (".5", nil), ("+1", nil), ("0.5", .double(0.5)), ("1e999", nil), ("nan", nil),
      ("0x1", nil),
    ] as [(String, JSONValue?)])
  func numbers(text: String, expected: JSONValue?) {
    #expect(ConfigurationNumber.json(text) == expected)
  }

  @Test("JSON strings have their escapes, also beyond the first plane")
  func escapes() throws {
    let node = try ConfigurationJSONParser.parse("[\"a\\n\\u00e9\\ud83d\\ude00\\/\", {}, [ ], true, null]")
      .get()
    #expect(node.json == ["a\né😀/", [:], [], true, nil])
    for bad in ["\"\\ud83d\"", "\"\\ude00\"", "\"\\u12\"", "\"\\x\"", "\"a\nb\"", "[1,]", "{,}", "tru", ""] {
      #expect(throws: ConfigurationSyntaxError.self) { try ConfigurationJSONParser.parse(bad).get() }
    }
  }
}
