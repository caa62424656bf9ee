extension TidyRule {
  static let unsafetyRules: [TidyRule] = [
    .tokens(
      "errors and casts are handled: no try with an exclamation mark, no forced cast",
      at: ["try", "as"],
      bad: ["let a = try! f()", "let a = b as! C", "let a = \"\\(try! f())\""],
      good: ["let a = try f()", "let a = try? f()", "let a = b as? C", "// try! f()", "let a = \"try! as!\""]
    ) { source, index in
      source.isTouched(by: "!", after: index)
    },
    .tokens(
      "no optional is unwrapped by force, and none unwraps itself",
      at: ["!"],
      bad: [
        "let a = b!", "let a = b()!.c", "let a = b[0]!", "var a: String!", "let a = \"\\(b!)\"",
        "let a = \"1\"!",
      ],
      good: [
        "let a = !b", "if a != b {}", "if (!a) {}", "let a = \"b!\"", "// b!", "let a = #/b!/#",
        "let a = [!b]",
      ]
    ) { source, index in
      guard source.tokens[index].touchesPrevious, index > 0 else { return false }
      if source.isTouched(by: "=", after: index) { return false }
      let previous = source.text(index - 1)
      if ["try", "as"].contains(previous) { return false }
      return source.tokens[index - 1].isWord || [")", "]", "}", ">", "\"\""].contains(previous)
    },
    .tokens(
      "the compiler's checks of data races are never switched off",
      at: ["@unchecked", "@preconcurrency", "nonisolated"],
      bad: [
        "struct A: @unchecked Sendable {}", "nonisolated(unsafe) var a = 1",
        "@preconcurrency import Foundation",
      ],
      good: ["nonisolated func f() {}", "// @unchecked Sendable", "struct A: Sendable {}"]
    ) { source, index in
      source.text(index) != "nonisolated" || source.reads("(", "unsafe", ")", at: index + 1)
    },
    .tokens(
      "nothing is public: there is one module",
      at: ["public", "open"],
      bad: ["public struct A {}", "open class A {}"],
      good: ["case public", "let a = Visibility.public", "f(public: 1)", "let open = 1", "open()"]
    ) { source, index in
      let keywords: Set<String> = [
        "actor", "class", "enum", "extension", "final", "func", "init", "let", "protocol", "static", "struct",
        "typealias", "var",
      ]
      return source.text(index - 1) != "."
        && keywords.contains(source.text(index + 1))
    },
    .tokens(
      "only the command line and the demo print",
      at: ["print"],
      bad: ["print(1)"],
      good: [
        TidySample("Sources/Looper/CLI/Sample.swift", "print(1)"),
        TidySample("Sources/Looper/Demo/Sample.swift", "print(1)"),
        .test("print(1)"), "func print(_ a: Int) {}", "screen.print(1)",
      ]
    ) { source, index in
      let isAllowed = ["Tests/", "Sources/Looper/CLI/", "Sources/Looper/Demo/"].contains {
        source.path.hasPrefix($0)
      }
      return !isAllowed && source.reads("print", "(", at: index)
        && ![".", "func"].contains(source.text(index - 1))
    },
  ]
}

extension TidySource {
  /// Whether `mark` follows the token without a space.
  fileprivate func isTouched(by mark: String, after index: Int) -> Bool {
    text(index + 1) == mark && tokens[index + 1].touchesPrevious
  }
}
