import Testing

@testable import Looper

@Suite("People read the same text every time")
struct TextTests {
  private func expect(_ text: String, _ expected: String) { #expect(text == expected) }

  @Test("status puts what needs a human first")
  func status() {
    expect(
      StatusText.text(Sample.status(needsHuman: [Sample.needsHuman()]), Sample.style),
      """
      looper 0.1.0, up 2h 5m, pid 123, 2 projects

      NEEDS A HUMAN (1)
        L12  acme/app#34  review-rounds  3h ago  Parse dates
             look at PR #40, then `looper retry L12`

      agent   degraded: claude is not logged in; run `claude login` (since 5m ago)
      well    github
      loops   3 queued, 1 blocked
      queue   manual 1, planned 0 (+2 later), auto 0
      agents  0 of 4 running
      limit   github core: in 10m

      warning: /home/u/looper.toml can be read by others
      """)
  }

  @Test("a pause of everything comes before all else")
  func pausedStatus() {
    var status = Sample.status()
    status.pausedSince = Sample.now - .seconds(300)
    let first = StatusText.text(status, Sample.style).split(separator: "\n").first
    #expect(first == "PAUSED 5m ago: nothing new starts; looper resume --all lets it")
  }

  @Test(
    "a gap names what is missing, or that the log is another one",
    arguments: [
      (EventGapView(after: 5, through: 10, message: "pruned"), "events 6 to 10 are missing: pruned"),
      (EventGapView(after: .max, through: 0, message: "a new log"), "a new log"),
    ])
  func gap(gap: EventGapView, expected: String) { expect(EventText.line(gap), expected) }

  @Test("status fits one screen however much there is")
  func crowdedStatus() {
    var status = Sample.status(
      needsHuman: (1...40).map { number in
        var item = Sample.needsHuman("L\(number)")
        item.action = String(repeating: "look at https://github.com/acme/app/pull/40 ", count: 10)
        return item
      }, runs: (1...40).map { Sample.run(id: "R\($0)") })
    status.health += (1...40).map { number in
      HealthView(
        name: "host \(number)", state: number.isMultiple(of: 2) ? .ok : .degraded,
        message: String(repeating: "it does not answer ", count: 8))
    }
    status.limits = (1...40).map { LimitView(name: "limit \($0)") }
    status.configWarnings = (1...40).map { "warning \($0) " + String(repeating: "which is long ", count: 10) }
    for width in [60, 80, 200] {
      let style = TextStyle(width: width, isColored: false, now: Sample.now)
      let lines = StatusText.text(status, style).split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count <= StatusText.linesMax)
      #expect(lines.map { TerminalText.width(String($0)) }.max() ?? 0 <= width)
    }
  }

