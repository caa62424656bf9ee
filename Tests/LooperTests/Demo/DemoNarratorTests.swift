import Testing

@testable import Looper

@Suite("DemoNarrator tells a spectator what matters, in lines of 80 columns")
struct DemoNarratorTests {
  private static let began = Timestamp(milliseconds: 1_790_000_000_000)

  private func narrator(width: Int = 80, isColored: Bool = false) -> DemoNarrator {
    DemoNarrator(
      startedAt: Self.began, style: TextStyle(width: width, isColored: isColored, now: Self.began))
  }

  private func event(
    _ kind: Event.Kind, _ message: String, run: String? = "R2", after: Duration = .seconds(4)
  )
    -> EventView
  {
    EventView(
      sequence: 1, at: Self.began + after, kind: kind.rawValue, project: "demo/newest", loop: "L1", run: run,
      message: message)
  }

  @Test("a run's lines carry its role, once its start was seen")
  func roles() {
    var narrator = narrator()
    #expect(
      narrator.lines(for: event(.runStarted, "fix-checks by custom")) == ["  4.0s  fixer      R2 fix-checks"])
    #expect(
      narrator.lines(for: event(.agentProgress, "reading the log", after: .milliseconds(12_340))) == [
        " 12.3s  fixer        reading the log"
      ])
    #expect(
      narrator.lines(for: event(.loopReady, "ready to merge", run: nil)) == [
        "  4.0s  looper     ready to merge"
      ])
  }

  @Test(
    "what only a log wants is left out",
    arguments: [
      Event.Kind.daemonStarted, .runStage, .agentStarted, .agentEnded, .configuration, .projectAdded,
    ])
  func quiet(kind: Event.Kind) {
    var narrator = narrator()
    #expect(narrator.lines(for: event(kind, "x")) == [])
  }

  @Test("no line is wider than the terminal, and no text can steer it")
  func width() {
    var narrator = narrator()
    let long = "\u{1B}[31m" + String(repeating: "wide ", count: 40)
    for kind in Event.Kind.allCases {
      for line in narrator.lines(for: event(kind, long)) {
        #expect(TerminalText.width(line) <= 80)
        #expect(!line.contains("\u{1B}"))
      }
    }
  }

  @Test("an event of a later version is passed over")
  func unknown() {
    var narrator = narrator()
    var later = event(.loopReady, "x")
    later.kind = "loop.teleported"
    #expect(narrator.lines(for: later) == [])
  }
}
