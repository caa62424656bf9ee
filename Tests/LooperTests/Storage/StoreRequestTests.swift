import Foundation
import GRDB
import Testing

@testable import Looper

@Suite("A request with a key is done once, and remembered for a day")
struct StoreRequestTests {
  private let now = Sample.now
  private let answer = KeptAnswer(status: 200, body: "{}")

  private func request(_ key: String = "k", _ fingerprint: String = "f") throws -> IdempotentRequest {
    try #require(IdempotentRequest(key: key, fingerprint: fingerprint))
  }

  @Test("the first is told so; others get its answer, or that there is none yet")
  func claims() async throws {
    let store = try Store.scratch()
    #expect(try await store.claim(try request(), at: now) == .first)
    #expect(try await store.claim(try request(), at: now) == .unsettled)
    #expect(try await store.claim(try request("k", "g"), at: now) == .otherRequest)
    try await store.settle(try request(), with: answer)
    #expect(try await store.claim(try request(), at: now) == .answered(answer))
    try await store.settle(try request(), with: KeptAnswer(status: 500, body: ""))
    #expect(try await store.claim(try request(), at: now) == .answered(answer))
    #expect(try await store.claim(try request("other"), at: now) == .first)
  }

  @Test("of many at once one is the first")
  func race() async throws {
    let store = try Store.scratch()
    let request = try request()
    let firsts = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<16 { group.addTask { [now] in try await store.claim(request, at: now) == .first } }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(firsts == 1)
  }

  @Test("a released key is free again, an answered one is not")
  func release() async throws {
    let store = try Store.scratch()
    _ = try await store.claim(try request(), at: now)
    try await store.settle(try request(), with: nil)
    #expect(try await store.claim(try request(), at: now) == .first)
    try await store.settle(try request(), with: answer)
    try await store.settle(try request(), with: nil)
    #expect(try await store.claim(try request(), at: now) == .answered(answer))
  }

  @Test("a day later the key is forgotten")
  func age() async throws {
    let store = try Store.scratch()
    _ = try await store.claim(try request(), at: now)
    #expect(try await store.claim(try request(), at: now + Store.requestAgeMax) == .unsettled)
    #expect(try await store.claim(try request(), at: now + Store.requestAgeMax + .seconds(1)) == .first)
  }

  @Test("it outlives the daemon, and a database of the first schema gets the table and a backup")
  func upgrade() async throws {
    let directory = NSTemporaryDirectory() + "lr-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let path = "\(directory)/looper.db"
    let first = try DatabaseQueue(path: path)
    try Store.migrator.migrate(first, upTo: Migration0001.name)
    try first.close()
    let store = try Store(path: path)
    #expect(try await store.claim(try request(), at: now) == .first)
    try store.close()
    let later = try Store(path: path)
    #expect(try await later.claim(try request(), at: now) == .unsettled)
    try later.close()
    let names = try FileManager.default.contentsOfDirectory(atPath: directory)
    #expect(names.contains { $0.hasPrefix("looper.db.before-") })
  }

  @Test(
    "a key is visible ASCII and not too long",
    arguments: [
      ("a", true), (String(repeating: "k", count: 255), true), ("", false), ("a b", false),
      ("ä", false), (String(repeating: "k", count: 256), false),
    ])
  func keys(key: String, isOne: Bool) {
    #expect((IdempotentRequest(key: key, fingerprint: "") != nil) == isOne)
  }
}
