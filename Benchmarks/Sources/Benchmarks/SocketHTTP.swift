import Foundation

/// One kept connection to a Unix socket that speaks HTTP/1.1.
final class SocketHTTP {
  private let descriptor: Int32

  init(path: String) throws { descriptor = try Self.connected(to: path) }

  /// A connection of the caller's, with the first bytes sent.
  static func connected(to path: String, sending text: String = "") throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let name = Array(path.utf8)
    let isShort = withUnsafeMutableBytes(of: &address.sun_path) { room in
      guard name.count < room.count else { return false }
      room.copyBytes(from: name)
      return true
    }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
    }
    guard isShort, status == 0 else {
      close(descriptor)
      throw BenchmarkError(description: "nothing answers on \(path)")
    }
    let bytes = Array(text.utf8)
    guard bytes.isEmpty || write(descriptor, bytes, bytes.count) == bytes.count else {
      close(descriptor)
      throw BenchmarkError(description: "cannot send to \(path)")
    }
    return descriptor
  }

  deinit { close(descriptor) }

  /// Wall time of one request whose answer must be a success.
  func seconds(of path: String) throws -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    _ = try get(path)
    return (clock.now - start) / .seconds(1)
  }

  func get(_ path: String) throws -> Data { try answer("GET", path) }

  /// A deed without a body.
  func post(_ path: String) throws { _ = try answer("POST", path, "Content-Length: 0\r\n") }

  private func answer(_ method: String, _ path: String, _ header: String = "") throws -> Data {
    let request = Array("\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n\(header)\r\n".utf8)
    guard write(descriptor, request, request.count) == request.count else {
      throw BenchmarkError(description: "cannot send \(path)")
    }
    var answer = Data()
    let separator = Data("\r\n\r\n".utf8)
    while true {
      if let end = answer.range(of: separator)?.upperBound {
        let head = String(decoding: answer[..<end], as: UTF8.self).lowercased()
        guard head.hasPrefix("http/1.1 200") else { throw BenchmarkError(description: "\(path): \(head)") }
        let line = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
        guard let length = line?.split(separator: " ").last.flatMap({ Int($0) }) else {
          throw BenchmarkError(description: "\(path): no length")
        }
        if answer.count - end >= length { return answer[end...] }
      }
      answer.append(try receive(path))
    }
  }

  private func receive(_ path: String) throws -> Data {
    var buffer = [UInt8](repeating: 0, count: 256 * 1024)
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 0 else { throw BenchmarkError(description: "\(path): the connection was closed") }
    return Data(buffer[..<count])
  }
}
