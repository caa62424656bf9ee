/// Something that goes wrong on purpose.
enum ForgeFault: Sendable, Hashable {
  /// A 5xx (or any status) with GitHub's JSON body; nothing was done.
  case status(Int)
  /// The page a load balancer shows; nothing was done.
  case htmlPage(Int)
  case unauthorized
  /// The secondary limit: 403 with Retry-After in seconds.
  case secondaryLimit(retryAfter: Int)
  /// 429 with Retry-After in seconds.
  case tooManyRequests(retryAfter: Int)
  /// 403 with nothing remaining until `reset`.
  case rateLimitExhausted(reset: Timestamp)
  /// The request is done, its answer is cut in the middle.
  case truncatedBody
  /// The connection ends before the request did anything.
  case lostBefore
  /// The request is done, and the connection ends without an answer.
  case lostAfter
  /// The request is done after waiting.
  case slow(Duration)
  /// Answered from what was true before the last write; a write is not touched by it.
  case staleRead
  case notFound
  /// A write is refused with 403; a read is not touched by it.
  case readOnly
}

/// Which requests a fault is for: every given part must fit.
struct ForgeFaultMatcher: Sendable, Hashable {
  var method: String?
  /// Part of the path.
  var path: String?
  /// Part of the GraphQL operation's name or of its first field.
  var operation: String?

  static let any = Self()

  func matches(_ request: ForgeRequest, operation name: String?) -> Bool {
    if let method, method.uppercased() != request.method.uppercased() { return false }
    if let path, !request.path.contains(path) { return false }
    if let operation, name?.contains(operation) != true { return false }
    return true
  }
}

/// A fault with the requests it still has to meet.
struct ForgeArmedFault: Sendable, Hashable {
  let fault: ForgeFault
  let matcher: ForgeFaultMatcher
  var timesLeft: Int
}

/// One answered request, for assertions.
struct ForgeLogEntry: Sendable, Hashable {
  let method: String
  let path: String
  /// The GraphQL operation's name and first fields, such as `Sweep repository`.
  let operation: String?
  /// 0 when the connection ended without an answer.
  let status: Int
  let login: String?
  let fault: ForgeFault?
}

/// News, noticed when a request or a person's action meets it.
enum ForgeChange: Sendable, Hashable {
  case pushed(repository: String, branch: String, sha: CommitSHA?)
  case pullOpened(repository: String, number: Int)
  case headMoved(repository: String, number: Int, sha: CommitSHA)
  case issueOpened(repository: String, number: Int)
  case labeled(repository: String, number: Int, label: String)
  case unlabeled(repository: String, number: Int, label: String)
  case commented(repository: String, number: Int, author: String)
  case reviewed(repository: String, number: Int, author: String)
  case closed(repository: String, number: Int)
  case reopened(repository: String, number: Int)
  case merged(repository: String, number: Int)
  case checkRun(repository: String, id: Int, status: String)
  case rerunRequested(repository: String, id: Int)
}
