import Foundation
import Testing

@testable import Looper

@Suite("what the operator keeps secret is never published, wherever it is kept")
struct OperatorSecretsTests {
  private func secrets(_ home: ConfigurationHome, _ settle: (inout Configuration) -> Void) -> OperatorSecrets
  {
    var configuration = Configuration()
    settle(&configuration)
    let fixed = configuration
    return OperatorSecrets(
      environment: [
        "DB_PASSWORD": "from-the-environment", "PLAIN": "handed-to-agents", "PLACE": "/usr/share/something",
        "OTHER": "kept-by-the-daemon", "LANG": "en_US.UTF-8", "PROXY": "http://proxy.test:3128",
        "PROXY_WITH_LOGIN": "http://ann:hidden-word-7@proxy.test:3128",
      ], token: "token-of-the-api", configuration: { fixed })
  }

  @Test(
    "variables with telling names or handed to agents, the token, MCP servers of any project, and the listed")
  func sources() throws {
    try ConfigurationHome.with { home in
      let servers = try home.write(
        """
        {"mcpServers": {"a": {"command": "x", "args": ["argument-of-a-server"], "env": {"K": "env-of-a-server"}},
         "b": {"url": "https://b.test", "headers": {"Authorization": "Bearer header-of-a-server", "X": "${REFERENCE_ONLY}"}}}}
        """, to: "servers.json")
      let listed = try home.write("\n  listed-in-a-file \n#listed-as-well\n", to: "secrets")
      let name = try #require(ProjectName("o/r"))
      let scanner = try secrets(home) {
        $0.agent.settings.environment = ["PLAIN", "PLACE", "UNSET", "LANG", "PROXY", "PROXY_WITH_LOGIN"]
        $0.trust.secretsFile = listed
        var project = Configuration.Project(name: name)
        project.roles.worker.mcpConfiguration = servers
        $0.projects = [project]
      }.scanner()
      let words = [
        "from-the-environment", "handed-to-agents", "token-of-the-api", "env-of-a-server",
        "header-of-a-server",
        "listed-in-a-file", "#listed-as-well", "http://ann:hidden-word-7@proxy.test:3128",
      ]
      for word in words { #expect(scanner.firstHit(in: "it is \(word) here")?.kind == .own, "\(word)") }
      for word in [
        "kept-by-the-daemon", "/usr/share/something", "argument-of-a-server", "${REFERENCE_ONLY}",
        "en_US.UTF-8", "http://proxy.test:3128",
      ] {
        #expect(scanner.firstHit(in: "it is \(word) here") == nil, "\(word)")
      }
    }
  }

  @Test("a list that is missing, or that others can read, lets nothing be published")
  func unreadable() throws {
    try ConfigurationHome.with { home in
      let missing = "\(home.path)/none"
      #expect(throws: Failure(.transient, "trust.secrets-file \(missing) is no file")) {
        try secrets(home) { $0.trust.secretsFile = missing }.scanner()
      }
      let open = try home.write("listed-in-a-file\n", to: "secrets", mode: 0o644)
      let why = "trust.secrets-file \(open) can be read by others; run: chmod 600 \(open)"
      #expect(throws: Failure(.transient, why)) {
        try secrets(home) { $0.trust.secretsFile = open }.scanner()
      }
    }
  }
}
