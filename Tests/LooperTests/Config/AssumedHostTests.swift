import Testing

@testable import Looper

@Suite("owner/name alone is on the host that gh assumes")
struct AssumedHostTests {
  @Test(
    "GH_HOST names it, else it is github.com",
    arguments: [
      ([:], "github.com"), (["GH_HOST": ""], "github.com"),
      (["GH_HOST": "Git.Example.com"], "git.example.com"),
    ] as [([String: String], String)])
  func named(environment: [String: String], host: String) {
    #expect(AssumedHost.named(in: environment) == host)
  }

  @Test("a name with its host keeps it, and so does a web address")
  func typed() {
    #expect(
      ProjectName(typed: "acme/app", assuming: "git.example.com")?.display == "git.example.com/acme/app")
    #expect(ProjectName(typed: "github.com/acme/app", assuming: "git.example.com")?.display == "acme/app")
    #expect(ProjectName(typed: "acme", assuming: "git.example.com") == nil)
    #expect(SubjectURL("acme/app#3", assuming: "git.example.com")?.project.host == "git.example.com")
    #expect(
      SubjectURL("https://github.com/acme/app/pull/3", assuming: "git.example.com")?.project.host
        == "github.com")
  }
}
