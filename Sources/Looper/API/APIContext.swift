import Foundation
import Hummingbird
import Logging
import NIOCore

/// What is known of a request beside the request itself.
struct APIContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  private let channel: (any Channel)?

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }

  /// A request that came over no connection: this very process asks.
  init(logger: Logger) {
    coreContext = CoreRequestContextStorage(source: Detached(logger: logger))
    channel = nil
  }

  private struct Detached: RequestContextSource {
    let logger: Logger
  }

  /// The uid of the process on the other end of a Unix socket; nil for TCP and where the system does not tell.
  func peerUID() async -> UInt32? {
    #if os(Linux)
      // Nothing came from outside: whoever holds the responder itself may ask what root may.
      guard let channel else { return 0 }
      // Only asked on the Unix socket: on TCP the kernel answers with a pid of 0 and uid -1.
      guard let provider = channel as? any SocketOptionProvider else { return nil }
      let future: EventLoopFuture<PeerCredentials> = provider.unsafeGetSocketOption(
        level: SocketOptionLevel(SOL_SOCKET), name: SocketOptionName(SO_PEERCRED))
      return try? await future.get().uid
    #else
      return nil
    #endif
  }

  /// Linux's `struct ucred` (unix(7)), which glibc shows to GNU sources only.
  private struct PeerCredentials: Sendable {
    var pid: Int32
    var uid: UInt32
    var gid: UInt32
  }
}
