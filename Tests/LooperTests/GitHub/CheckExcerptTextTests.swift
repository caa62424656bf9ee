import Testing

@testable import Looper

@Suite("A fixer is shown of a failing check what its report, its annotations and its log say, in 8 KiB")
struct CheckExcerptTextTests {
  private static let annotations: [JSONValue] = [
    ["path": "b.c", "start_line": 7, "annotation_level": "notice", "message": "long function"],
    ["path": "a.c", "start_line": 3, "annotation_level": "failure", "message": "no such thing"],
    ["path": ".github", "annotation_level": "warning", "message": "old runner"],
  ]

  @Test("the report, then annotations with the worst first, then the log without times and colours")
  func whole() {
    let text = CheckExcerptText(
      run: ["output": ["title": "1 error", "summary": "It does not build", "text": ""]],
      annotations: Self.annotations,
      log: "2026-11-22T10:00:00.1234567Z \u{1B}[31ma.c:3:1: error: no such thing\u{1B}[0m\r\n"
    ).text
    #expect(
      text == """
        1 error
        It does not build
        a.c:3: failure: no such thing
        .github: warning: old runner
        b.c:7: notice: long function

        a.c:3:1: error: no such thing
        """)
  }

  @Test("without a log the report and the annotations are all, without them the log is")
  func parts() {
    let report = CheckExcerptText(
      run: ["output": ["title": "1 error"]], annotations: [Self.annotations[2]], log: "")
    #expect(report.text == "1 error\n.github: warning: old runner")
    #expect(CheckExcerptText(run: [:], annotations: [], log: "error: x\n").text == "error: x")
    #expect(CheckExcerptText(run: [:], annotations: [], log: "").text.isEmpty)
  }

  @Test("a long report leaves the log half of the room, and its root line is there")
  func bounded() {
    let noise = (0..<5000).map { "line \($0) of no interest" }.joined(separator: "\n")
    let text = CheckExcerptText(
      run: ["output": ["title": "1 error", "summary": .string(noise)]], annotations: Self.annotations,
      log: "\(noise)\nmain.c:3:1: error: no such thing\n\(noise)"
    ).text
    let lines = text.split(separator: "\n")
    #expect(text.utf8.count <= CheckExcerpt.bytesMax.bytes)
    #expect(lines.first == "1 error")
    #expect(lines.contains("main.c:3:1: error: no such thing"))
  }
}
