/// Decides who may ask: pure, from what a request and its connection say.
///
/// A header that says where a request "really" came from grants nothing: on TCP it is refused, because a proxy that
/// sets it makes loopback of the whole world.
struct APIGuard: Sendable {
  /// How the connection came in.
  enum Door: Sendable {
    /// The Unix socket, of this user alone.
    case socket(ownerUID: UInt32)
    /// TCP on `host`, for whoever has the token.
    case tcp(host: String, token: String)
  }

  /// What the decision is made of.
  struct Caller: Equatable, Sendable {
    var path: String
    /// The `Host` header.
    var host: String?
    var origin: String?
    /// The `Sec-Fetch-Site` header, which browsers send and scripts in them cannot change.
    var fetchSite: String?
    var authorization: String?
    /// Whether any header is an ``isForwardedHeader(_:)``.
    var isForwarded = false
    /// The uid on the other end of a Unix socket; nil where nobody told.
    var peerUID: UInt32?
  }

  /// What proxies say about whom they ask for; in lower case.
  static func isForwardedHeader(_ name: String) -> Bool {
    name.hasPrefix("x-forwarded-") || ["forwarded", "x-real-ip"].contains(name)
  }

  private static let systemTellsPeers: Bool = {
    #if os(Linux)
      true
    #else
      false
    #endif
  }()

  let door: Door

  /// - Throws: `forbidden` or `auth`.
  func check(_ caller: Caller) throws(LooperError) {
    switch door {
    case .socket(let ownerUID):
      guard let peer = caller.peerUID else {
        // Elsewhere the modes of socket and directory are what protects.
        guard Self.systemTellsPeers else { return }
        throw LooperError(.forbidden, "the system does not say whose process asks")
      }
      if peer != ownerUID, peer != 0 {
        throw LooperError(.forbidden, "this socket belongs to another user")
      }
    case .tcp(let host, let token):
      try checkHost(caller, host)
      try checkOrigin(caller)
      guard !caller.isForwarded else {
        throw LooperError(
          .forbidden, "requests that a proxy forwards are refused; ask directly, or through a tunnel")
      }
      guard ![APIRoutes.health, APIRoutes.readiness].contains(caller.path) else { return }
      try checkToken(caller, token)
    }
  }

  /// Defeats DNS rebinding: a page whose name was pointed at us still sends its own name.
  private func checkHost(_ caller: Caller, _ host: String) throws(LooperError) {
    guard let name = caller.host.map(LoopbackHost.plain),
      LoopbackHost.names.contains(name) || name == LoopbackHost.plain(host)
    else {
      throw LooperError(.forbidden, "this host name is not served; use 127.0.0.1")
    }
  }

  /// Only pages we served ourselves may call from a browser.
  private func checkOrigin(_ caller: Caller) throws(LooperError) {
    let isForeign =
      caller.origin.map { $0.lowercased() != "http://\(caller.host?.lowercased() ?? "")" } ?? false
    let isCrossSite = caller.fetchSite.map { !["same-origin", "none"].contains($0) } ?? false
    if isForeign || isCrossSite { throw LooperError(.forbidden, "requests of other origins are refused") }
  }

  private func checkToken(_ caller: Caller, _ token: String) throws(LooperError) {
    let scheme = "bearer "
    guard let given = caller.authorization, given.lowercased().hasPrefix(scheme),
      Self.areEqual(String(given.dropFirst(scheme.count)), token)
    else {
      throw LooperError(.auth, "a bearer token is needed; it is in the file server.token-file names")
    }
  }

  /// Compares in a time that depends on the length of `given` only.
  static func areEqual(_ given: String, _ secret: String) -> Bool {
    let secret = Array(secret.utf8)
    guard !secret.isEmpty else { return false }
    var difference = UInt8(given.utf8.count == secret.count ? 0 : 1)
    for (index, byte) in given.utf8.enumerated() { difference |= byte ^ secret[index % secret.count] }
    return difference == 0
  }
}
