import Foundation
import Testing

@testable import Looper

@Suite("no file can crash the loader, and every refusal says where")
struct ConfigurationHostileTests {
  /// A file, and the problem it must lead to.
  struct Case: CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var expected: String
    var testDescription: String { "\(name) \(String(decoding: bytes.prefix(40), as: UTF8.self))" }

    init(_ name: String, _ text: String, _ expected: String) {
      self.init(name, Array(text.utf8), expected)
    }

    init(_ name: String, _ bytes: [UInt8], _ expected: String) {
      self.name = name
      self.bytes = bytes
      self.expected = expected
    }
  }

  static let cases: [Case] = [
    Case(
      "toml", "[server]\nport = \"x\"", ":2: server.port: must be a whole number from 0 to 65535, not \"x\""),
    Case(
      "toml", "[server]\nport = 65536", ":2: server.port: must be a whole number from 0 to 65535, not 65536"),
    Case("toml", "[server]\nport = 1.0", ":2: server.port: must be a whole number from 0 to 65535, not 1.0"),
    Case("toml", "[server]\nenabled = 1", ":2: server.enabled: must be true or false, not 1"),
    Case(
      "toml", "[server]\nhost = [1]",
      ":2: server.host: must be a host name or an address, without a port, not a list"),
    Case(
      "toml", "[budget]\n\nday-cost-usd = nan",
      ":3: budget.day-cost-usd: must be a number of at least 0, not nan"),
    Case("toml", "[agent]\nmodel = 2026-01-01", ":2: expected a value; dates and times must be quoted"),
    Case("toml", "[agent]\nenv = [\"A=B\"]", ":2: agent.env: must be a list of variable names, not a list"),
    Case("toml", "a = 1\n[=x]", ":2: a table's header must begin with a key"),
    Case("toml", "[[ .a]]", ":1: a table's header must begin with a key"),
    Case("toml", "a = [\n}]", ":2: expected a value or ], found }"),
    Case("toml", "a = [\u{2028}1]", ":1: only quoted text may hold other than ASCII characters"),
    Case("toml", "a = [1,\n12:]", ":2: expected a value; dates and times must be quoted"),
    Case("toml", "a = 1\r[b]", ":1: holds a control character"),
    Case("toml", "a = 1\u{0}\n", ":1: holds a control character"),
    Case("toml", [0x61, 0x0A, 0xFF, 0xFE], ":2: is not UTF-8"),
    Case(
      "toml", "[[projects]]\nname = \"no\"",
      ":2: projects[0].name: must be a repository as \"owner/name\" or \"host/owner/name\", not \"no\""),
    Case(
      "toml", "[projects]\nname = \"a/b\"",
      ":1: projects: must be a list of tables, written [[projects]] in TOML"),
    Case("toml", "projects = [1]", ":1: projects[0]: must be a table"),
    Case(
      "yaml", "server:\n  port: 99999999999999999999",
      ":2: server.port: must be a whole number from 0 to 65535, not 1e+20"),
    Case("yaml", "server:\n  port:", ":2: server.port: must be a whole number from 0 to 65535, not empty"),
    Case("yaml", "a: 1\na: 2", ":1: key a is there twice"),
    Case("yaml", "- 1", ":1: must be a table of sections at the top"),
    Case("json", "{\"server\":\n {\"port\": 1e400}}", ":2: expected a value, found \"1e400\""),
    Case("json", "{\"server\": {}} x", ":1: unexpected text after the end"),
    Case("json", "{\"a\": 1,\n\"a\": 2}", ":2: key a is there twice"),
    Case("json", "{\"a\":\n\"b", ":2: a string is not finished"),
    Case("json", "[]", ":1: must be a table of sections at the top"),
    Case("json", String(repeating: "[", count: 100_000), ":1: nested too deeply"),
  ]

  @Test("a hostile file leads to one problem that names the place", arguments: cases)
  func hostile(_ file: Case) throws {
    try ConfigurationHome.with { home in
      try home.write(Data(file.bytes), to: ".looper/looper.\(file.name)")
      let problems = home.problems()
      let missing = "projects[0].name: is missing"
      #expect(problems.filter { !$0.hasSuffix(missing) } == ["~/.looper/looper.\(file.name)\(file.expected)"])
    }
  }

  @Test(
    "broken syntax is reported with its line",
    arguments: [
      ("toml", "[server]\nport = = 1"), ("toml", "[server\nport = 1"), ("toml", "x = 1\nx = 2"),
      ("toml", "a = 1\nb = 99999999999999999999"), ("yaml", "a: [1\nb: }"), ("yaml", "a: *x\n"),
      ("yaml", "\ta: 1"), ("json", "{\"a\"\n1}"), ("json", "{\n'a': 1}"),
    ])
  func brokenSyntax(name: String, text: String) throws {
    try ConfigurationHome.with { home in
      try home.write(text, to: ".looper/looper.\(name)")
      let problems = home.problems()
      #expect(problems.count == 1)
      let hasLine = try problems.allSatisfy {
        try #/~\/\.looper\/looper\.\w+:[12]: .+/#.wholeMatch(in: $0) != nil
      }
      #expect(hasLine, "\(problems)")
    }
  }

  @Test("deep and self-multiplying documents are refused")
  func bombs() throws {
    let aliases = (1...9).map {
      "a\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 9).joined(separator: ", "))]"
    }
    let bomb = "a0: &a0 [1]\n" + aliases.joined(separator: "\n")
    for (name, text) in [
      ("yaml", bomb), ("yaml", String(repeating: "[", count: 50_000)),
      ("yaml", String(repeating: "- ", count: 50_000)),
      ("toml", "a = " + String(repeating: "[", count: 50_000)),
      ("toml", "# \(String(repeating: "x", count: ConfigurationFile.bytesMax))"),
    ] {
      try ConfigurationHome.with { home in
        try home.write(text, to: ".looper/looper.\(name)")
        #expect(home.problems().count == 1)
      }
    }
  }

  @Test("a directory, a fifo's kin or a missing target in the file's place is a problem")
  func notAFile() throws {
    try ConfigurationHome.with { home in
      try FileManager.default.createDirectory(
        atPath: "\(home.path)/.looper/looper.toml", withIntermediateDirectories: true)
      #expect(home.problems() == ["~/.looper/looper.toml: is a directory; expected a file"])
      #expect(home.problems(["LOOPER_CONFIG": "/dev/null"]) == ["/dev/null: is not a regular file"])
    }
  }

  @Test("what cannot be read, or is far too large, is a problem", arguments: ConfigurationFormat.allCases)
  func unreadable(format: ConfigurationFormat) throws {
    try ConfigurationHome.with { home in
      let name = ".looper/looper.\(format.rawValue)"
      let path = try home.write("", to: name)
      try FileManager.default.removeItem(atPath: path)
      try ConfigurationHome.makeUnreadable(path)
      #expect(home.problems().count == 1)
      #expect(home.problems().allSatisfy { $0.hasPrefix("~/\(name): cannot be read: ") })
      try FileManager.default.removeItem(atPath: path)
      try ConfigurationHome.makeHuge(path)
      #expect(home.problems() == ["~/\(name): is larger than 1048576 bytes"])
    }
  }

  @Test(
    "another encoding than UTF-8 is a problem of the first line it shows in",
    arguments: [String.Encoding.isoLatin1, .utf16LittleEndian, .utf16BigEndian, .utf32, .windowsCP1252])
  func encodings(encoding: String.Encoding) throws {
    try ConfigurationHome.with { home in
      let bytes = try #require("[trust]\ndisclosure-text = \"caf\u{E9}\"\n".data(using: encoding))
      try home.write(bytes, to: ".looper/looper.toml")
      let problems = home.problems()
      #expect(problems.count == 1)
      #expect(problems.allSatisfy { $0.contains(#/^~\/\.looper\/looper\.toml:[12]: /#) }, "\(problems)")
    }
  }

  @Test("any cut or changed byte of a good file is either read or refused with a line", arguments: 0..<8)
  func mutations(seed: UInt64) throws {
    let good = Array(ConfigurationView(Configuration()).toml().utf8)
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for _ in 0..<40 {
      var bytes = good
      switch next(3) {
      case 0: bytes.removeSubrange(next(bytes.count)...)
      case 1: bytes[next(bytes.count)] = UInt8(next(256))
      default: bytes.remove(at: next(bytes.count))
      }
      for format in ConfigurationFormat.allCases {
        guard case .success(let text) = ConfigurationBytes.text(bytes) else { continue }
        switch format.parse(text) {
        case .failure(let error): #expect(error.line != nil, "seed \(seed), \(format): \(error.message)")
        case .success(let document):
          do {
            _ = try ConfigurationLoader.load(document: document, path: "f", homeDirectory: "/h")
          } catch {
            #expect(
              error.problems.allSatisfy { $0.path != nil && $0.description.hasPrefix("f:") },
              "seed \(seed): \(error)")
          }
        }
      }
    }
  }
}
