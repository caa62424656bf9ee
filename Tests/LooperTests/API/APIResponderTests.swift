import Foundation
import Hummingbird
import Logging
import Testing

@testable import Looper

@Suite("Every request is answered in the envelope")
struct APIResponderTests {
  let operations = FakeOperations()

  /// Status, body and the value of one header.
  struct Answer: Equatable {
    var status: Int
    var text: String
    var allow: String?
  }

  private struct Collector: ResponseBodyWriter {
    let append: @Sendable (ByteBuffer) -> Void
    mutating func write(_ buffer: ByteBuffer) async throws { append(buffer) }
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
  }

  private func ask(
    _ method: HTTPRequest.Method, _ path: String, body: String = "", headers: HTTPFields = [:],
    door: APIGuard.Door = .socket(ownerUID: 0)
  ) async throws -> Answer {
    let head = HTTPRequest(
      method: method, scheme: "http", authority: "127.0.0.1:7391", path: path, headerFields: headers)
    let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(string: body)))
    let responder = APIResponder(operations: operations, guardian: APIGuard(door: door), time: SystemTime())
    let context = APIContext(logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    let response = try await responder.respond(to: request, context: context)
    let received = AsyncStream.makeStream(of: ByteBuffer.self)
    try await response.body.write(Collector { received.continuation.yield($0) })
    received.continuation.finish()
    var text = ""
    for await buffer in received.stream { text += String(buffer: buffer) }
    return Answer(status: response.status.code, text: text, allow: response.headers[.allow])
  }

  @Test("data is wrapped, with snake_case keys and untouched inner documents")
  func data() async throws {
    let answer = try await ask(.get, "/api/v1/config")
    let text =
      #"{"data":{"entries":[{"key":"server.port","origin":"default","value":{"camelCase":1}}],"#
      + #""warnings":[]},"ok":true}"#
    #expect(answer == Answer(status: 200, text: text, allow: nil))
  }

  @Test("an unknown route is not_found")
  func unknownRoute() async throws {
    let answer = try await ask(.get, "/api/v2/x")
    #expect(answer.status == 404)
    #expect(
      answer.text == #"{"error":{"code":"not_found","message":"there is nothing at /api/v2/x"},"ok":false}"#)
  }

  @Test("a wrong method is method_not_allowed and names the right ones")
  func wrongMethod() async throws {
    let answer = try await ask(.put, "/api/v1/projects/acme/app")
    #expect(answer.status == 405)
    #expect(answer.allow == "GET, HEAD, DELETE")
    #expect(answer.text.contains(#""code":"method_not_allowed""#))
    let spelledOut = try await ask(.get, "/api/v1/projects/sync")
    #expect(spelledOut.status == 405)
    #expect(spelledOut.allow == "POST")
  }

  @Test(
    "HEAD is answered as GET, without the body",
    arguments: ["/healthz", "/metrics", "/api/v1/status", "/api/v1/loops?limit=2", "/api/v1/loops/L99"])
  func head(path: String) async throws {
    operations.change { $0.loops = [Sample.loop()] }
    let asking = APIAsking(operations)
    let whole = try await asking.ask(path)
    let head = try await asking.ask(path, method: .head)
    #expect(head.status == whole.status)
    #expect(head.text.isEmpty)
    var expected = whole.headers
    expected[.contentLength] = String(whole.text.utf8.count)
    #expect(head.headers == expected)
  }

  @Test("HEAD asks for no stream, and for nothing where only a POST is answered")
  func headElsewhere() async throws {
    let stream = try await APIAsking(operations).ask("/api/v1/events?follow=true", method: .head)
    #expect(stream.status == 200)
    #expect(stream.headers[.contentType] == "text/event-stream")
    let start = try await ask(.head, "/api/v1/bulk/pause")
    #expect(start == Answer(status: 405, text: "", allow: "POST"))
  }

  @Test(
    "each bad request has its own code",
    arguments: [
      ("{", "application/json", 400), (#"{"url":1}"#, "application/json", 422),
      ("{}", "application/json", 422),
      (#"{"url":"x"}"#, "application/json", 422), (#"{"url":"acme/app#1"}"#, "text/plain", 415),
      (#"{"url":"acme/app#1","vendor":"clippy"}"#, "application/json", 422),
      (#"{"url":"acme/app#1"}"#, "application/json; charset=utf-8", 200),
    ])
  func badBodies(body: String, type: String, status: Int) async throws {
    let answer = try await ask(.post, "/api/v1/loops", body: body, headers: [.contentType: type])
    #expect(answer.status == status)
  }

  @Test("a body over the limit is payload_too_large")
  func largeBody() async throws {
    let body = String(repeating: "x", count: APIResponder.bodyBytesMax + 1)
    #expect(try await ask(.post, "/api/v1/loops", body: body).status == 413)
  }

  @Test(
    "queries are checked",
    arguments: [
      ("/api/v1/loops?limit=0", 422), ("/api/v1/loops?limit=201", 422), ("/api/v1/loops?colour=red", 400),
      ("/api/v1/loops?state=odd", 422), ("/api/v1/loops?state=waiting&limit=5", 200),
      ("/api/v1/loops/x", 404), ("/api/v1/events?limit=1000", 200), ("/api/v1/events?limit=1001", 422),
      ("/api/v1/events?follow=maybe", 422), ("/api/v1/events?follow=0", 200),
      ("/api/v1/events?follow=true&limit=0", 422),
      ("/api/v1/loops/L99", 404), ("/api/v1/queue?lane=fast", 422), ("/api/v1/%FF", 400),
    ])
  func queries(path: String, status: Int) async throws {
    #expect(try await ask(.get, path).status == status)
  }

  @Test("an answer that cannot be JSON for the client is not_acceptable")
  func accept() async throws {
    #expect(try await ask(.get, "/api/v1/status", headers: [.accept: "image/png"]).status == 406)
  }

  @Test("a refusal of the daemon keeps its code", arguments: LooperError.Code.allCases)
  func refusals(code: LooperError.Code) async throws {
    operations.change { $0.failure = LooperError(code, "because", details: ["a": 1]) }
    let answer = try await ask(.get, "/api/v1/status")
    let text = #"{"error":{"code":"\#(code.rawValue)","details":{"a":1},"message":"because"},"ok":false}"#
    #expect(answer.status == code.httpStatus)
    #expect(answer.text == text)
  }

  @Test("lists page by cursor")
  func paging() async throws {
    operations.change { $0.loops = [Sample.loop(id: "L3"), Sample.loop(id: "L2"), Sample.loop(id: "L1")] }
    let first = try await ask(.get, "/api/v1/loops?limit=2")
    let page = try Envelope.open(Data(first.text.utf8), as: PageView<LoopView>.self)
    #expect(page.items.map(\.id) == ["L3", "L2"])
    let second = try await ask(.get, "/api/v1/loops?limit=2&cursor=\(page.nextCursor ?? "")")
    let last = try Envelope.open(Data(second.text.utf8), as: PageView<LoopView>.self)
    #expect(last == PageView(items: [Sample.loop(id: "L1")], nextCursor: nil))
  }

  @Test("a page of events without a place shows the newest")
  func newestEvents() async throws {
    operations.record((1...9).map { Sample.event($0) })
    let answer = try await ask(.get, "/api/v1/events?limit=2")
    let page = try Envelope.open(Data(answer.text.utf8), as: EventPageView.self)
    #expect(page.items.map(\.sequence) == [8, 9])
  }

  @Test("on TCP only health answers without the token")
  func token() async throws {
    let door = APIGuard.Door.tcp(host: "127.0.0.1", token: "secret")
    #expect(
      try await ask(.get, "/healthz", door: door) == Answer(status: 200, text: #"{"data":{},"ok":true}"#))
    #expect(try await ask(.get, "/api/v1/status", door: door).status == 401)
    #expect(try await ask(.get, "/api/v1/nothing", door: door).status == 401)
    let headers: HTTPFields = [.authorization: "Bearer secret"]
    #expect(try await ask(.get, "/api/v1/status", headers: headers, door: door).status == 200)
  }
}
