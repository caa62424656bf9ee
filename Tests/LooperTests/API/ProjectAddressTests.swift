import Testing

@testable import Looper

@Suite("A repository is understood however it is written")
struct ProjectAddressTests {
  @Test(
    "each form names the repository",
    arguments: [
      ("acme/app", "acme/app"), ("https://github.com/acme/app", "acme/app"),
      ("https://github.com/acme/app.git", "acme/app"),
      ("https://github.com/acme/app/issues/3?x#y", "acme/app"),
      ("git@github.com:acme/app.git", "acme/app"),
      ("ssh://git@git.example.com:22/acme/app.git", "git.example.com/acme/app"),
      ("git.example.com/acme/app", "git.example.com/acme/app"), ("acme", nil),
      ("https://github.com/acme", nil),
      ("", nil), ("://", nil), ("git@:", nil),
    ] as [(String, String?)])
  func forms(text: String, expected: String?) {
    #expect(ProjectAddress.projectName(text)?.display == expected)
  }
}
