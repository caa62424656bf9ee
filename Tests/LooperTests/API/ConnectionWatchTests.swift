import Foundation
import Testing

@testable import Looper

@Suite("A client that takes too long, or sends what is not HTTP, is cut off")
struct ConnectionWatchTests {
  private let operations = FakeOperations()
  /// Long where a test does not wait for it, short where it does.
  private let patient = ConnectionLimits(head: .hours(1), body: .hours(1), idle: .hours(1), write: .hours(1))

  private func talking<Value: Sendable>(
    _ limits: ConnectionLimits, isReading: Bool = true,
    _ body: (inout WireClient.Talk) async throws -> Value
  ) async throws -> Value {
    let directory = NSTemporaryDirectory() + "lw-\(UInt32.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let path = "\(directory)/looper.sock"
    return try await ServedOperations.serving(operations, at: path, limits: limits) { _, _ in
      try await WireClient.with(path, isReading: isReading, body)
    }
  }

  private let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"

  @Test("headers that never end")
  func head() async throws {
    var limits = patient
    limits.head = .milliseconds(20)
    let text = try await talking(limits) { talk in
      // The end may come before this.
      try? await talk.send(request)
      return try await talk.rest()
    }
    #expect(text == "")
  }

  @Test("a body that does not come in time is told so, and what comes after is not acted on")
  func body() async throws {
    var limits = patient
    limits.body = .milliseconds(200)
    // From a refusal of ours to the end.
    limits.head = .seconds(2)
    let text = try await talking(limits) { talk in
      try await talk.send(
        "POST /api/v1/loops HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
          + "Content-Length: 100\r\n\r\n{")
      let text = try await talk.text(until: #""ok":false}"#)
      // The end may come before this.
      try? await talk.send(#""url":"acme/app#1"}"# + String(repeating: " ", count: 81))
      let rest = try? await talk.rest()
      return text + (rest ?? "")
    }
    #expect(
      text == "HTTP/1.1 408 Request Timeout\r\nContent-Type: application/json\r\nContent-Length: 98\r\n"
        + "Connection: close\r\n\r\n"
        + #"{"error":{"code":"timeout","message":"the body did not arrive in time; send it again"},"ok":false}"#
    )
    #expect(operations.read { $0.started.isEmpty })
  }

  @Test("silence after an answer")
  func idle() async throws {
    var limits = patient
    limits.idle = .milliseconds(20)
    let text = try await talking(limits) { talk in
      try await talk.send("\(request)\r\n")
      return try await talk.rest()
    }
    #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(text.hasSuffix(#"{"data":{},"ok":true}"#))
  }

  @Test("two requests on one connection are both answered")
  func keepAlive() async throws {
    let texts = try await talking(patient) { talk in
      var texts: [String] = []
      for _ in 0..<2 {
        try await talk.send("\(request)\r\n")
        texts.append(try await talk.text(until: #""ok":true}"#))
      }
      return texts
    }
    #expect(texts.allSatisfy { $0.hasPrefix("HTTP/1.1 200 OK") })
  }

  @Test("a follower that does not read holds a page or two and is gone after the deadline")
  func follower() async throws {
    var limits = patient
    limits.write = .milliseconds(100)
    let events = 5000
    operations.record(
      (1...Int64(events)).map {
        var event = Sample.event($0)
        event.message = String(repeating: "x", count: 1000)
        return event
      })
    try await talking(limits, isReading: false) { talk in
      try await talk.send(
        "GET /api/v1/events?after=0 HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
      // The server gives up; nothing else ends this connection.
      await operations.untilFollowerGone()
    }
    let read = operations.read { $0.eventsRead }
    #expect(read > 0)
    #expect(read < events / 2)
  }

  /// Bytes that are no request.
  struct Nonsense: CustomTestStringConvertible {
    let testDescription: String
    let text: String

    init(_ name: String, _ text: String) {
      testDescription = name
      self.text = text
    }
  }

  private static let start = "GET / HTTP/1.1\r\nHost: localhost\r\n"

  @Test(
    "what is not HTTP gets an envelope and the end",
    arguments: [
      Nonsense("words", "NONSENSE\r\n\r\n"), Nonsense("no colon", "\(start)bad header\r\n\r\n"),
      Nonsense("a version to come", "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n"),
      Nonsense("a large header", "\(start)X: \(String(repeating: "x", count: 40_000))\r\n\r\n"),
      Nonsense("a long path", "GET /\(String(repeating: "x", count: 90_000)) HTTP/1.1\r\n\r\n"),
      Nonsense("many headers", "\(start)\((0..<200).map { "X-\($0): 1\r\n" }.joined())\r\n"),
    ])
  func nonsense(nonsense: Nonsense) async throws {
    let answer = try await talking(patient) { talk in
      try await talk.send(nonsense.text)
      return try await talk.text(until: #""ok":false}"#)
    }
    #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
    #expect(answer.contains(#"{"error":{"code":"bad_request","message":"#))
  }

  @Test("a body that is too large is refused")
  func large() async throws {
    let answer = try await talking(patient) { talk in
      try await talk.send(
        "POST /api/v1/loops HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
          + "Content-Length: \(APIResponder.bodyBytesMax + 1)\r\n\r\n")
      try await talk.send(String(repeating: "x", count: APIResponder.bodyBytesMax + 1))
      return try await talk.text(until: #""ok":false}"#)
    }
    #expect(answer.hasPrefix("HTTP/1.1 413 "))
  }
}
