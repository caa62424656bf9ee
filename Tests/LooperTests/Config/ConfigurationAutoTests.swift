import Testing

@testable import Looper

@Suite("[[auto]] rules are read like projects, and one that asks for nothing is refused")
struct ConfigurationAutoTests {
  @Test("a rule reaches the engine as it is written")
  func rule() throws {
    try ConfigurationHome.with { home in
      try home.write(
        """
        [[auto]]
        repositories = ["acme/shop"]
        labels = ["good first issue"]
        authors = ["alice"]
        per-day = 2
        look-back-days = 3
        plan = false
        """)
      let loaded = try home.load()
      #expect(
        EngineSettings(loaded.configuration).auto == [
          AutoRule(
            repositories: [try #require(ProjectName("acme/shop"))], labels: ["good first issue"],
            authors: ["alice"], perDay: 2, lookBack: .seconds(3 * 86_400), skipsPlan: true)
        ])
      // What is shown loads to the same.
      try home.write(loaded.view.toml())
      #expect(try home.load().configuration == loaded.configuration)
    }
  }

  @Test("a rule without labels and authors would take everything, and is a problem")
  func empty() throws {
    try ConfigurationHome.with { home in
      try home.write("[[auto]]\nper-day = 2\n")
      let error = #expect(throws: ConfigurationError.self) { try home.load() }
      #expect(error?.problems.map(\.path) == ["auto[0]"])
      #expect(error?.problems.map(\.message) == ["needs labels or authors"])
    }
  }
}
