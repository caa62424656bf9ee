import Testing

@testable import Looper

@Suite("a daemon that is restarted keeps the options it was started with")
struct ServeLineTests {
  @Test(
    "what is given again replaces what was given, key by key",
    arguments: [
      (
        ServeLine(config: nil, overrides: []),
        ["serve", "--config", "/a.toml", "--set", "x=1", "--set", "y=2"]
      ),
      (
        ServeLine(config: "/b.toml", overrides: ["x=3"]),
        ["serve", "--config", "/b.toml", "--set", "y=2", "--set", "x=3"]
      ),
    ])
  func replaces(given: ServeLine, expected: [String]) {
    let first = ServeLine(config: "/a.toml", overrides: ["x=1", "y=2"])
    #expect(first.overridden(by: given).arguments == expected)
  }

  @Test(
    "a command line is read back, and another's is not taken for one",
    arguments: [
      (["serve"], ServeLine(config: nil, overrides: [])),
      (["serve", "--config", "/a", "--set", "x=1=2"], ServeLine(config: "/a", overrides: ["x=1=2"])),
      ([], nil), (["serve", "--set"], nil), (["serve", "--json", "x"], nil), (["demo"], nil),
    ] as [([String], ServeLine?)])
  func reads(arguments: [String], expected: ServeLine?) {
    #expect(ServeLine(arguments: arguments) == expected)
  }
}
