import Testing

@Suite("The house rules hold in every file, and each of them can fail")
struct TidyRuleTests {
  @Test("the sources keep the rule", arguments: TidyRule.all)
  func holds(rule: TidyRule) {
    let report = rule.report(on: TidyPackage.sources)
    #expect(report.isEmpty, "\(report)")
  }

  @Test("the rule reports each of its bad samples", arguments: TidyRule.all)
  func canFail(rule: TidyRule) {
    #expect(!rule.bad.isEmpty)
    for sample in rule.bad {
      #expect(!rule.find(sample.source).isEmpty, "not reported by “\(rule)”: \(sample.text)")
    }
  }

  @Test("the rule accepts each of its good samples", arguments: TidyRule.all)
  func canPass(rule: TidyRule) {
    #expect(!rule.good.isEmpty)
    for sample in rule.good {
      #expect(rule.report(on: [sample.source]).isEmpty, "wrongly reported: \(sample.text)")
    }
  }

  @Test("a report names every place by file and line under the rule's sentence")
  func reportReads() {
    let rule = TidyRule.tokens("no a", at: ["a"], bad: [], good: []) { _, _ in true }
    let source = TidySource(path: "Sources/Looper/Engine/Sample.swift", text: "b\n  a\n\na.b\n")
    let expected = """
      2 × not so: no a
      Sources/Looper/Engine/Sample.swift:2: a
      Sources/Looper/Engine/Sample.swift:4: a.b
      """
    #expect(rule.report(on: [source]) == expected)
  }

  @Test("the sources were found: this file and the product's first type are among them")
  func findsTheSources() {
    let paths = Set(TidyPackage.sources.map(\.path))
    #expect(paths.contains("Tests/LooperTests/Tidy/TidyRuleTests.swift"))
    #expect(paths.contains("Sources/Looper/Domain/Loop.swift"))
  }
}
