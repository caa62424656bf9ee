import Testing

@testable import Looper

@Suite("a repository's own configuration is read without trust")
struct RepositoryConfigurationTests {
  @Test("all of it is read")
  func everything() {
    let (configuration, problems) = RepositoryConfiguration.parse(
      """
      [validation]
      commands = ["make", "make test"]
      timeout-secs = 60
      [instructions]
      all = "be brief"
      fixer = "be kind"
      [paths]
      protected = [".github/**", "LICENSE"]
      """)
    #expect(problems.isEmpty)
    #expect(configuration.validationCommands == ["make", "make test"])
    #expect(configuration.validationTimeout == .seconds(60))
    #expect(configuration.instructions(for: .fixer) == "be brief\n\nbe kind")
    #expect(configuration.instructions(for: .planner) == "be brief")
    #expect(configuration.protectedPaths == [".github/**", "LICENSE"])
  }

  @Test("what is wrong is reported, the rest is kept")
  func problems() {
    let (configuration, problems) = RepositoryConfiguration.parse(
      "[validation]\ncommands = 5\ntimeout-secs = 7\n[server]\nport = 1\n[paths]\nprotect = []\n")
    #expect(
      problems.map(\.description) == [
        ".looper/looper.toml:2: validation.commands: must be a list of texts, not 5",
        ".looper/looper.toml:4: server: unknown key; the nearest known one is paths",
        ".looper/looper.toml:7: paths.protect: unknown key; the nearest known one is paths.protected",
      ])
    #expect(configuration.validationCommands == nil)
    #expect(configuration.validationTimeout == .seconds(7))
  }

  @Test("bytes that are no configuration are one problem", arguments: [[0xFF], [0x00], Array("= 1".utf8)])
  func broken(bytes: [UInt8]) {
    let (configuration, problems) = RepositoryConfiguration.parse(bytes)
    #expect(configuration == RepositoryConfiguration())
    #expect(problems.map(\.origin) == [.file(path: ".looper/looper.toml", line: 1)])
  }

  @Test("an absent or empty file means nothing is said")
  func empty() {
    let (configuration, problems) = RepositoryConfiguration.parse("")
    #expect(configuration == RepositoryConfiguration())
    #expect(problems.isEmpty)
  }
}
