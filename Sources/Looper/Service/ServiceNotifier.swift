import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Tells the service manager how the daemon is doing, in the words of sd_notify(3).
struct ServiceNotifier: Equatable, Sendable {
  /// What can be told.
  enum News: String, Sendable {
    case ready = "READY=1"
    case stopping = "STOPPING=1"
    case alive = "WATCHDOG=1"
  }

  /// Path of a datagram socket; a leading `@` stands for the zero byte of an abstract name.
  let address: String
  /// How often it wants a sign of life, twice as often as it must be; nil for never.
  let cadence: Duration?

  /// Nothing when no service manager started us.
  init?(environment: [String: String], pid: Int32 = ProcessInfo.processInfo.processIdentifier) {
    guard let address = environment["NOTIFY_SOCKET"], address.hasPrefix("/") || address.hasPrefix("@"),
      address.utf8.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path)
    else { return nil }
    self.address = address
    let isForUs = environment["WATCHDOG_PID"].map { $0 == String(pid) } ?? true
    let interval = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
    cadence = isForUs && interval > 1 ? .microseconds(interval / 2) : nil
  }

  /// Best effort: nobody may be listening any more, and then nobody minds.
  ///
  /// - Returns: whether it was taken.
  @discardableResult
  func tell(_ news: News) -> Bool {
    #if os(Linux)
      let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    #else
      let descriptor = socket(AF_UNIX, SOCK_DGRAM, 0)
    #endif
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var target = sockaddr_un()
    target.sun_family = sa_family_t(AF_UNIX)
    var name = Array(address.utf8)
    if name.first == UInt8(ascii: "@") { name[0] = 0 }
    withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: name) }
    // An abstract name has no end mark: the length counts.
    let length = (MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2) + name.count
    let text = Array(news.rawValue.utf8)
    let sent = withUnsafePointer(to: &target) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(descriptor, text, text.count, 0, $0, socklen_t(length))
      }
    }
    return sent == text.count
  }
}
