import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Brings a file from the network to the disk.
enum Download {
  private static let deadline = TimeAmount.minutes(10)

  /// - Throws: `not_found`, or `internal` with the reason; then there is no file at `path`.
  static func fetch(_ address: String, to path: String, limit: ByteCount) async throws(LooperError) {
    do {
      try await HTTPClient.withHTTPClient { http in
        let response = try await http.execute(HTTPClientRequest(url: address), timeout: deadline)
        guard response.status == .ok else {
          throw LooperError(.notFound, "\(address) answers \(response.status.code)")
        }
        let body = try await response.body.collect(upTo: Int(limit.bytes))
        try Data(body.readableBytesView).write(to: URL(filePath: path))
      }
    } catch let error as LooperError {
      throw error
    } catch {
      throw LooperError(.internal, "\(address) cannot be fetched: \(error)")
    }
  }
}
