import Foundation
import Hummingbird
import Logging
import Testing

@testable import Looper

/// Asks the API without a connection.
struct APIAsking {
  /// What came back.
  struct Answer {
    var status: Int
    var headers: HTTPFields
    var text: String
  }

  private struct Collector: ResponseBodyWriter {
    let append: @Sendable (ByteBuffer) -> Void
    mutating func write(_ buffer: ByteBuffer) async throws { append(buffer) }
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
  }

  let operations: any Operations
  var door = APIGuard.Door.socket(ownerUID: 0)

  init(_ operations: any Operations) { self.operations = operations }

  func ask(
    _ path: String, method: HTTPRequest.Method = .get, body: String = "", headers: HTTPFields = [:]
  ) async throws -> Answer {
    let head = HTTPRequest(
      method: method, scheme: "http", authority: "127.0.0.1:7391", path: path, headerFields: headers)
    let responder = APIResponder(operations: operations, guardian: APIGuard(door: door), time: SystemTime())
    let context = APIContext(logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    let response = try await responder.respond(
      to: Request(head: head, body: RequestBody(buffer: ByteBuffer(string: body))), context: context)
    // A stream would not end.
    guard response.headers[.contentType] != "text/event-stream" else {
      return Answer(status: response.status.code, headers: response.headers, text: "")
    }
    let received = AsyncStream.makeStream(of: ByteBuffer.self)
    try await response.body.write(Collector { received.continuation.yield($0) })
    received.continuation.finish()
    var text = ""
    for await buffer in received.stream { text += String(buffer: buffer) }
    return Answer(status: response.status.code, headers: response.headers, text: text)
  }

  /// The text of an answer that must be good.
  func get(_ path: String) async throws -> String {
    let answer = try await ask(path)
    #expect(answer.status == 200)
    return answer.text
  }
}

@Suite("Machines that watch get answers made for them")
struct WatchingRoutesTests {
  private let operations = FakeOperations()

  @Test("metrics are plain text, and only for those who may ask")
  func metrics() async throws {
    var asking = APIAsking(operations)
    let answer = try await asking.ask("/metrics", headers: [.accept: "text/plain"])
    #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
    #expect(
      answer.text
        == "# HELP looper_loops Loops.\n# TYPE looper_loops gauge\nlooper_loops{state=\"queued\"} 0\n")
    asking.door = .tcp(host: "127.0.0.1", token: "secret")
    #expect(try await asking.ask("/metrics").status == 401)
  }

  @Test("ready is 200 without a token, and 503 when the database does not answer")
  func readiness() async throws {
    var asking = APIAsking(operations)
    asking.door = .tcp(host: "127.0.0.1", token: "secret")
    #expect(try await asking.ask("/readyz").status == 200)
    operations.change { $0.failure = LooperError(.unavailable, "the database does not answer") }
    #expect(try await asking.ask("/readyz").status == 503)
    #expect(try await asking.ask("/healthz").status == 200)
  }

  @Test("a list that has not changed is not sent again")
  func entityTag() async throws {
    operations.change { $0.loops = [Sample.loop()] }
    let asking = APIAsking(operations)
    let first = try await asking.ask("/api/v1/loops")
    let tag = try #require(first.headers[.eTag])
    let again = try await asking.ask("/api/v1/loops", headers: [.ifNoneMatch: "\"other\", W/\(tag)"])
    #expect(again.status == 304)
    #expect(again.text == "")
    #expect(again.headers[.eTag] == tag)
    operations.change { $0.loops = [] }
    let changed = try await asking.ask("/api/v1/loops", headers: [.ifNoneMatch: tag])
    #expect(changed.status == 200)
    #expect(try await asking.ask("/api/v1/status").headers[.eTag] == nil)
  }
}
