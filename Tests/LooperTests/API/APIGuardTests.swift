import Testing

@testable import Looper

@Suite("Only the owner and holders of the token get in")
struct APIGuardTests {
  private static func caller(_ edit: (inout APIGuard.Caller) -> Void = { _ in }) -> APIGuard.Caller {
    var caller = APIGuard.Caller(
      path: "/api/v1/status", host: "127.0.0.1:7391", authorization: "Bearer secret")
    edit(&caller)
    return caller
  }

  private func code(_ caller: APIGuard.Caller, _ door: APIGuard.Door) -> LooperError.Code? {
    do {
      try APIGuard(door: door).check(caller)
      return nil
    } catch {
      return error.code
    }
  }

  @Test(
    "each TCP caller is judged by token, host and origin",
    arguments: [
      (caller(), nil),
      (caller { $0.authorization = "bearer secret" }, nil),
      (caller { $0.authorization = nil }, .auth),
      (caller { $0.authorization = "Bearer secre" }, .auth),
      (caller { $0.authorization = "Bearer secretsecret" }, .auth),
      (caller { $0.authorization = "Basic secret" }, .auth),
      (caller { $0.host = nil }, .forbidden),
      (caller { $0.host = "evil.example:7391" }, .forbidden),
      (caller { $0.host = "127.0.0.1.evil.example" }, .forbidden),
      (caller { $0.host = "[::1]:7391" }, nil),
      (caller { $0.host = "LOCALHOST" }, nil),
      (caller { $0.host = "looper.test:1" }, nil),
      (caller { $0.origin = "http://127.0.0.1:7391" }, nil),
      (caller { $0.origin = "http://127.0.0.1:8080" }, .forbidden),
      (caller { $0.origin = "https://evil.example" }, .forbidden),
      (caller { $0.origin = "null" }, .forbidden),
      (caller { $0.fetchSite = "cross-site" }, .forbidden),
      (caller { $0.fetchSite = "same-origin" }, nil),
      (caller { $0.isForwarded = true }, .forbidden),
      (caller { ($0.isForwarded, $0.path) = (true, "/healthz") }, .forbidden),
    ] as [(APIGuard.Caller, LooperError.Code?)])
  func tcp(caller: APIGuard.Caller, expected: LooperError.Code?) {
    #expect(code(caller, .tcp(host: "looper.test", token: "secret")) == expected)
  }

  @Test(
    "what a proxy says about a request is known by its name",
    arguments: [
      ("forwarded", true), ("x-forwarded-for", true), ("x-forwarded-host", true), ("x-real-ip", true),
      ("via", false), ("x-request-id", false), ("host", false),
    ])
  func forwardedHeaders(name: String, isOne: Bool) {
    #expect(APIGuard.isForwardedHeader(name) == isOne)
  }

  @Test("an empty token lets nobody in")
  func emptyToken() {
    #expect(code(Self.caller { $0.authorization = "Bearer " }, .tcp(host: "localhost", token: "")) == .auth)
  }

  #if os(Linux)
    @Test("a caller whose process the kernel does not name is refused")
    func unknownPeer() {
      #expect(code(Self.caller { $0.peerUID = nil }, .socket(ownerUID: 1000)) == .forbidden)
    }
  #endif

  @Test("the socket is for its owner and root", arguments: [(UInt32(1000), true), (0, true), (1001, false)])
  func socket(peer: UInt32, isLetIn: Bool) {
    #expect((code(Self.caller { $0.peerUID = peer }, .socket(ownerUID: 1000)) == nil) == isLetIn)
  }
}
