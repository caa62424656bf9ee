/// How the local GitHub behaves where the real one has settings, plans or delays.
struct ForgeConfiguration: Sendable {
  /// Requests per hour and kind, as for a personal access token.
  static let rateLimitDefault = 5000

  /// Where bare repositories are made: `<root>/<owner>/<name>.git`.
  var repositoriesRoot: String
  var now: @Sendable () -> Timestamp
  /// Who a token belongs to.
  var tokens: [String: String]
  /// The web host named in `html_url`s, and the API host when a request names none.
  var host = "github.com"
  var restLimit = Self.rateLimitDefault
  var graphLimit = Self.rateLimitDefault
  /// How often mergeability answers unknown after a head or its base moved.
  var mergeabilityUnknownReads = 1
  /// A branch has one open pull request into a base; false is for showing that somebody notices.
  var refusesSecondPulls = true
  /// The real GitHub lets only apps write check runs; true lets any writer.
  var allowsUserCheckRuns = false
  /// What the repositories' automation reports on each new head of a pull request.
  var automaticChecks: [ForgeAutomaticCheck] = []
  /// How a slow answer is awaited.
  var pause: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

  init(repositoriesRoot: String, tokens: [String: String], now: @escaping @Sendable () -> Timestamp) {
    self.repositoriesRoot = repositoriesRoot
    self.tokens = tokens
    self.now = now
  }
}
