import Foundation
import Testing

@testable import Looper

@Suite("Views survive the wire")
struct WireCodingTests {
  @Test(
    "names translate both ways",
    arguments: [
      ("id", "id"), ("pullURL", "pull_url"), ("costUSD", "cost_usd"),
      ("vendorSessionID", "vendor_session_id"),
      ("waitsFor", "waits_for"), ("isEnded", "is_ended"), ("nextCursor", "next_cursor"),
    ])
  func names(swift: String, wire: String) {
    #expect(WireCoding.snakeCase(swift) == wire)
    #expect(WireCoding.camelCase(wire) == swift)
  }

  private func roundTrip<Value: Codable>(_ value: Value) throws -> Value {
    try Envelope.open(try Envelope.data(of: value), as: Value.self)
  }

  @Test("every view comes back equal")
  func views() throws {
    let status = Sample.status(needsHuman: [Sample.needsHuman()], runs: [Sample.run()])
    #expect(try roundTrip(status) == status)
    #expect(try roundTrip(Sample.inspection) == Sample.inspection)
    #expect(try roundTrip(Sample.why) == Sample.why)
    #expect(try roundTrip(Sample.project()) == Sample.project())
    let session = SessionView(
      id: 1, run: "R1", stage: "work", vendor: "codex", executable: "/bin/codex", version: "1.2",
      vendorSessionID: "s",
      state: "ended",
      ending: "exit 0", directory: "/d", inputTokens: 1, outputTokens: 2, costUSD: 3, startedAt: Sample.now)
    #expect(try roundTrip(session) == session)
    let gap = EventGapView(after: 1, through: 2, message: "m")
    #expect(try roundTrip(gap) == gap)
  }

  @Test("what is spelled for the wire already is the same as converted name by name")
  func spelled() throws {
    let event = EventView(
      sequence: 7, at: Sample.now, kind: "run.started", project: "acme/shop", loop: "L1", run: "R2",
      message: "m")
    let page = EventPageView(items: [event], newest: 9, prunedThrough: 3)
    #expect(try WireCoding.encoder(for: EventView.self).encode(event) == WireCoding.encoder.encode(event))
    #expect(try WireCoding.encoder(for: EventPageView.self).encode(page) == WireCoding.encoder.encode(page))
    #expect(try roundTrip(page) == page)
    for value in [event, page] as [any WireSpelled] {
      let json = try JSONDecoder().decode(JSONValue.self, from: WireCoding.encoder.encode(value))
      let labels = Mirror(reflecting: value).children.compactMap { $0.label.map(WireCoding.snakeCase) }
      #expect(json.objectValue?.keys.sorted() == labels.sorted())
    }
  }

  @Test("an error of a later daemon is known as internal")
  func unknownCode() {
    let data = Data(#"{"ok":false,"error":{"code":"melted","message":"oh"}}"#.utf8)
    #expect(throws: LooperError(.internal, "oh")) { try Envelope.open(data, as: VersionView.self) }
  }
}
