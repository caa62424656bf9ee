import Testing

@testable import Looper

@Suite("An excerpt is at most 8 KiB and holds the line that says why a job failed")
struct LogExcerptTests {
  struct Shape: Sendable, CustomTestStringConvertible {
    var name: String
    /// What the job says where it fails.
    var failure: [String]
    /// The line that must be kept.
    var root: String

    var testDescription: String { name }

    /// The failure between far more ordinary lines than fit, as GitHub Actions prints them.
    func log(linesBefore: Int, linesAfter: Int) -> String {
      let before = (0..<linesBefore).map { "Downloading package \($0) of many, please wait" }
      let after = (0..<linesAfter).map { "Post job cleanup of cache entry \($0)" }
      let lines = before + failure + after + ["##[error]Process completed with exit code 1."]
      return lines.map { "2026-11-22T10:00:00.1234567Z \($0)" }.joined(separator: "\r\n")
    }
  }

  static let shapes: [Shape] = [
    Shape(
      name: "swift",
      failure: [
        "[3/9] Compiling Shop Cart.swift",
        "/w/Cart.swift:12:5: \u{1B}[31merror: \u{1B}[0mcannot find 'totl' in scope",
      ],
      root: "/w/Cart.swift:12:5: error: cannot find 'totl' in scope"),
    Shape(
      name: "gcc",
      failure: [
        "cc -c main.c", "main.c:3:10: fatal error: foo.h: No such file or directory",
        "make: *** [main.o] Error 1",
      ],
      root: "main.c:3:10: fatal error: foo.h: No such file or directory"),
    Shape(
      name: "rust", failure: ["error[E0308]: mismatched types", "  --> src/lib.rs:4:9", "   |"],
      root: "error[E0308]: mismatched types"),
    Shape(
      name: "cargo test",
      failure: [
        "test cart::adds ... FAILED", "thread 'cart::adds' panicked at src/cart.rs:9:5:",
        "assertion `left == right` failed",
      ],
      root: "thread 'cart::adds' panicked at src/cart.rs:9:5:"),
    Shape(
      name: "pytest",
      failure: [
        "____ test_total ____", "E       AssertionError: assert 3 == 4",
        "FAILED tests/test_cart.py::test_total - assert 3 == 4",
      ],
      root: "E       AssertionError: assert 3 == 4"),
    Shape(
      name: "python",
      failure: [
        "Traceback (most recent call last):", "  File \"a.py\", line 1, in <module>",
        "ModuleNotFoundError: No module named 'x'",
      ],
      root: "ModuleNotFoundError: No module named 'x'"),
    Shape(
      name: "go",
      failure: [
        "=== RUN   TestCart", "--- FAIL: TestCart (0.00s)", "    cart_test.go:9: got 3, want 4", "FAIL",
      ],
      root: "    cart_test.go:9: got 3, want 4"),
    Shape(
      name: "go panic",
      failure: ["panic: runtime error: index out of range [1] with length 1", "goroutine 1 [running]:"],
      root: "panic: runtime error: index out of range [1] with length 1"),
    Shape(
      name: "jest",
      failure: ["FAIL src/cart.test.js", "  ● cart › adds", "    Expected: 4", "    Received: 3"],
      root: "    Received: 3"),
    Shape(
      name: "typescript",
      failure: ["src/a.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'."],
      root: "src/a.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'."),
    Shape(
      name: "npm",
      failure: ["npm ERR! code ERESOLVE", "npm ERR! ERESOLVE unable to resolve dependency tree"],
      root: "npm ERR! code ERESOLVE"),
    Shape(
      name: "linker",
      failure: ["/usr/bin/ld: a.o: in function `main':", "a.c:(.text+0x5): undefined reference to `foo'"],
      root: "a.c:(.text+0x5): undefined reference to `foo'"),
    Shape(
      name: "java",
      failure: [
        "Exception in thread \"main\" java.lang.IllegalStateException: no cart",
        "\tat Shop.main(Shop.java:3)",
      ],
      root: "Exception in thread \"main\" java.lang.IllegalStateException: no cart"),
    Shape(
      name: "shell",
      failure: ["+ ./gradlew check", "/home/runner/w/1.sh: line 1: ./gradlew: Permission denied"],
      root: "/home/runner/w/1.sh: line 1: ./gradlew: Permission denied"),
  ]

