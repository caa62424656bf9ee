import Testing

@testable import Looper

@Suite("the effective configuration is shown so that it can be loaded again")
struct ConfigurationViewTests {
  private static func rich() throws -> Configuration {
    var configuration = Configuration()
    configuration.server.port = 0
    configuration.agent.settings.command = ["a \"b\"", "c\\d", "e\tf"]
    configuration.agent.roles.worker.vendor = .codex
    configuration.budget.dayCostUSD = 1e21
    configuration.trust.disclosureText = "line\nline é 😀"
    let names = try ["o/one", "ghe.example.com/o/two"].map { try #require(ProjectName($0)) }
    configuration.projects = [
      .init(name: names[0], base: "dev", validationCommands: ["make"]),
      .init(name: names[1], agent: .init(timeout: .seconds(9)), roles: .init(fixer: .init(model: "m"))),
    ]
    return configuration
  }

  @Test("as TOML it loads to an equal configuration, with and without origins", arguments: [false, true])
  func roundTrip(withOrigins: Bool) throws {
    let configuration = try Self.rich()
    let text = ConfigurationView(configuration).toml(withOrigins: withOrigins)
    let document = try ConfigurationFormat.toml.parse(text).get()
    let loaded = try ConfigurationLoader.load(document: document, path: "f", homeDirectory: "/h")
    #expect(loaded.configuration == configuration)
  }

  @Test("as JSON it nests, and names each origin by key")
  func json() throws {
    let document = try ConfigurationFormat.toml.parse("[server]\nport = 1\n[[projects]]\nname = \"o/r\"\n")
      .get()
    let loaded = try ConfigurationLoader.load(document: document, path: "f", homeDirectory: "/h")
    let json = loaded.view.json
    #expect(json["configuration"]?["server"]?["port"] == 1)
    #expect(json["configuration"]?["projects"]?[0]?["name"] == "o/r")
    #expect(json["origins"]?["server.port"] == "f:2")
    #expect(json["origins"]?["server.host"] == "default")
    #expect(json["origins"]?["projects[0].name"] == "f:4")
  }

  @Test("the sections of projects have the headers TOML wants")
  func headers() throws {
    let text = ConfigurationView(try Self.rich()).toml()
    let tail = text.split(separator: "[validation]\n")[1].split(separator: "\n").filter { $0.hasPrefix("[") }
    #expect(
      tail == [
        "[upgrade]", "[[projects]]", "[[projects]]", "[projects.agent]", "[projects.agent.roles.fixer]",
      ])
  }

  @Test("the fingerprint tells configurations apart and does not change between builds")
  func fingerprint() throws {
    #expect(Configuration().fingerprint == Configuration().fingerprint)
    #expect(Configuration().fingerprint != (try Self.rich()).fingerprint)
    #expect(Configuration().fingerprint.count == 16)
  }

  @Test("what looks like a secret is masked wherever it stands, and what only speaks of one is not")
  func masked() throws {
    // In two parts, so that no scanner takes this file for a leak.
    let token = "ghp_" + "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA2"
    var configuration = Configuration()
    configuration.agent.settings.command = ["agent", "--token", "w8Zq27fTn41LpXe9Kd3v"]
    configuration.agent.settings.extraArguments = [
      "--header=Authorization: Bearer \(token)", "--token-limit", "90000", "--api-key", "plain words",
    ]
    configuration.validation.commands = ["make test", "GH_TOKEN=\(token) make publish"]
    let loaded = LoadedConfiguration(
      configuration: configuration, origins: [:], warnings: [], fileURL: nil,
      paths: configuration.paths(homeDirectory: "/h"))
    let shown = Dictionary(uniqueKeysWithValues: loaded.view.entries.map { ($0.path, $0.value) })
    #expect(shown["agent.command"] == ["agent", "--token", .string(SecretMask.text)])
    #expect(
      shown["agent.extra-args"] == [
        .string(SecretMask.text), "--token-limit", "90000", "--api-key", .string(SecretMask.text),
      ])
    #expect(shown["validation.commands"] == ["make test", .string(SecretMask.text)])
    #expect(!loaded.view.toml(withOrigins: true).contains(token))
    // Two tokens are two configurations.
    var other = configuration
    other.validation.commands = ["make test", "GH_TOKEN=\(token)x make publish"]
    #expect(other.fingerprint != configuration.fingerprint)
  }
}
