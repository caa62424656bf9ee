import Testing

@testable import Looper

@Suite("a child sees only the variables its kind is allowed")
struct ChildEnvironmentTests {
  private static let parent = [
    "ANTHROPIC_API_KEY": "k", "GH_HOST": "h", "GH_TOKEN": "t", "GITHUB_TOKEN": "t", "GIT_DIR": "d",
    "GIT_SSL_CAINFO": "c", "HOME": "h", "LANG": "l", "LC_ALL": "l", "LOOPER_TOKEN": "t", "PATH": "p",
    "PWD": "p",
    "SSH_AUTH_SOCK": "s", "SSL_CERT_FILE": "c", "TERM": "t", "USER": "u", "XDG_CONFIG_HOME": "x",
    "https_proxy": "p",
  ]

  private func names(_ allowance: ChildEnvironment.Allowance) -> [String] {
    ChildEnvironment.base(from: Self.parent, allowing: allowance).keys.sorted()
  }

  @Test("git gets no token, no agent socket and no repository of somebody else")
  func git() {
    #expect(
      names(.git) == [
        "GIT_SSL_CAINFO", "HOME", "LANG", "LC_ALL", "PATH", "SSL_CERT_FILE", "https_proxy",
      ])
  }

  @Test("gh gets its own variables beside the common ones")
  func gh() {
    #expect(
      names(.gh) == [
        "GH_HOST", "GH_TOKEN", "HOME", "LANG", "LC_ALL", "PATH", "SSL_CERT_FILE", "XDG_CONFIG_HOME",
        "https_proxy",
      ])
  }

  @Test("an agent gets no credential unless the configuration names it")
  func agent() {
    let common = ["HOME", "LANG", "LC_ALL", "PATH", "SSL_CERT_FILE", "TERM", "USER", "https_proxy"]
    #expect(names(.agent) == common)
    #expect(names(.agent.adding(["ANTHROPIC_API_KEY"])) == ["ANTHROPIC_API_KEY"] + common)
  }

  @Test("names and prefixes can be given directly")
  func direct() {
    let environment = ChildEnvironment.base(from: Self.parent, allowing: ["PATH"], prefixes: ["LC_"])
    #expect(environment == ["LC_ALL": "l", "PATH": "p"])
  }
}
