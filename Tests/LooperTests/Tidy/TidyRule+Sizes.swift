extension TidyRule {
  static let fileLinesMax = 400
  static let functionLinesMax = 70

  static let sizeRules: [TidyRule] = [
    TidyRule(
      sentence: "no file is longer than \(fileLinesMax) lines",
      bad: [
        TidySample("Sources/Looper/Engine/Sample.swift", String(repeating: "\n", count: fileLinesMax + 1))
      ],
      good: [TidySample("Sources/Looper/Engine/Sample.swift", String(repeating: "\n", count: fileLinesMax))]
    ) { source in
      guard source.lineCount > fileLinesMax else { return [] }
      return [TidyViolation(path: source.path, line: source.lineCount, text: "\(source.lineCount) lines")]
    },
    TidyRule(
      sentence: "no function is longer than \(functionLinesMax) lines",
      bad: [
        long(after: "func f() {"), long(after: "init(a: () -> Void = { }) where A: B {"),
        long(after: "var a: Int {"), long(after: "protocol P { func f() }\nstruct A {\nfunc g() {") + "}",
      ],
      good: [
        long(after: "func f() {", count: functionLinesMax - 2), long(after: "struct A {\nfunc f() {}"),
        long(after: "let a = [", closing: "]"), long(after: "func f()\nextension A {"),
      ].map { TidySample("Sources/Looper/Engine/Sample.swift", $0.text) }
    ) { source in
      source.functions.filter { $0.lines > functionLinesMax }.map {
        source.violation(at: $0.start, "\($0.name) has \($0.lines) lines")
      }
    },
  ]

  private static func long(
    after head: String, count: Int = functionLinesMax, closing: String = "}"
  ) -> TidySample {
    TidySample(
      "Sources/Looper/Engine/Sample.swift", head + "\n" + String(repeating: "a()\n", count: count) + closing)
  }
}

extension TidySample {
  fileprivate static func + (sample: TidySample, end: String) -> TidySample {
    TidySample(sample.path, sample.text + end)
  }
}

/// A function, initialiser, subscript or computed property and how long it is, from its first line to its brace.
struct TidyFunction: Sendable {
  let name: String
  /// The index of its first token.
  let start: Int
  let lines: Int
}

extension TidySource {
  /// Every function that has a body.
  var functions: [TidyFunction] {
    indices(of: ["func", "var", "init", "subscript", "deinit"]).compactMap { index in
      guard isFunctionStart(index), let open = bodyStart(after: index), let close = closing(of: open) else {
        return nil
      }
      let name = text(index) == "func" || text(index) == "var" ? text(index + 1) : text(index)
      return TidyFunction(name: name, start: index, lines: tokens[close].line - tokens[index].line + 1)
    }
  }

  private func isFunctionStart(_ index: Int) -> Bool {
    switch text(index) {
    case "func", "var": text(index - 1) != "."
    case "init", "subscript": text(index - 1) != "." && ["(", "<", "?"].contains(text(index + 1))
    case "deinit": text(index + 1) == "{"
    default: false
    }
  }

  /// The brace that opens the body; nothing for a requirement of a protocol or a stored property.
  private func bodyStart(after index: Int) -> Int? {
    let isProperty = text(index) == "var"
    let enders: Set<String> = [
      "func", "var", "let", "init", "deinit", "subscript", "struct", "enum", "class", "actor", "extension",
      "protocol", "typealias", "associatedtype", "static", "mutating", "case", "}",
    ]
    var position = index + 1
    while position < tokens.count {
      switch text(position) {
      case "{": return position
      case "(", "[": position = closing(of: position) ?? tokens.count
      case "=" where isProperty: return nil
      case let word where enders.contains(word) && position > index + 1: return nil
      default: break
      }
      if isProperty, position < tokens.count, tokens[position].line != tokens[index].line { return nil }
      position += 1
    }
    return nil
  }
}
