import Foundation
import NIOCore
import Testing

@testable import Looper

@Suite("Whatever bytes come over a socket, the answer is in the envelope and never the daemon's fault")
struct APIWireFuzzTests {
  private static let requests = 250

  /// Impatient with bodies, because some of them are never whole.
  private static var limits: ConnectionLimits {
    var limits = ConnectionLimits()
    limits.body = .milliseconds(500)
    return limits
  }

  /// Where requests go.
  enum Door: String, CaseIterable, Sendable { case tcp, socket }

  private static let cases = Door.allCases.flatMap { door in [1, 2].map { (door, UInt64($0)) } }

  @Test("requests made from the document that the server serves", arguments: cases)
  func fuzz(door: Door, seed: UInt64) async throws {
    try await OpsScene.with { scene in
      _ = try await scene.startWork()
      let socket = "\(NSTemporaryDirectory())lf-\(UInt32.random(in: 0 ... .max))/s"
      defer { try? FileManager.default.removeItem(atPath: String(socket.dropLast(2))) }
      let tcp = APIServer.TCP(host: "127.0.0.1", port: 0, token: "secret")
      try await ServedOperations.serving(scene.operations, at: socket, tcp: tcp, limits: Self.limits) {
        _, listeners in
        let ports = listeners.compactMap { if case .tcp(_, let port) = $0 { port } else { nil } }
        let port: Int? = door == .tcp ? ports.first : nil
        try #require((port != nil) == (door == .tcp))
        func ask(_ bytes: [UInt8]) async throws -> String {
          guard let port else { return try await WireClient.with(socket) { try await $0.answer(to: bytes) } }
          return try await WireClient.with(port: port) { try await $0.answer(to: bytes) }
        }
        try await check(seed: seed, door: door, ask)
      }
    }
  }

  private func check(
    seed: UInt64, door: Door, _ ask: ([UInt8]) async throws -> String
  ) async throws {
    let always = ["Host: localhost"] + (door == .tcp ? ["Authorization: Bearer secret"] : [])
    let request = "GET /api/v1/openapi.json HTTP/1.1\r\n\(always.joined(separator: "\r\n"))\r\n"
    let served = try #require(
      APIAsking.Answer(wire: try await ask(Array("\(request)Connection: close\r\n\r\n".utf8))))
    let document = try JSONDecoder().decode(JSONValue.self, from: Data(served.text.utf8))
    var fuzzer = WireFuzzer(document, seed: seed, always: always)
    let judge = AnswerJudge(document: document)
    var statuses: [Int: Int] = [:]
    for number in 0..<Self.requests {
      let sent = fuzzer.next()
      let text = try await ask(sent.bytes)
      let place = "seed \(seed), request \(number): \(sent)"
      guard let answer = APIAsking.Answer(wire: text) else {
        Issue.record("no answer but \"\(text.prefix(200))\" to \(place)")
        continue
      }
      statuses[answer.status, default: 0] += 1
      let problem = judge.problem(answer, to: sent.method, sent.target)
      #expect(problem == nil, "\(place)")
    }
    // A fuzzer whose requests are all refused at the door tests only the door.
    #expect(statuses[200, default: 0] > Self.requests / 20, "\(statuses)")
    #expect(statuses.count > 7, "\(statuses)")
  }
}

extension WireClient.Talk {
  /// Sends a request and reads its answer whole; of a stream of events its head, for it never ends.
  fileprivate mutating func answer(to bytes: [UInt8]) async throws -> String {
    var text = ""
    do {
      try await outgoing.write(ByteBuffer(bytes: bytes))
    } catch {
      // Refused before it was all sent; the answer is there nevertheless.
    }
    do {
      while let buffer = try await incoming.next() {
        text += String(buffer: buffer)
        if text.contains("Content-Type: text/event-stream"), let end = text.range(of: "\r\n\r\n") {
          return String(text[..<end.upperBound])
        }
      }
    } catch {
      // The connection's end, however it came, is the answer's end.
    }
    return text
  }
}
