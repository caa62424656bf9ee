extension TidyRule {
  static let declarationRules: [TidyRule] = [
    TidyRule(
      sentence: "a type is named for what it is: no Manager, Helper, Util, Base or Impl",
      bad: [
        "struct RunManager {}", "enum StringUtils {}", "typealias A = B\nclass StoreBase {}",
        "actor PollerImpl {}",
      ],
      good: [
        "struct Database {}", "class func makeManager() {}", "// struct RunManager",
        "let base = RunManager.self",
      ]
    ) { source in
      source.typeDeclarations.filter { $0.hasEmptySuffix }.map { source.violation(at: $0.index, $0.name) }
    },
    TidyRule(
      sentence: "every type of the product has a doc comment",
      bad: [
        "struct A {}", "// not a doc comment\nenum A {}", "/// A.\n\nactor A {}",
        "/// A.\nstruct A {\n  enum B {}\n}", "/// A.\nlet a = 1\n@main struct A {}", "private enum A {}",
      ],
      good: [
        "/// A.\nstruct A {\n  private enum B {}\n}", "/// A.\n@main\nstruct A {}",
        "/// A.\n@available(macOS 15, *)\nfinal class A {}", "/// A.\nindirect enum A {}",
        .test("struct A {}"),
        "extension A {}", "typealias A = B", "/// A.\nstruct A {\n  class func f() {}\n}",
        "func f() {\n  struct A {}\n}",
      ]
    ) { source in
      guard source.path.hasPrefix("Sources/Looper/") else { return [] }
      return source.typeDeclarations.filter { declaration in
        !declaration.isExcused && !source.documentedLines.contains(declaration.firstLine - 1)
      }.map { source.violation(at: $0.index, $0.name) }
    },
  ]

  static let wordRules: [TidyRule] = [
    TidyRule(
      sentence: "nothing is left for later in a comment",
      bad: marks.map { TidySample("Sources/Looper/Engine/Sample.swift", "// \($0): mend this") },
      good: ["let a = TODOS", "// all is done"]
    ) { source in
      source.lines.enumerated().filter { _, line in
        line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains { marks.contains(String($0)) }
      }.map { TidyViolation(path: source.path, line: $0.offset + 1, text: String($0.element)) }
    }
  ]

  /// Put together here so that this file does not break its own rule.
  private static let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
}

/// A declaration of a type in a file.
struct TidyTypeDeclaration: Sendable {
  let name: String
  /// The index of its keyword.
  let index: Int
  /// Where its attributes and modifiers begin.
  let firstLine: Int
  /// Whether it needs no doc comment: private inside another type, or inside a function.
  let isExcused: Bool

  /// Whether the name ends in a word that says nothing.
  var hasEmptySuffix: Bool {
    ["Manager", "Helper", "Helpers", "Util", "Utils", "Base", "Impl"].contains { suffix in
      name.hasSuffix(suffix)
    }
  }
}

extension TidySource {
  /// The structs, classes, enums, actors and protocols this file declares.
  var typeDeclarations: [TidyTypeDeclaration] {
    let keywords: Set<String> = ["struct", "class", "enum", "actor", "protocol"]
    let modifiers: Set<String> = [
      "private", "fileprivate", "final", "indirect", "nonisolated", "internal", "package", "public",
      "distributed",
    ]
    let bodies = functions.compactMap { function -> ClosedRange<Int>? in
      let first = tokens[function.start].line
      return function.lines > 1 ? first...(first + function.lines - 1) : nil
    }
    return indices(of: keywords).compactMap { index in
      guard text(index - 1) != ".", text(index - 1) != "import",
        text(index + 1).first?.isUppercase == true, !["(", ",", ":"].contains(text(index - 1))
      else { return nil }
      var first = index
      while modifiers.contains(text(first - 1)) || attributeStart(before: first) != nil {
        first = attributeStart(before: first) ?? first - 1
      }
      let isPrivate = (first..<index).contains { ["private", "fileprivate"].contains(text($0)) }
      let line = tokens[index].line
      let isIndented = lines[tokens[first].line - 1].first == " "
      let isLocal = bodies.contains { $0.contains(line) }
      return TidyTypeDeclaration(
        name: text(index + 1), index: index, firstLine: tokens[first].line,
        isExcused: isLocal || isPrivate && isIndented)
    }
  }

  /// The index of the `@attribute`, with or without arguments, that ends right before `index`.
  private func attributeStart(before index: Int) -> Int? {
    if text(index - 1).hasPrefix("@") { return index - 1 }
    guard text(index - 1) == ")" else { return nil }
    var depth = 0
    var position = index - 1
    while position >= 0 {
      if text(position) == ")" { depth += 1 }
      if text(position) == "(" { depth -= 1 }
      if depth == 0 { return text(position - 1).hasPrefix("@") ? position - 1 : nil }
      position -= 1
    }
    return nil
  }
}
