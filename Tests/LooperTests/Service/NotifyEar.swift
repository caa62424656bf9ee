#if os(Linux)
  import Foundation
  import Glibc
  import Testing

  /// A bound datagram socket: what a service manager hears.
  final class NotifyEar: Sendable {
    /// Longer than anything it is told of takes on a busy machine.
    private static let patience = timeval(tv_sec: 60, tv_usec: 0)

    private let descriptor: Int32

    /// - Parameter name: a path, or an abstract name after a zero byte.
    init(_ name: [UInt8]) {
      descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
      var patience = Self.patience
      setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
      let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
      let result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
      }
      #expect(result == 0)
    }

    deinit { close(descriptor) }

    /// The next datagram, which must be there: a sender to a Unix socket has delivered when its call returns.
    func next() -> String { read(Int32(MSG_DONTWAIT)) }

    /// Waits for a datagram of this text; others are passed over.
    ///
    /// On a thread of its own, because the kernel is what waits.
    func hear(_ text: String) async -> Bool {
      await withCheckedContinuation { continuation in
        Thread.detachNewThread { [self] in
          var heard = read(0)
          while !heard.isEmpty && heard != text { heard = read(0) }
          continuation.resume(returning: heard == text)
        }
      }
    }

    /// Empty when there is none.
    private func read(_ flags: Int32) -> String {
      var buffer = [UInt8](repeating: 0, count: 64)
      let count = recv(descriptor, &buffer, buffer.count, flags)
      return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }
  }
#endif
