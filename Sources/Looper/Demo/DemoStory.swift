/// Follows the daemon's events and tells them, until the loop is ready.
struct DemoStory: Sendable {
  private static let gitDeadline = Duration.seconds(20)

  let client: LooperClient
  let scene: DemoForge
  let narrator: DemoNarrator
  let runner: CommandRunner
  let directory: DemoDirectory
  let searchPath: String
  let time: any TimeSource
  let say: @Sendable (String) throws -> Void

  /// Thrown to leave the event stream.
  private struct Ready: Error {
    var loop: String
    var sequence: Int64
  }

  /// Tells the story up to ready.
  ///
  /// - Returns: what it came to, and the event to go on after.
  /// - Throws: `conflict` when the loop got stuck.
  func result(keeps: Bool) async throws -> (value: DemoResult, sequence: Int64) {
    do {
      try await follow(after: 0, endsWhenReady: true)
    } catch let ready as Ready {
      return (try await result(of: ready.loop, keeps: keeps), ready.sequence)
    }
    throw LooperError(.internal, "the daemon ended its event stream")
  }

  /// Tells what happens until the task is cancelled or the daemon ends.
  func goOn(after sequence: Int64) async throws { try await follow(after: sequence, endsWhenReady: false) }

  private func follow(after sequence: Int64, endsWhenReady: Bool) async throws {
    var narrator = narrator
    try await client.followEvents(after: sequence) { item in
      guard case .event(let event) = item else { return }
      let (shown, cost) = try await completed(event)
      for line in narrator.lines(for: shown, costUSD: cost) { try say(line) }
      if event.kind == Event.Kind.reviewRecorded.rawValue { try await tellFindings(of: event, narrator) }
      guard endsWhenReady, let loop = event.loop else { return }
      switch Event.Kind(rawValue: event.kind) {
      case .loopReady: throw Ready(loop: loop, sequence: event.sequence)
      case .loopBlocked, .loopEnded:
        throw LooperError(.conflict, "\(loop) did not get ready: \(event.message)")
      default: break
      }
    }
  }

  /// The event with what a spectator wants besides: the subject of a pushed commit, the cost of a run.
  private func completed(_ event: EventView) async throws -> (EventView, costUSD: Double?) {
    if event.kind == Event.Kind.runEnded.rawValue, let run = event.run {
      return (event, try await client.run(run).costUSD)
    }
    let words = event.message.split(separator: " ")
    guard event.kind == Event.Kind.effectDone.rawValue, words.first == "pushed", words.count > 1 else {
      return (event, nil)
    }
    var shown = event
    shown.message = "pushed \(try await log(["-1", String(words[1])]).first ?? event.message)"
    return (shown, nil)
  }

  private func tellFindings(of event: EventView, _ narrator: DemoNarrator) async throws {
    guard let loop = event.loop else { return }
    for finding in try await client.inspect(loop).findings where finding.state == "open" {
      try say(narrator.finding(finding, at: event.at))
    }
  }

  private func result(of loop: String, keeps: Bool) async throws -> DemoResult {
    let view = try await client.inspect(loop)
    let state = await scene.forge.snapshot()
    let repository = state.repository(named: DemoSample.repository)
    let pull = view.loop.pullNumber.flatMap { number in
      repository.flatMap { state.issue(number, in: $0.id) }
    }
    let checks = state.checkRuns.rows.filter { $0.status == .completed }
    return DemoResult(
      loop: loop, phase: view.loop.phase, state: view.loop.state, pullNumber: view.loop.pullNumber,
      commits: try await commits(of: view.loop.branch),
      reviews: pull.map { pull in state.reviews(of: pull.id).count { !$0.body.isEmpty } } ?? 0,
      findings: view.findings.count,
      checksPassed: checks.count { $0.conclusion == .success },
      checksFailed: checks.count { $0.conclusion == .failure }, costUSD: view.cost.costUSD,
      inputTokens: view.cost.inputTokens, outputTokens: view.cost.outputTokens,
      seconds: (time.now - narrator.startedAt).inSeconds, places: keeps ? places(view) : nil)
  }

  private func places(_ view: InspectView) -> DemoPlaces {
    DemoPlaces(
      directory: directory.path, configuration: directory.configuration, database: directory.database,
      transcripts: directory.transcripts, worktree: view.files.first { $0.name == "worktree" }?.path,
      repository: DemoForge.repositoryPath(in: directory), daemonLog: directory.daemonLog)
  }

  private func commits(of branch: String?) async throws -> [String] {
    guard let branch else { return [] }
    return try await log(["--reverse", "main..\(branch)"])
  }

  /// `1a2b3c4 Compare versions by their numbers`, a line per commit.
  private func log(_ range: [String]) async throws -> [String] {
    let command = Command(
      executable: "git", arguments: ["log", "--format=%h %s"] + range + ["--"],
      environment: ["HOME": directory.path, "PATH": searchPath, "GIT_CONFIG_SYSTEM": "/dev/null"],
      workingDirectory: DemoForge.repositoryPath(in: directory))
    let result = try await runner.run(command, deadline: Self.gitDeadline, outputLimit: .mebibytes(1))
    return String(decoding: result.standardOutput, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