  @Test(
    "lesson 42: the root line survives, wherever in a long log it is", arguments: shapes + LogShapes.all,
    [(400, 10), (10, 400), (250, 250)])
  func root(shape: Shape, around: (Int, Int)) {
    let text = LogExcerpt.failing(shape.log(linesBefore: around.0, linesAfter: around.1))
    #expect(text.utf8.count <= CheckExcerpt.bytesMax.bytes)
    #expect(text.split(separator: "\n").map(String.init).contains(shape.root.trimmedEnd))
  }

  @Test(
    "lesson 42: the root line survives after hundreds of errors that tests which pass have printed",
    arguments: shapes + LogShapes.all)
  func decoys(shape: Shape) {
    let printed = (0..<200).map { "    console.error Error: simulated failure number \($0) in a fixture" }
    let log = (printed + [shape.log(linesBefore: 10, linesAfter: 10)]).joined(separator: "\n")
    let text = LogExcerpt.failing(log)
    #expect(text.utf8.count <= CheckExcerpt.bytesMax.bytes)
    #expect(text.split(separator: "\n").map(String.init).contains(shape.root.trimmedEnd))
  }

  @Test("an error that is repeated a thousand times is told once")
  func repetition() {
    let cascade = (0..<1000).map { _ in "a.c:3:1: error: no such thing" }
    let noise = (0..<4000).map { "line \($0) of no interest" }
    let lines = LogExcerpt.failing((noise + cascade + noise).joined(separator: "\n")).split(separator: "\n")
    #expect(lines.count { $0 == "a.c:3:1: error: no such thing" } == 1)
  }

  @Test(
    "lesson 42: what comes again and again is told once, with its number, also where other lines lie between")
  func scattered() {
    let pairs = (0..<400).flatMap { ["warning: this thing is old", "Compiling part \($0) of the whole"] }
    let failure = ["src/a.c:3:1: error: no such thing", "  }", "src/b.c:9:1: note: from here", "  }"]
    let text = LogExcerpt.failing((pairs + failure + pairs + failure).joined(separator: "\n"))
    let lines = text.split(separator: "\n").map(String.init)
    #expect(text.utf8.count <= CheckExcerpt.bytesMax.bytes)
    #expect(lines.count { $0 == "warning: this thing is old" } <= 1)
    let root = lines.firstIndex(of: "src/a.c:3:1: error: no such thing")
    #expect(
      root.map { Array(lines[$0..<$0 + 6]) } == [
        "src/a.c:3:1: error: no such thing", "(repeated 1 more times)", "  }",
        "src/b.c:9:1: note: from here", "(repeated 1 more times)", "  }",
      ])
  }

  @Test("there are at least thirty shapes, each of another tool")
  func count() {
    let names = (Self.shapes + LogShapes.all).map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.count >= 30)
  }

  @Test("the first of many errors is kept with what is before it")
  func firstError() {
    let errors = (0..<500).map { "error: number \($0) of a long cascade of errors" }
    let log = (["step one", "step two"] + errors).joined(separator: "\n")
    let lines = LogExcerpt.failing(log, bytesMax: 2000).split(separator: "\n")
    #expect(lines.prefix(3) == ["step one", "step two", "error: number 0 of a long cascade of errors"])
  }

  @Test("a short log is shown whole, without colours, times and repetitions")
  func short() {
    let log =
      "2026-11-22T10:00:00Z a\u{1B}[1mb\u{1B}[0m\n[10:00:00] again\n[10:00:01] again\n[10:00:02] again\n\n\n\tend  \n"
    #expect(LogExcerpt.failing(log) == "ab\nagain\n(repeated 2 more times)\n\n end")
  }

  @Test("nothing makes it too long or breaks a character", arguments: [0, 1, 3, 7, 100, 8192])
  func bounds(bytesMax: Int) {
    let logs = [
      String(repeating: "ä", count: 20_000), String(repeating: "error: 👩‍👩‍👧‍👦\n", count: 500),
      (0..<1000).map { "error: \($0)" }.joined(separator: "\n"), String(repeating: "\n", count: 10_000), "",
    ]
    for log in logs { #expect(LogExcerpt.failing(log, bytesMax: bytesMax).utf8.count <= bytesMax) }
  }

  @Test(
    "lines that only speak of errors do not count",
    arguments: [
      "Compiled with 0 errors", "test result: ok. 9 passed; 0 failed", "##[group]Run make -Werror",
    ])
  func harmless(line: String) {
    #expect(LogErrorRank(line: line) == .none)
  }
}

extension String {
  fileprivate var trimmedEnd: String {
    var text = Substring(replacing("\t", with: " "))
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