  @Test("a narrow status goes on in a second line with what is well")
  func narrowStatus() {
    let style = TextStyle(width: 40, isColored: false, now: Sample.now)
    func well(_ names: [String]) -> [String] {
      var status = Sample.status()
      status.health = names.map { HealthView(name: $0, state: .ok, message: "") }
      let lines = StatusText.text(status, style).split(separator: "\n").map(String.init)
      return Array(lines.drop { !$0.hasPrefix("well") }.prefix { !$0.hasPrefix("loops") })
    }
    #expect(
      well(["github", "agent", "sandbox", "disk", "configuration"]) == [
        "well    github, agent, sandbox, disk,", "        configuration",
      ])
    #expect(well((1...40).map { "host \($0)" }).count == 2)
  }

  @Test("loops align and the title gives way")
  func loops() {
    let long = String(repeating: "long ", count: 20)
    expect(
      LoopText.table([Sample.loop(), Sample.loop(id: "L7", state: "queued", title: long)], Sample.style),
      """
      LOOP  SUBJECT      PHASE        STATE             SINCE   PR   COST   TITLE
      L12   acme/app#34  code-review  waiting (checks)  2m ago  #40  $1.25  Parse dat…
      L7    acme/app#34  code-review  queued            2m ago  #40  $1.25  long long…
      """)
  }

  @Test("runs show what they are doing or why they ended")
  func runs() {
    let style = TextStyle(width: 120, isColored: false, now: Sample.now)
    expect(
      RunText.table([Sample.run(), Sample.run(id: "R9", state: "failed")], style),
      """
      RUN  LOOP  SUBJECT      JOB        AGENT  STATE           STARTED  RAN  COST   MESSAGE
      R34  L12   acme/app#34  implement  codex  running         3m ago   2m   $0.50  work: writing tests
      R9   L12   acme/app#34  implement  codex  failed (agent)  3m ago   2m   $0.50  exited with status 3
      """)
  }

  @Test("why names the condition and the ways out")
  func why() {
    expect(
      WhyText.text(Sample.why, Sample.style),
      """
      loop       L12, code-review, waiting
      because    two checks of PR #40 are still running (checks)
      since      2m ago, \((Sample.now - .seconds(120)).iso8601)
      waits for  build and test to finish on 1234567
      wakes      in 1m
      you can
        looper pause L12
        looper cancel L12
      """)
  }

  @Test("nothing is said to wake a loop that has ended")
  func whyEnded() {
    var why = Sample.why
    why.state = "done"
    why.wakesAt = nil
    expect(
      WhyText.text(why, Sample.style).split(separator: "\n")[4].description, "wakes      never: it has ended")
    why.state = "waiting"
    expect(
      WhyText.text(why, Sample.style).split(separator: "\n")[4].description,
      "wakes      only when something changes")
  }

  @Test("a run that is at work is not said to have run for no time")
  func ranSoFar() {
    let style = TextStyle(width: 200, isColored: false, now: Sample.now)
    var run = Sample.run()
    run.agentSeconds = 0
    var failed = Sample.run(id: "R9", state: "failed")
    failed.agentSeconds = 0
    expect(
      RunText.table([run, failed], style),
      """
      RUN  LOOP  SUBJECT      JOB        AGENT  STATE           STARTED  RAN  COST   MESSAGE
      R34  L12   acme/app#34  implement  codex  running         3m ago   -    $0.50  work: writing tests
      R9   L12   acme/app#34  implement  codex  failed (agent)  3m ago   0s   $0.50  exited with status 3
      """)
  }

  @Test("what is cut from an inspection is told, and whose cost it is")
  func inspectCut() {
    let style = TextStyle(width: 100, isColored: false, now: Sample.now)
    var view = Sample.inspection
    view.phases = nil
    view.isTruncated = true
    let lines = InspectText.text(view, style).split(separator: "\n").map(String.init)
    #expect(lines.last == "older entries are left out")
    #expect(lines[8] == "cost of R34  $1.25, tokens 12k in, 900 out, agents ran 3m")
  }

  @Test("inspect shows everything in sections")
  func inspect() {
    let style = TextStyle(width: 100, isColored: false, now: Sample.now)
    expect(
      InspectText.text(Sample.inspection, style),
      """
      loop     L12
      subject  acme/app#34  Parse dates
      url      https://github.com/acme/app/issues/34
      state    code-review, waiting (checks), 2m ago
      wakes    in 1m
      pr       https://github.com/acme/app/pull/40
      branch   looper/34-parse-dates
      agent    codex
      cost     $1.25, tokens 12k in, 900 out, agents ran 3m

      PHASES
        plan  began 1h ago   took 50m    agents ran 12m  $0.75
        work  began 10m ago  so far 10m  agents ran ?    -

      TIMELINE
        now  labelled looper:plan by ann

      R34  implement  failed (agent)  3m ago  ran 2m  $0.50
        exited with status 3
        prepare-worktree  done  12s  at 1234567
        check  exit 2  1m  1234567  make test

      FINDINGS
        F3  major  open  round 1  a.swift:7  Wrong zone

      EFFECTS
        5  add-label  #34  done  sent 1x  now  https://github.com/acme/app/issues/34

      SESSIONS
        7  R34  work  codex  -  ended  2m  $0.50  exit 1

      FILES
        worktree  /data/worktrees/L12
      """)
  }

  @Test(
    "the daemon's state names the command that asks the manager it is of",
    arguments: [
      (DaemonStateView.State.running, true, "`looper daemon logs --system`"),
      (.running, false, "`looper daemon logs`"),
      (.stopped, true, "`looper daemon start --system`"), (.stopped, false, "`looper daemon start`"),
    ])
  func daemonState(state: DaemonStateView.State, isSystem: Bool, command: String) {
    let view = DaemonStateView(
      state: state, version: "0.1.0", service: SystemdHost.name(isOfUser: !isSystem), socket: "/s")
    let name = isSystem ? "systemd system service" : "systemd user service"
    let isRunning = state == .running
    let logs = isSystem ? "looper daemon logs --system" : "looper daemon logs"
    expect(
      DaemonText.text(view, Sample.style),
      """
      \(isRunning ? "running, looper 0.1.0" : "stopped; start it with \(command)")
      service  \(name)
      socket   /s
      log      the journal, `\(logs)`
      """)
  }

  @Test("colour only repeats what a word says")
  func colour() {
    let style = TextStyle(width: 80, isColored: true, now: Sample.now)
    let table = TextTable(rows: [[.init("blocked", .red), "x"]])
    expect(table.text(style), "\u{1B}[31mblocked\u{1B}[0m  x")
    expect(table.text(Sample.style), "blocked  x")
  }

  @Test("text by strangers cannot steer the terminal")
  func hostileText() {
    expect(TextTable(rows: [["a", "x\u{1B}[2J\u{7}\u{202E}y\nz"]]).text(Sample.style), "a  x [2J  y z")
  }

  @Test("wide characters take two columns")
  func wide() {
    expect(TextTable(rows: [["日本", "a"], ["abcd", "b"]]).text(Sample.style), "日本  a\nabcd  b")
    expect(TerminalText.truncated("日本語", to: 5), "日本…")
  }

  @Test(
    "times are told in the units people use",
    arguments: [
      (0, "now"), (45, "45s ago"), (60, "1m ago"), (3599, "59m ago"), (3600, "1h ago"), (11_100, "3h 5m ago"),
      (187_200, "2d 4h ago"),
    ])
  func ago(seconds: Int, expected: String) {
    expect(Sample.style.ago(Sample.now - .seconds(seconds)), expected)
  }
}
