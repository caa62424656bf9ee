import Testing

@Suite("Comments and the contents of strings are not code; interpolations are")
struct TidyLexerTests {
  @Test(
    "tokens are what is left of a text without comments and strings",
    arguments: [
      ("let a = b", ["let", "a", "=", "b"]),
      ("a // b\nc", ["a", "c"]),
      ("a /* b /* c */ d */ e", ["a", "e"]),
      (#"a("b \" c") d"#, ["a", "(", #""""#, ")", "d"]),
      (#"a("b \(c("d")) e") f"#, ["a", "(", #""""#, "c", "(", #""""#, ")", ")", "f"]),
      ("a = \"\"\"\n  b \"c\" \\(d) // e\n  \"\"\"\nf", ["a", "=", #""""#, "d", "f"]),
      (##"a(#"b " \(c) \#(d)"#) e"##, ["a", "(", #""""#, "d", ")", "e"]),
      ("a = /b!c/\nd", ["a", "=", "d"]),
      ("a / b / c", ["a", "/", "b", "/", "c"]),
      ("@main `in` $0", ["@main", "`in`", "$0"]),
      ("", []),
    ] as [(String, [String])])
  func tokens(text: String, expected: [String]) {
    #expect(TidyLexer(text).tokens.map(\.text) == expected)
  }

  @Test("a token knows its line, also after comments and texts of several lines")
  func lines() {
    let text = "a\n/* b\n c */ d\n\"\"\"\n e\n\n\"\"\"\n/// f\ng"
    let lexer = TidyLexer(text)
    #expect(lexer.tokens.map(\.line) == [1, 3, 4, 9])
    #expect(lexer.documentedLines == [8])
  }

  @Test("a token knows whether a space stands before it")
  func touching() {
    #expect(
      TidyLexer("a! !b \"c\"!").tokens.map(\.touchesPrevious) == [false, true, false, true, false, true])
  }

  @Test("a function is as long as from its first line to its closing brace")
  func functions() {
    let text = """
      protocol A { func a() }
      struct B {
        var b: Int { 1 }
        var c = 1
        init(d: () -> Void = { e() }) where F: G {
          h()
        }
        func i(
          j: Int
        ) async throws -> [Int] {
          [1].map { $0 }
        }
      }
      """
    let found = TidySource(path: "a", text: text).functions.map { "\($0.name) \($0.lines)" }
    #expect(found == ["b 1", "init 3", "i 5"])
  }
}
