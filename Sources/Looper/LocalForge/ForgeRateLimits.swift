/// What a caller has used of its hour.
struct ForgeUsage: Sendable, Hashable {
  var limit: Int
  var used: Int
  var reset: Timestamp

  var remaining: Int { max(0, limit - used) }
}

/// Both of a caller's allowances.
struct ForgeUsages: Sendable, Hashable {
  var rest: ForgeUsage
  var graph: ForgeUsage
}

/// Requests per login and hour, REST and GraphQL apart.
struct ForgeRateLimits: Sendable {
  /// The window in which the limit counts.
  static let window = Duration.seconds(3600)

  private let limits: [Bool: Int]
  private var usages: [String: ForgeUsage] = [:]

  init(rest: Int, graph: Int) { limits = [false: rest, true: graph] }

  /// Counts a request; false when none is left.
  mutating func take(login: String, isGraph: Bool, isFree: Bool, at now: Timestamp) -> Bool {
    var usage = current(login, isGraph: isGraph, at: now)
    guard usage.remaining > 0 || isFree else { return false }
    if !isFree { usage.used += 1 }
    usages[key(login, isGraph: isGraph)] = usage
    return true
  }

  /// Uncounts a request, as an unchanged answer costs nothing.
  mutating func giveBack(login: String, isGraph: Bool) {
    usages[key(login, isGraph: isGraph)]?.used -= 1
  }

  func usage(login: String, at now: Timestamp) -> ForgeUsages {
    ForgeUsages(
      rest: current(login, isGraph: false, at: now), graph: current(login, isGraph: true, at: now))
  }

  func headers(login: String, isGraph: Bool, at now: Timestamp) -> [String: String] {
    let usage = current(login, isGraph: isGraph, at: now)
    return [
      "x-ratelimit-limit": String(usage.limit), "x-ratelimit-remaining": String(usage.remaining),
      "x-ratelimit-used": String(usage.used), "x-ratelimit-reset": String(usage.reset.milliseconds / 1000),
      "x-ratelimit-resource": isGraph ? "graphql" : "core",
    ]
  }

  func exhaustedResponse(login: String, isGraph: Bool, at now: Timestamp) -> ForgeResponse {
    let message = "API rate limit exceeded for user \(login)."
    var response =
      isGraph
      ? ForgeResponse(200, ["errors": [["type": "RATE_LIMITED", "message": .string(message)]]])
      : ForgeRefusal.forbidden(message).response
    response.headers.merge(headers(login: login, isGraph: isGraph, at: now)) { $1 }
    return response
  }

  private func key(_ login: String, isGraph: Bool) -> String { "\(login.lowercased()) \(isGraph)" }

  private func current(_ login: String, isGraph: Bool, at now: Timestamp) -> ForgeUsage {
    if let usage = usages[key(login, isGraph: isGraph)], now < usage.reset { return usage }
    return ForgeUsage(limit: limits[isGraph] ?? 0, used: 0, reset: now + Self.window)
  }
}
