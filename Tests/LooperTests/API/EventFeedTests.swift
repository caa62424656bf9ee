import Testing

@testable import Looper

@Suite("A follower misses nothing in silence and gets nothing twice")
struct EventFeedTests {
  private func page(_ sequences: ClosedRange<Int64>?, newest: Int64, pruned: Int64 = 0) -> EventPageView {
    EventPageView(
      items: (sequences.map(Array.init) ?? []).map { Sample.event($0) }, newest: newest, prunedThrough: pruned
    )
  }

  private func gap(_ after: Int64, _ through: Int64, _ message: String) -> ServerSentEvent {
    ServerSentEvent(gap: EventGapView(after: after, through: through, message: message))
  }

  @Test("it reads on until the newest")
  func catchesUp() {
    var feed = EventFeed(after: 0)
    #expect(feed.take(page(1...2, newest: 3)).isBehind)
    let last = feed.take(page(3...3, newest: 3))
    #expect(last == EventFeed.Output(frames: [ServerSentEvent(event: Sample.event(3))], isBehind: false))
    #expect(feed.take(page(nil, newest: 3)) == EventFeed.Output())
    #expect(feed.cursor == 3)
  }

  @Test("a place that was pruned is a gap, and what is left follows")
  func pruned() {
    var feed = EventFeed(after: 5)
    let output = feed.take(page(11...12, newest: 12, pruned: 10))
    #expect(output == EventFeed.Output(frames: [gap(5, 10, "older events have been pruned")], isBehind: true))
    #expect(feed.take(page(11...12, newest: 12, pruned: 10)).frames.count == 2)
  }

  @Test("a new log is a gap, and all of it follows")
  func newLog() {
    var feed = EventFeed(after: 500)
    let output = feed.take(page(nil, newest: 3))
    #expect(output.frames == [gap(500, 0, "the event log is a new one; it follows from its beginning")])
    #expect(feed.take(page(1...3, newest: 3)).frames.count == 3)
  }

  @Test("a follower that lags too far is moved on; one that resumes is not")
  func lag() {
    let far = EventFeed.lagMax + 1
    var resumed = EventFeed(after: 0)
    #expect(resumed.take(page(1...2, newest: far)).frames.count == 2)

    var follower = EventFeed(after: 0)
    _ = follower.take(page(nil, newest: 0))
    let moved = far - Int64(EventPageView.limitMax)
    #expect(follower.take(page(1...2, newest: far)).frames == [gap(0, moved, "this client reads too slowly")])
    #expect(follower.cursor == moved)
  }

  @Test("an event has its number as id and its kind as name")
  func form() {
    let text = ServerSentEvent(event: Sample.event(7)).text
    let data =
      #"{"at":"\#(Sample.now.iso8601)","kind":"run.started","loop":"L12","message":"event 7","#
      + #""project":"acme/app","run":"R34","sequence":7}"#
    #expect(text == "id: 7\nevent: run.started\ndata: \(data)\n\n")
  }
}
