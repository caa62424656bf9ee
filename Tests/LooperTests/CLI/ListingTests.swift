import Testing

@testable import Looper

@Suite("Listings fit the terminal with ordinary long names, and use what room there is")
struct ListingTests {
  private static let subject = "some-organisation/some-repository-of-ours#1234"
  private static let title = "Read dates with a zone that changes in the middle of the night"
  private static let url = "https://github.com/some-organisation/some-repository-of-ours/pull/1240"
  private static let path = "/home/somebody/.looper/worktrees/github.com/some-org/repo/L1234"

  /// One listing with everything long in it.
  struct Listing: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Texts that are never cut, at whatever width.
    var whole: [String] = []
    let text: @Sendable (TextStyle) -> String
  }

  private static func loop() -> LoopView {
    var loop = Sample.loop(id: "L1234", state: "blocked", title: title)
    loop.project = "some-organisation/some-repository-of-ours"
    loop.subject.number = 1234
    loop.subject.url = url
    loop.pullURL = url
    loop.reason = "checks-keep-failing"
    loop.since = Sample.now - .seconds(86_000)
    loop.pullNumber = 1240
    loop.costUSD = 123.45
    return loop
  }

  private static func run() -> RunView {
    var run = Sample.run(id: "R1234", state: "failed")
    run.loop = "L1234"
    run.subject = subject
    run.job = "fix-spec-findings"
    run.vendor = "claude-code"
    run.failure = "usage-limited"
    run.message = String(repeating: "the agent said something long ", count: 5)
    run.startedAt = Sample.now - .seconds(86_000)
    return run
  }

  private static func failure() -> FailureView {
    var failure = Sample.failure()
    failure.loop = "L1234"
    failure.run = "R1234"
    failure.subject = subject
    failure.what = "push-branch to looper/1234-read-dates-with-a-zone"
    failure.failure = "usage-limited"
    failure.title = title
    failure.message = String(repeating: "the remote refused it because of a rule ", count: 4)
    failure.lastLines = [String(repeating: "x", count: 200)]
    return failure
  }

  private static func inspection() -> InspectView {
    var view = Sample.inspection
    view.loop = loop()
    view.timeline = [
      TimelineEntryView(at: Sample.now - .seconds(86_000), text: "R1234 " + title + " " + title)
    ]
    view.runs[0].run = run()
    view.runs[0].stages[0].summary = title + " " + title
    view.runs[0].validations[0].command = "scripts/test --filter " + title
    view.findings[0].path = "Sources/Looper/Some/Deep/Directory/WithAnOrdinaryName.swift"
    view.findings[0].title = title
    view.effects[0].kind = "remove-label"
    view.effects[0].target = "looper/1234-read-dates"
    view.effects[0].url = url
    view.effects.append(
      EffectView(
        id: 1235, kind: "remove-label", target: "looper/1234-read-dates-with-a-zone", state: "refused",
        attempts: 12, key: "R1234/" + String(repeating: "0123456789abcdef", count: 6), url: nil,
        createdAt: Sample.now - .seconds(86_000)))
    view.sessions[0].ending = title
    view.sessions[0].stage = "fix-spec-findings"
    view.sessions[0].vendor = "claude-code"
    view.sessions[0].version = "2.1.0 (Claude Code)"
    view.phases?[0].phase = "code-review"
    view.phases?[0].startedAt = Sample.now - .seconds(186_000)
    view.phases?[0].agentSeconds = 86_000
    view.phases?[0].durationSeconds = 186_000
    view.phases?[0].costUSD = 123.45
    view.files = [FileView(name: "session 1234 of R1234, prepare-worktree", path: path)]
    return view
  }

  private static func project() -> ProjectView {
    var project = Sample.project("some-organisation/some-repository-of-ours")
    project.base = "release-2026-11"
    project.path = path
    return project
  }

  private static func worktree() -> WorktreeView {
    WorktreeView(
      path: path, loop: "L1234", project: "some-organisation/some-repository-of-ours",
      head: "1234567890123456789012345678901234567890", isDirty: true, state: .removable,
      reason: "L1234 has ended (merged); it has uncommitted changes, which is rescued first")
  }

  private static func queueItem() -> QueueItemView {
    QueueItemView(
      id: 12_345, loop: "L1234", subject: subject, title: title, job: "fix-spec-findings", lane: "planned",
      state: "queued", dueAt: Sample.now + .seconds(86_000), enqueuedAt: Sample.now - .seconds(86_000),
      isBumped: true)
  }

  private static func status() -> StatusView {
    var person = Sample.needsHuman("L1234")
    person.subject = subject
    person.title = title
    person.reason = "checks-keep-failing"
    person.since = Sample.now - .seconds(86_000)
    person.action = "look at \(url), then looper retry L1234: \(title)"
    return Sample.status(needsHuman: [person], runs: [run()])
  }

  private static func why() -> WhyView {
    var why = Sample.why
    why.sentence = title + " " + title
    why.humanCan.append("write a review comment on \(url) to have something changed")
    return why
  }

  private static let usage = UsageView(
    by: "loop", rows: [],
    total: UsageRowView(
      key: "some-organisation/some-repository-of-ours-with-more-in-it", sessions: 123_456,
      sessionsWithoutTokens: 1, sessionsWithoutCost: 1, inputTokens: 1_234_567_890, outputTokens: 12_345_678,
      costUSD: 123_456, agentSeconds: 123_456_789))

  private static func event() -> EventView {
    var event = Sample.event(1, kind: "review.recorded", loop: "L1234")
    event.project = "some-organisation/some-repository-of-ours"
    event.message = "\(title): see \(url), \(title)"
    event.at = Sample.now - .seconds(86_000)
    return event
  }

  static let listings = [
    Listing(testDescription: "events") { EventText.line(event(), $0, isLive: false) },
    Listing(testDescription: "events --follow") { EventText.line(event(), $0, isLive: true) },
    Listing(testDescription: "loops") { LoopText.table([loop(), Sample.loop()], $0) },
    Listing(testDescription: "run list") { RunText.table([run(), Sample.run()], $0) },
    Listing(testDescription: "queue list") { QueueText.table([queueItem()], $0) },
    Listing(testDescription: "project list", whole: [path]) { ProjectText.table([project()], $0) },
    Listing(testDescription: "project show", whole: [path]) { ProjectText.text(project(), $0) },
    Listing(testDescription: "worktree list", whole: [path]) { WorktreeText.table([worktree()], $0) },
    Listing(testDescription: "failures") { FailureText.text([failure()], $0) },
    Listing(testDescription: "usage") { UsageText.text(usage, $0) },
    Listing(testDescription: "status", whole: [url]) { StatusText.text(status(), $0) },
    Listing(testDescription: "why") { WhyText.text(why(), $0) },
    Listing(testDescription: "inspect", whole: [url, path]) { InspectText.text(inspection(), $0) },
  ]

  @Test(
    "inspect fits narrower terminals too, but for what is never cut", arguments: [60, 70])
  func inspectNarrow(width: Int) {
    let text = InspectText.text(Self.inspection(), TextStyle(width: width, isColored: false, now: Sample.now))
    let wide = text.split(separator: "\n").filter { TerminalText.width(String($0)) > width }
    let whole = [Self.url, Self.path, Self.inspection().findings[0].path]
    #expect(wide.filter { line in !whole.contains { line.contains($0) } } == [])
  }

  @Test("a key is cut where it would be too long for its line, and nowhere else")
  func key() {
    let key = "R1234/" + String(repeating: "0123456789abcdef", count: 6)
    func text(_ width: Int) -> String {
      InspectText.text(Self.inspection(), TextStyle(width: width, isColored: false, now: Sample.now))
    }
    #expect(text(120).contains("      \(key)\n"))
    let cut = "R1234/0123456789abcdef0123456789abcde…cdef0123456789abcdef0123456789abcdef"
    #expect(text(80).contains("      \(cut)\n"))
  }

  @Test(
    "nothing is wider than the terminal, and addresses and paths stay whole", arguments: listings,
    [80, 100, 200])
  func fits(listing: Listing, width: Int) {
    let text = listing.text(TextStyle(width: width, isColored: false, now: Sample.now))
    for line in text.split(separator: "\n") {
      #expect(TerminalText.width(String(line)) <= width, "\(line)")
    }
    for whole in listing.whole { #expect(text.contains(whole)) }
  }

  @Test("a narrow terminal costs columns, not the handle", arguments: listings)
  func narrow(listing: Listing) {
    let text = listing.text(TextStyle(width: 60, isColored: false, now: Sample.now))
    #expect(text.contains("L12") || text.contains("some-org"))
  }

  @Test("in a pipe nothing is cut", arguments: listings)
  func pipe(listing: Listing) {
    #expect(
      !listing.text(TextStyle(width: TextStyle.unlimited, isColored: false, now: Sample.now)).contains("…"))
  }

  @Test("an event goes on below itself, and below its time where there is no room beside it")
  func events() {
    var event = Sample.event(1)
    event.message = "the agent said something that is long"
    func line(_ width: Int, isLive: Bool = false) -> String {
      EventText.line(event, TextStyle(width: width, isColored: false, now: Sample.now), isLive: isLive)
    }
    #expect(
      line(89) == "now          run.started        acme/app L12 R34  the agent said something that is long")
    #expect(
      line(62) == """
        now          run.started        acme/app L12 R34 the agent
                                        said something that is long
        """)
    #expect(
      line(40) == """
        now          run.started
            acme/app L12 R34 the agent said
            something that is long
        """)
  }

  private func expect(_ table: TextTable, width: Int, _ expected: String) {
    #expect(table.text(TextStyle(width: width, isColored: false, now: Sample.now)) == expected)
  }

  @Test("columns give way in their order: below, cut, gone")
  func yields() {
    let table = TextTable(
      columns: [
        "A", .init("PATH", .below), .init("SUBJECT", .middle(7)), .init("AGE", drops: 1),
        .init("TITLE", .end(4)),
      ], rows: [["a1", "/some/path", "owner/name#1", "5m", "a title"]])
    expect(
      table, width: 60,
      """
      A   PATH        SUBJECT       AGE  TITLE
      a1  /some/path  owner/name#1  5m   a title
      """)
    expect(
      table, width: 30,
      """
      A   SUBJECT       AGE  TITLE
      a1  owner/name#1  5m   a title
          /some/path
      """)
    expect(
      table, width: 22,
      """
      A   SUBJECT  AGE  TIT…
      a1  own…e#1  5m   a t…
          /some/path
      """)
    expect(
      table, width: 20,
      """
      A   SUBJECT     TIT…
      a1  owner…me#1  a t…
          /some/path
      """)
  }

  @Test("the last column goes on in the next line, and below the row when its words are too long for it")
  func wraps() {
    let table = TextTable(
      rows: [["a", "one two three four five six seven"], ["b", "https://example.com/an/address/of/ours"]],
      last: .wraps)
    expect(
      table, width: 30,
      """
      a  one two three four five six
         seven
      b
          https://example.com/an/address/of/ours
      """)
  }
}
