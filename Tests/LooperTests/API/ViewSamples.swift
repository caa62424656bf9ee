@testable import Looper

/// Views with everything filled in, so that a test names only what it is about.
enum Sample {
  /// 2026-11-22T12:00:00Z.
  @TaskLocal static var now = Timestamp(milliseconds: 1_795_348_800_000)
  static var style: TextStyle { TextStyle(width: 80, isColored: false, now: now) }

  static func status(needsHuman: [NeedsHumanView] = [], runs: [RunView] = []) -> StatusView {
    StatusView(
      version: "0.1.0", pid: 123, startedAt: now - .seconds(7500), uptimeSeconds: 7500,
      health: [
        HealthView(name: "github", state: .ok, message: ""),
        HealthView(
          name: "agent", state: .degraded, message: "claude is not logged in; run `claude login`",
          since: now - .seconds(300)),
      ],
      queue: [
        LaneDepthView(lane: "manual", due: 1, delayed: 0), LaneDepthView(lane: "planned", due: 0, delayed: 2),
        LaneDepthView(lane: "auto", due: 0, delayed: 0),
      ],
      runs: runs, agents: AgentCountView(running: runs.count, limit: 4),
      loops: [LoopCountView(state: "queued", count: 3), LoopCountView(state: "blocked", count: 1)],
      needsHuman: needsHuman, limits: [LimitView(name: "github core", until: now + .seconds(600))],
      projects: 2,
      configPath: "/home/u/looper.toml", configWarnings: ["/home/u/looper.toml can be read by others"])
  }

  static func needsHuman(_ loop: String = "L12") -> NeedsHumanView {
    NeedsHumanView(
      loop: loop, subject: "acme/app#34", title: "Parse dates", reason: "review-rounds",
      since: now - .seconds(10_800),
      action: "look at PR #40, then `looper retry \(loop)`")
  }

  static func loop(id: String = "L12", state: String = "waiting", title: String = "Parse dates") -> LoopView {
    LoopView(
      id: id, project: "acme/app",
      subject: SubjectView(
        kind: "issue", number: 34, title: title, url: "https://github.com/acme/app/issues/34"),
      phase: "code-review", state: state, reason: state == "waiting" ? "checks" : nil,
      since: now - .seconds(120),
      wakesAt: now + .seconds(60), pullNumber: 40, pullURL: "https://github.com/acme/app/pull/40",
      branch: "looper/34-parse-dates", lane: "planned", vendor: "codex", costUSD: 1.25, findingsOpen: 2,
      createdAt: now - .seconds(3600))
  }

  static func run(id: String = "R34", state: String = "running") -> RunView {
    RunView(
      id: id, loop: "L12", subject: "acme/app#34", job: "implement", role: "worker", state: state,
      message: state == "running" ? "" : "exited with status 3", failure: state == "failed" ? "agent" : nil,
      vendor: "codex", stage: "work", progress: "writing tests", startedAt: now - .seconds(180),
      durationSeconds: 180, agentSeconds: 150,
      tokens: 12_500, costUSD: 0.5)
  }

  static func event(_ sequence: Int64, kind: String = "run.started", loop: String? = "L12") -> EventView {
    EventView(
      sequence: sequence, at: now, kind: kind, project: "acme/app", loop: loop, run: "R34",
      message: "event \(sequence)")
  }

  static func project(_ name: String = "acme/app") -> ProjectView {
    ProjectView(
      name: name, path: "/src/app", base: "main", url: "https://github.com/\(name)", liveLoops: 2,
      addedAt: now - .seconds(86_400), isConfigured: false)
  }

  static var why: WhyView {
    WhyView(
      loop: "L12", phase: "code-review", state: "waiting", reason: "checks",
      sentence: "two checks of PR #40 are still running", since: now - .seconds(120),
      waitsFor: "build and test to finish on 1234567", wakesAt: now + .seconds(60),
      humanCan: ["looper pause L12", "looper cancel L12"])
  }

  static var inspection: InspectView {
    InspectView(
      loop: loop(),
      phases: [
        PhaseView(
          phase: "plan", startedAt: now - .seconds(3600), endedAt: now - .seconds(600), durationSeconds: 3000,
          agentSeconds: 720, costUSD: 0.75),
        PhaseView(phase: "work", startedAt: now - .seconds(600), durationSeconds: 600),
      ],
      timeline: [TimelineEntryView(at: now, text: "labelled looper:plan by ann")],
      runs: [
        RunDetailView(
          run: run(state: "failed"),
          stages: [
            StageView(
              name: "prepare-worktree", state: "done", startedAt: now - .seconds(180),
              endedAt: now - .seconds(168),
              summary: "at 1234567")
          ],
          validations: [ValidationView(command: "make test", exit: 2, sha: "1234567890", seconds: 75)])
      ],
      findings: [
        FindingView(
          id: "F3", phase: "code-review", round: 1, path: "a.swift", line: 7, severity: "major",
          title: "Wrong zone",
          body: "It is UTC.", state: "open", explanation: "")
      ],
      effects: [
        EffectView(
          id: 5, kind: "add-label", target: "#34", state: "done", attempts: 1, key: "R34/label",
          url: "https://github.com/acme/app/issues/34", createdAt: now)
      ],
      sessions: [
        SessionView(
          id: 7, run: "R34", stage: "work", vendor: "codex", executable: "/bin/codex", state: "ended",
          ending: "exit 1", directory: "/data/sessions/2026-11/R34-work-1", inputTokens: 12_000,
          outputTokens: 900,
          costUSD: 0.5, startedAt: now - .seconds(170), endedAt: now - .seconds(20), agentSeconds: 150)
      ],
      cost: CostView(inputTokens: 12_000, outputTokens: 900, costUSD: 1.25, agentSeconds: 200),
      files: [FileView(name: "worktree", path: "/data/worktrees/L12")])
  }
}
