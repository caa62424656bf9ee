import Testing

@testable import Looper

@Suite("what looks like a secret is found, what only speaks of one is not")
struct SecretScannerTests {
  /// Not in one piece, so that nobody's scanner takes this file for a leak.
  private static func joined(_ parts: String...) -> String { parts.joined() }
  private static let letters = "aB3dE5gH7jK9mN1pQ2sT4vW6xY8zA0cD5fG7"
  private static let upper = "Q7WERT2YUI5OPAS3"
  private static let base64 = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"

  static let leaks: [(SecretKind, String)] = [
    (.githubToken, joined("ghp", "_", letters)),
    (.githubToken, "use " + joined("gho", "_", letters) + " here"),
    (.githubToken, joined("ghs", "_", letters)), (.githubToken, joined("github", "_pat_", letters)),
    (.githubToken, "https://x-access-token:" + joined("ghp", "_", letters) + "@github.com/a/b"),
    (.gitlabToken, joined("glpat", "-", "x9Y8z7W6v5U4t3S2r1Q0")), (.awsKey, joined("AK", "IA", upper)),
    (.awsKey, "aws_access_key_id = " + joined("AS", "IA", upper)),
    (.googleKey, joined("AI", "za", "SyD4f6G8h0J2k4L6z8X0c2V4b6N8m0Q2w4E")),
    (.slackToken, joined("xox", "b-", "2938475610-AbCdEfGhIjKlMnOp")),
    (.openAIKey, joined("sk", "-", letters)),
    (.openAIKey, joined("sk-", "proj-", letters)), (.anthropicKey, joined("sk-", "ant-", "api03-", letters)),
    (.npmToken, "//registry.npmjs.org/:_authToken=" + joined("npm", "_", letters)),
    (.pypiToken, joined("pypi-", "AgEI", letters, letters)), (.huggingFaceToken, joined("hf", "_", letters)),
    (.stripeKey, joined("sk_", "live_", letters)),
    (
      .webToken,
      joined(
        "ey", "JhbGciOiJIUzI1NiJ9", ".ey", "JzdWIiOiIxMjM0NTY3ODkwIn0",
        ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U")
    ),
    (.privateKey, joined("-----BEGIN ", "PRIVATE KEY-----\n", base64, "\n-----END PRIVATE KEY-----")),
    (.privateKey, joined("-----BEGIN RSA ", "PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n", base64)),
    (.privateKey, joined("key = \"-----BEGIN EC ", "PRIVATE KEY-----\\n", base64, "\"")),
    (.addressPassword, joined("postgres://app:", "s3cr3t9Kx", "@db.company.io:5432/app")),
    (
      .addressPassword, "see " + joined("https://ann:", "Hunter22Hunter", "@git.company.io/x.git") + " for it"
    ),
    (.assignment, joined("password = \"", "x8Kq2LmN9pRt4VwZ", "\"")),
    (.assignment, joined("  \"client_secret\": \"", "9f86d081884c7d659a2feaa0c55ad015", "\",")),
    (.assignment, joined("API_KEY=", "x8Kq2LmN9pRt4VwZ7yBc")),
    (.assignment, joined("export AUTH_TOKEN=", "x8Kq2LmN9pRt4VwZ7yBc")),
    (.assignment, joined("api-key: ", "x8Kq2LmN9pRt4VwZ7yBc")),
    (.assignment, joined("let token: String = \"", "x8Kq2LmN9pRt4VwZ7yBc", "\"")),
    (.assignment, joined("password: '", "S3cr3t!Passw0rd#24", "'")),
    (.own, "it is operators-own-word-1 indeed"),
  ]

  static let harmless = [
    "", "The token is read from $GITHUB_TOKEN.", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "ghp_short",
    "AKIAIOSFODNN7EXAMPLE", "a class named skeleton: sk-fading-circle-animation-container-wide",
    "let npm_config_registry = url", "if text.hasPrefix(\"-----BEGIN PRIVATE KEY-----\") { return }",
    "postgres://postgres:postgres@localhost:5432/test", "postgres://app:s3cr3t9Kx@db:5432/app",
    "https://user:password@example.com/", "https://${USER}:${PASSWORD}@host.company.io/",
    "https://github.com/acme/tool/issues/12", "password = \"hunter2\"",
    "password: \"correct horse battery staple\"",
    "token: ${{ secrets.GITHUB_TOKEN }}", "let token = tokenizer.next()", "PASSWORD=changeme-please-123456",
    "secretName: \"looper-production-credentials\"",
    "\"integrity\": \"sha512-9f86d081884c7d659a2feaa0c55ad015\"",
    "commit 9f86d081884c7d659a2feaa0c55ad0153a3bf4f1",
    "token_url = \"https://auth.company.io/oauth2/v2/token\"",
    "idempotency_token: \"123e4567-e89b-12d3-a456-426614174000\"", "tokens: 1234567890123456",
    "operators-own-word-2",
    "case tokenExpired = \"token.expired.after.login\"",
  ]

  private static let scanner = SecretScanner(own: ["operators-own-word-1", "short", "aaaaaaaaaaaa"])

  @Test("a leak is found and named", arguments: leaks)
  func leak(kind: SecretKind, text: String) {
    #expect(Self.scanner.firstHit(in: text)?.kind == kind, "\(text)")
    #expect(Self.scanner.firstHit(in: "one\n\ntwo\n" + text)?.line == 4)
  }

  @Test("what is no secret may be published", arguments: harmless)
  func harmlessText(text: String) {
    #expect(Self.scanner.firstHit(in: text) == nil, "\(text)")
  }

  @Test("too short and too plain words are not taken for the operator's secrets")
  func plainOwn() {
    #expect(Self.scanner.firstHit(in: "short aaaaaaaaaaaa") == nil)
  }

  @Test("the operator's secrets are told by the names of their variables")
  func ownSecrets() {
    let environment = [
      "GH_TOKEN": "one", "DB_PASSWORD": "two", "X_API_KEY": "three", "HOME": "/home/ann",
      "TOKEN_FILE": "four",
      "AWS_SECRET_ACCESS_KEY": "five", "SECRET_PLACE": "/run/x", "PATH": "/bin",
      "SECRET_PLACES": "/etc/a:~/b",
      "BASE64_KEY": "/aB3dE5gH7jK9+mN1pQ2/sT4vW6xY8zA0cD5fG7=",
    ]
    #expect(
      SecretScanner.ownSecrets(in: environment) == [
        "/aB3dE5gH7jK9+mN1pQ2/sT4vW6xY8zA0cD5fG7=", "five", "one", "three", "two",
      ])
  }

  @Test("a refusal names kind and place, never the find")
  func refusal() {
    #expect(
      Failure.withheld(.githubToken, in: "spec.md").message
        == "withheld: it contains what looks like a GitHub token in spec.md")
  }
}
