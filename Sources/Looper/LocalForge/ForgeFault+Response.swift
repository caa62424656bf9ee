import Foundation

extension ForgeFault {
  /// The answer given instead of doing the request; nil when the request is done.
  func plannedResponse(for request: ForgeRequest) -> ForgeResponse? {
    switch self {
    case .status(let status):
      return ForgeRefusal(status: status, message: "Server Error").response
    case .htmlPage(let status):
      let page = """
        <!DOCTYPE html>
        <html><head><title>Unicorn!</title></head><body>No server is available.</body></html>

        """
      return ForgeResponse(status: status, headers: ["content-type": "text/html"], body: Data(page.utf8))
    case .unauthorized:
      return ForgeRefusal.badCredentials.response
    case .secondaryLimit(let seconds):
      return Self.limited(403, retryAfter: seconds)
    case .tooManyRequests(let seconds):
      return Self.limited(429, retryAfter: seconds)
    case .rateLimitExhausted(let reset):
      var response = ForgeRefusal.forbidden("API rate limit exceeded for user ID 1.").response
      response.headers["x-ratelimit-limit"] = String(ForgeConfiguration.rateLimitDefault)
      response.headers["x-ratelimit-remaining"] = "0"
      response.headers["x-ratelimit-reset"] = String(reset.milliseconds / 1000)
      return response
    case .lostBefore:
      var response = ForgeResponse(status: 0)
      response.isLost = true
      return response
    case .notFound:
      return ForgeRefusal.notFound.response
    case .readOnly:
      guard ForgeRouter.isWrite(request) else { return nil }
      return ForgeRefusal.forbidden("Resource not accessible by personal access token").response
    case .truncatedBody, .lostAfter, .slow, .staleRead:
      return nil
    }
  }

  private static func limited(_ status: Int, retryAfter seconds: Int) -> ForgeResponse {
    let message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    var response = ForgeRefusal(status: status, message: message).response
    response.headers["retry-after"] = String(seconds)
    return response
  }
}

extension ForgeResponse {
  /// Adds the ETag of the body, and becomes 304 when the client has that very answer.
  mutating func tag(for request: ForgeRequest) {
    // FNV-1a: a tag must tell answers apart, not withstand an attacker.
    let hash = body.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let tag = "W/\"\(String(hash, radix: 16))\""
    headers["etag"] = tag
    guard let known = request.headers["if-none-match"] else { return }
    let tags = known.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    if tags.contains(tag) || tags.contains(String(tag.dropFirst(2))) {
      status = 304
      body = Data()
    }
  }
}
