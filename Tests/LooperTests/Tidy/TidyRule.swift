/// One house rule: what it forbids, how it is found, and samples that prove it can fail and can pass.
struct TidyRule: Sendable, CustomStringConvertible {
  /// The sentence that must stay true.
  let sentence: String
  /// Each must be reported.
  let bad: [TidySample]
  /// None may be reported.
  let good: [TidySample]
  let find: @Sendable (TidySource) -> [TidyViolation]

  var description: String { sentence }

  /// All that break the rule in one text; empty when none does.
  func report(on sources: [TidySource]) -> String {
    let violations = sources.flatMap(find)
    guard !violations.isEmpty else { return "" }
    let lines = violations.map(\.description).joined(separator: "\n")
    return "\(violations.count) × not so: \(sentence)\n\(lines)"
  }

  static let all: [TidyRule] =
    layerRules + sizeRules + unsafetyRules + concurrencyRules + testRules + declarationRules + wordRules

  /// A rule against single places: `isBad` looks at each token that is one of `words`.
  static func tokens(
    _ sentence: String, at words: Set<String>, bad: [TidySample], good: [TidySample],
    isBad: @escaping @Sendable (TidySource, Int) -> Bool
  ) -> TidyRule {
    TidyRule(sentence: sentence, bad: bad, good: good) { source in
      source.indices(of: words).filter { isBad(source, $0) }.map { index in
        let line = source.lines[source.tokens[index].line - 1]
        return source.violation(at: index, line.trimmingPrefix { $0 == " " }.description)
      }
    }
  }
}

/// A piece of Swift and the file it would stand in.
struct TidySample: Sendable, ExpressibleByStringLiteral {
  let path: String
  let text: String

  init(_ path: String, _ text: String) {
    self.path = path
    self.text = text
  }

  /// A sample in an ordinary file of the product.
  init(stringLiteral text: String) { self.init("Sources/Looper/Engine/Sample.swift", text) }

  static func test(_ text: String) -> TidySample {
    TidySample("Tests/LooperTests/Engine/SampleTests.swift", text)
  }

  var source: TidySource { TidySource(path: path, text: text) }
}
