import Testing

@testable import Looper

@Suite("A stream of events is read whatever its pieces")
struct ServerSentEventParserTests {
  @Test("pieces of any size give the same events", arguments: [1, 2, 7, 1000])
  func pieces(size: Int) {
    let text =
      ": heartbeat\n\nid: 1\nevent: a\ndata: x\ndata: y: z\n\nid: 2\r\nevent: gap\r\ndata: {}\r\n\r\nevent: b\n\n"
    var parser = ServerSentEventParser()
    var events: [ServerSentEvent] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      events += parser.take(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    #expect(
      events == [
        ServerSentEvent(id: "1", name: "a", data: "x\ny: z"),
        ServerSentEvent(id: "2", name: "gap", data: "{}"),
      ])
  }
}
