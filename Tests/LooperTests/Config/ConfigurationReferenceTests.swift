import Foundation
import Testing

@testable import Looper

@Suite("the sample file and the reference are what the schema says")
struct ConfigurationReferenceTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Set it to have the committed texts written anew.
  private static let updateVariable = "UPDATE_REFERENCE"

  @Test(
    "the committed texts are up to date",
    arguments: [
      ("config/looper.toml", ConfigurationReference.sample),
      ("docs/configuration.md", ConfigurationReference.markdown),
      ("config/looper.service", SystemdUnit.packaged),
    ])
  func committed(path: String, text: String) throws {
    let url = Self.root.appending(path: path)
    if ProcessInfo.processInfo.environment[Self.updateVariable] != nil {
      try Data(text.utf8).write(to: url)
    }
    #expect(try String(contentsOf: url, encoding: .utf8) == text)
  }

  @Test("the sample means the defaults as it stands")
  func sampleAsItStands() throws {
    try ConfigurationHome.with { home in
      try home.write(ConfigurationReference.sample)
      let loaded = try home.load()
      #expect(loaded.configuration == Configuration())
      #expect(loaded.origins.isEmpty)
    }
  }

  @Test("the sample with every key switched on still means the defaults, and names every key")
  func sampleSwitchedOn() throws {
    try ConfigurationHome.with { home in
      let lines = ConfigurationReference.sample.split(separator: "\n", omittingEmptySubsequences: false)
      let on = lines.map { $0.hasPrefix("#") && !$0.hasPrefix("# ") ? $0.dropFirst() : $0 }
      try home.write(on.joined(separator: "\n"))
      let loaded = try home.load()
      var expected = Configuration()
      expected.agent.roles.reviewer.model = ""
      expected.agent.vendors.codex.model = ""
      let name = try #require(ProjectName("owner/name"))
      expected.projects = [.init(name: name, validationCommands: [], agent: .init(vendor: .claudeCode))]
      expected.auto = [.init(labels: ["good first issue"])]
      #expect(loaded.configuration == expected)
      for key in ConfigurationSchema.keys where key.value(Configuration()) != nil {
        #expect(loaded.origins[key.path] != nil, "\(key.path)")
      }
    }
  }

  @Test("every key and every environment name is there once, and has a section")
  func unique() throws {
    let keys = ConfigurationSchema.keys
    #expect(Set(keys.map(\.path)).count == keys.count)
    #expect(Set(keys.map(\.environmentName)).count == keys.count)
    let sections = Set(ConfigurationSchema.sections.map(\.name))
    #expect(keys.allSatisfy { sections.contains($0.section) || $0.section.hasPrefix("agent.") })
    for key in keys {
      let isKebab = try #/[a-z.-]+/#.wholeMatch(in: key.path) != nil
      #expect(isKebab, "\(key.path)")
    }
  }

  @Test("every default is a value that its own key takes")
  func defaultsAreValid() {
    for key in ConfigurationSchema.keys {
      var configuration = Configuration()
      guard let value = key.value(configuration) else { continue }
      #expect(key.store(value, &configuration) == nil, "\(key.path)")
      #expect(configuration == Configuration(), "\(key.path)")
    }
  }
}
