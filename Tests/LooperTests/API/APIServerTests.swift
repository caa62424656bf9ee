import Foundation
import ServiceLifecycle
import Synchronization
import Testing

@testable import Looper

@Suite("The server listens privately and stops when it is told to")
struct APIServerTests {
  let operations = FakeOperations()

  private func withSocket<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let directory = NSTemporaryDirectory() + "ls-\(UInt32.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    return try await body("\(directory)/looper.sock")
  }

  @discardableResult
  private func serving<Value: Sendable>(
    _ path: String, tcp: APIServer.TCP? = nil, _ body: ([APIServer.Listener]) async throws -> Value
  ) async throws -> Value {
    try await ServedOperations.serving(operations, at: path, tcp: tcp) { try await body($1) }
  }

  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test("the socket is 0600 in a 0700 directory and goes away at the end")
  func modes() async throws {
    try await withSocket { path in
      try await serving(path) { _ in
        #expect(try mode(path) == 0o600)
        #expect(try mode(URL(filePath: path).deletingLastPathComponent().path) == 0o700)
        let version = try await LooperClient.connected(to: path) { try await $0.version() }
        #expect(version == VersionView(version: "0.1.0"))
      }
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test("a command on all loops is waited for as one on a single loop is", arguments: BulkAction.allCases)
  func bulkPatience(action: BulkAction) async throws {
    try await withSocket { path in
      try await serving(path) { _ in
        // The usual patience is none at all.
        let answer = try await LooperClient.connected(to: path, patience: .zero) {
          try await $0.controlAll(action)
        }
        #expect(answer == operations.read { $0.bulk })
      }
    }
  }

  @Test("a socket that answers is not taken over; a dead one is replaced")
  func staleSocket() async throws {
    try await withSocket { path in
      try await serving(path) { _ in
        #expect(throws: LooperError.self) { try UnixSocketPath(path: path).prepare() }
      }
      try await serving(path) { _ in }
      _ = FileManager.default.createFile(atPath: path, contents: Data())
      #expect(throws: LooperError.self) { try UnixSocketPath(path: path).prepare() }
    }
  }

  @Test("a directory that others can enter is no place for a socket", arguments: [0o755, 0o710, 0o777])
  func openDirectory(mode: Int) async throws {
    try await withSocket { path in
      let directory = URL(filePath: path).deletingLastPathComponent().path
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: directory)
      let error = #expect(throws: LooperError.self) { try UnixSocketPath(path: path).prepare() }
      #expect(error?.code == .forbidden)
    }
  }

  @Test("TCP on any free port answers to the token; beyond loopback it is refused")
  func tcp() async throws {
    try await withSocket { path in
      try await serving(path, tcp: APIServer.TCP(host: "127.0.0.1", port: 0, token: "secret")) { listeners in
        let ports = listeners.compactMap { if case .tcp(_, let port) = $0 { port } else { nil } }
        #expect(ports.count == 1 && ports.allSatisfy { $0 > 0 })
      }
      let open = APIServer(
        operations: operations, socketPath: path,
        tcp: APIServer.TCP(host: "0.0.0.0", port: 0, token: "secret"),
        time: SystemTime(), logger: ServedOperations.logger)
      await #expect(throws: LooperError.self) { try await open.run() }
    }
  }

  /// Leaves a stream that would go on for ever.
  private struct Enough: Error {}

  @Test(
    "a taken port ends the server at once, before its socket serves, and says so", .timeLimit(.minutes(1)))
  func takenPort() async throws {
    try await withSocket { path in
      let tcp = APIServer.TCP(host: "127.0.0.1", port: 0, token: "token")
      try await ServedOperations.serving(FakeOperations(), at: path, tcp: tcp) { _, listeners in
        let ports = listeners.compactMap { if case .tcp(_, let port) = $0 { port } else { nil } }
        let port = try #require(ports.first)
        let said = Mutex<[APIServer.Listener]>([])
        let second = APIServer(
          operations: FakeOperations(), socketPath: "\(path).2",
          tcp: APIServer.TCP(host: "127.0.0.1", port: port, token: "token"), time: SystemTime(),
          logger: ServedOperations.logger, onListening: { listener in said.withLock { $0.append(listener) } })
        let error = await #expect(throws: LooperError.self) { try await second.run() }
        #expect(
          error
            == LooperError(
              .conflict, "port \(port) on 127.0.0.1 is taken; set server.port, or stop what listens there"))
        #expect(said.withLock { $0.isEmpty })
        #expect(!UnixSocketPath(path: "\(path).2").answers)
      }
    }
  }

  @Test("a follower resumes after any event without loss or repetition", arguments: [0, 3, 10] as [Int64])
  func resume(after: Int64) async throws {
    operations.record((1...10).map { Sample.event($0) })
    try await withSocket { path in
      try await serving(path) { _ in
        var received: [Int64] = []
        await #expect(throws: Enough.self) {
          try await LooperClient.connected(to: path) { client in
            operations.record([Sample.event(11)])
            try await client.followEvents(after: after) { item in
              guard case .event(let event) = item else { return }
              received.append(event.sequence)
              if event.sequence == 11 { operations.record([Sample.event(12)]) }
              if event.sequence == 12 { throw Enough() }
            }
          }
        }
        #expect(received == Array((after + 1)...12))
      }
    }
  }

  @Test("a follower is told of news from before its first look at the log on")
  func newsInBetween() async throws {
    operations.record([Sample.event(1)])
    let followers = Mutex(0)
    operations.change { [operations] state in
      state.onEventsRead = {
        followers.withLock { $0 = operations.read { $0.hints.count } }
        operations.record([Sample.event(2)])
      }
    }
    try await withSocket { path in
      try await serving(path) { _ in
        let text = try await WireClient.with(path) { talk in
          try await talk.send(
            "GET /api/v1/events?after=0 HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
          return try await talk.text(until: "id: 2\n")
        }
        #expect(text.contains("id: 1\n"))
      }
    }
    // Without the subscription the second event would have been found at the next heartbeat only.
    #expect(followers.withLock { $0 } == 1)
  }

  @Test(
    "HEAD is answered without a body, and the connection goes on",
    arguments: [("/api/v1/status", "200"), ("/api/v1/events?follow=true", "200"), ("/nothing", "404")])
  func head(route: String, status: String) async throws {
    try await withSocket { path in
      try await serving(path) { _ in
        let text = try await WireClient.with(path) { talk in
          try await talk.send("HEAD \(route) HTTP/1.1\r\nHost: localhost\r\n\r\n")
          try await talk.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
          return try await talk.text(until: "true}")
        }
        let parts = text.components(separatedBy: "\r\n\r\n")
        #expect(parts.count == 3)
        #expect(parts.first?.hasPrefix("HTTP/1.1 \(status) ") == true)
        #expect(parts.dropFirst().first?.hasPrefix("HTTP/1.1 200 OK\r\n") == true)
        #expect(parts.last == #"{"data":{},"ok":true}"#)
      }
    }
  }

  @Test("one connection more than the limit waits until another one ends")
  func connectionsMax() async throws {
    var limits = ConnectionLimits()
    limits.connectionsMax = 2
    let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    try await withSocket { path in
      try await ServedOperations.serving(operations, at: path, limits: limits) { _, _ in
        try await WireClient.with(path) { first in
          try await first.send(request)
          _ = try await first.text(until: "true}")
          let last = try await WireClient.with(path) { second in
            try await second.send(request)
            _ = try await second.text(until: "true}")
            return try await WireClient.with(path) { third in
              try await third.send(
                "GET /api/v1/events?after=0&follow=false HTTP/1.1\r\nHost: localhost\r\n\r\n")
              // Both others are still served, and this one has not been read.
              try await second.send(request)
              _ = try await second.text(until: "true}")
              #expect(operations.read { $0.reads } == 0)
              try await second.close()
              return try await third.text(until: "ok\":true}")
            }
          }
          #expect(last.hasPrefix("HTTP/1.1 200 OK"))
        }
      }
    }
  }

  private static func answer(_ port: Int, _ head: String) async throws -> String {
    try await WireClient.with(port: port) { talk in
      try await talk.send("\(head)Connection: close\r\n\r\n")
      return try await talk.rest()
    }
  }

  @Test(
    "headers that say where a request came from grant nothing over TCP: it is refused",
    arguments: [
      "X-Forwarded-For: 127.0.0.1", "x-real-ip: 127.0.0.1", "X-FORWARDED-HOST: 127.0.0.1",
      "Forwarded: for=127.0.0.1;host=127.0.0.1", "X-Forwarded-Proto: https",
    ])
  func forwarded(forwarded: String) async throws {
    let token = "Authorization: Bearer secret\r\n"
    try await withSocket { path in
      try await serving(path, tcp: APIServer.TCP(host: "127.0.0.1", port: 0, token: "secret")) { listeners in
        let ports = listeners.compactMap { if case .tcp(_, let port) = $0 { port } else { nil } }
        let port = try #require(ports.first)
        for (headers, status) in [
          ("Host: 127.0.0.1\r\n", "401"), ("Host: 127.0.0.1\r\n\(token)", "200"),
          ("Host: 127.0.0.1\r\n\(forwarded)\r\n", "403"),
          ("Host: 127.0.0.1\r\n\(token)\(forwarded)\r\n", "403"),
        ] {
          let text = try await Self.answer(port, "GET /api/v1/status HTTP/1.1\r\n\(headers)")
          #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(headers)")
        }
      }
    }
  }

  @Test("a graceful shutdown ends the streams")
  func shutdown() async throws {
    try await withSocket { path in
      try await ServedOperations.serving(operations, at: path) { services, _ in
        operations.record([Sample.event(1)])
        await #expect(throws: LooperError.self) {
          try await LooperClient.connected(to: path) { client in
            try await client.followEvents(after: 0) { _ in await services.triggerGracefulShutdown() }
          }
        }
      }
    }
  }
}
