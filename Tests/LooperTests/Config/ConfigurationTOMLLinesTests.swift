import Testing

@testable import Looper

@Suite("every TOML key is found on its line")
struct ConfigurationTOMLLinesTests {
  @Test("through comments, quotes, long strings, nested values and repeated tables")
  func lines() {
    let text = #"""
      top = 1 # [no]
      "quo.ted" = '#' 
      long = """
      x = "y" \"""
      [z]
      """
      list = [
        "]", # ]
        { a = 1, b = ['['] },
      ]
      lit = '''
      ''''
      a.b = 2
      [ sec . 'sub' ] # comment
      k = "\""
      [[arr]]
      k = 1
      [arr.inner]
      k = 2
      [[arr]]

      k = 3
      """#
    let lines = ConfigurationTOMLLines(text)
    let expected: [([String], Int)] = [
      (["top"], 1), (["quo.ted"], 2), (["long"], 3), (["list"], 7), (["lit"], 11), (["a"], 13),
      (["a", "b"], 13),
      (["sec"], 14), (["sec", "sub"], 14), (["sec", "sub", "k"], 15), (["arr"], 16), (["arr", "[0]"], 16),
      (["arr", "[0]", "k"], 17), (["arr", "[0]", "inner"], 18), (["arr", "[0]", "inner", "k"], 19),
      (["arr", "[1]"], 20), (["arr", "[1]", "k"], 22),
    ]
    for (path, line) in expected { #expect(lines[path] == line, "\(path)") }
    #expect(lines[["x"]] == nil)
    #expect(lines[["z"]] == nil)
  }

  @Test(
    "an unfinished text is no danger", arguments: ["a = \"", "a = '''", "[", "[[", "a", "\"", "a = [\"\\"])
  func unfinished(text: String) {
    #expect(ConfigurationTOMLLines(text)[["nothing"]] == nil)
  }
}
