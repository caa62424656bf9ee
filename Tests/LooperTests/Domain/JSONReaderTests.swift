import Foundation
import Testing

@testable import Looper

@Suite("JSON is read as Foundation reads it, and anything else is refused")
struct JSONReaderTests {
  private static func foundation(_ text: Data) -> JSONValue? {
    try? JSONDecoder().decode(JSONValue.self, from: text)
  }

  @Test(
    "whatever the text, both say the same",
    arguments: [
      #"{"a":1,"b":[true,false,null,"x"],"c":{"d":{}},"e":[]}"#, " \t\r\n[ 1 , 2 ]\n", #""""#, "0", "-0",
      "10",
      "-12.5e-3", "1.0", "3E2", "1e400", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
      "0.1", "01", "1.", ".5", "-", "+1", "1e", "tru", "True", "nul", "NaN", "", " ", "[,]", "[1 2]", "[",
      "{,}", #"{"a"}"#, #"{"a":}"#, #"{a:1}"#, #"{"a":1"#, "{}{}", "[]x", #""a"#, #"'a'"#,
      #""\"\\\/\b\f\n\r\t""#, #""\u00e4\u20AC\uD83D\uDE00 é 😀""#, #""\x""#, #""\u12""#, #""\u12G4""#, #""\"#,
      "\"a\tb\"", "\"a\nb\"", "\"a\u{0}b\"", #"{"\u0061":1}"#, "\"\u{7F}\u{2028}\"",
    ])
  func likeFoundation(text: String) {
    #expect(JSONReader.value(Data(text.utf8)) == Self.foundation(Data(text.utf8)))
  }

  @Test("every line that was recorded of an agent is read the same")
  func recorded() throws {
    var lines = 0
    for folder in ["claude-code-2.1.330", "codex-0.163.0", "cursor-documented", "opencode-documented"] {
      let directory = GoldenText.url(folder)
      for name in try FileManager.default.contentsOfDirectory(atPath: directory.path)
      where name.hasSuffix(".jsonl") {
        for line in try Data(contentsOf: directory.appending(path: name)).split(separator: 0x0A) {
          #expect(JSONReader.value(line) == Self.foundation(line))
          lines += 1
        }
      }
    }
    #expect(lines > 100)
  }

  @Test("half of a character, as programs print that cut texts anywhere, loses itself and not the line")
  func halfCharacters() {
    #expect(
      JSONReader.value(Data(#"["\ud83d","\ude00x","\ud83d\u0041","\ud83d\n"]"#.utf8)) == [
        "\u{FFFD}", "\u{FFFD}x", "\u{FFFD}A", "\u{FFFD}\n",
      ])
  }

  @Test("of equal keys the last counts; what is no UTF-8 or nested without end is refused")
  func limits() {
    #expect(JSONReader.value(Data(#"{"a":1,"a":2}"#.utf8)) == ["a": 2])
    #expect(JSONReader.value(Data([0x22, 0xFF, 0x22])) == nil)
    // Foundation takes a comma too many.
    #expect(JSONReader.value(Data("[1,]".utf8)) == nil)
    #expect(JSONReader.value(Data(#"{"a":1,}"#.utf8)) == nil)
    let depth = JSONReader.depthMax
    let open = String(repeating: "[", count: depth)
    let close = String(repeating: "]", count: depth)
    #expect(JSONReader.value(Data("\(open)\(close)".utf8)) != nil)
    #expect(JSONReader.value(Data("[\(open)\(close)]".utf8)) == nil)
  }
}
