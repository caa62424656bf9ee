import Testing

@testable import Looper

@Suite("a glob means the paths that people expect")
struct PathGlobTests {
  @Test(
    "matches",
    arguments: [
      ("Package.swift", "Package.swift"), ("Package.swift", "sub/package.swift"),
      (".github", ".github/workflows/a.yml"),
      ("*.lock", "a/b/c.lock"), ("docs/**", "docs/a/b.md"), ("docs/*.md", "docs/a.md"), ("a/**/z", "a/z"),
      ("a/**/z", "a/b/c/z"), ("/top", "top"), ("/top", "top/x"), ("a?c", "abc"), ("src/", "src/x"),
    ])
  func matches(pattern: String, path: String) {
    #expect(PathGlob(pattern).matches(path))
  }

  @Test(
    "does not match",
    arguments: [
      ("Package.swift", "Package.swift.bak"), ("docs/*.md", "docs/a/b.md"), ("/top", "a/top"), ("a?c", "ac"),
      ("docs/**", "doc/a"), ("", "a"), ("*.lock", "lock"),
    ])
  func differs(pattern: String, path: String) {
    #expect(!PathGlob(pattern).matches(path))
  }
}
