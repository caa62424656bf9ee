import Foundation

/// Runs one session of an agent from its description to its outcome.
///
/// It keeps no rows and admits nobody; that is ``AgentSupervisor``'s. Everything the session printed and was told lies
/// in its directory afterwards.
struct AgentSessionRunner: Sendable {
  var launcher: ShimLauncher
  var time: any TimeSource
  var environment: AgentEnvironment
  /// `<data>/sessions`.
  var sessionsRoot: String
  /// Shared by all sessions.
  var census = ProcessCensus()

  /// Runs the session to its end. Cancelling the task stops it; then this returns when its whole process tree is gone.
  func run(_ spec: AgentSessionSpec, observer: SessionObserver = SessionObserver()) async
    -> AgentSessionResult
  {
    guard !Task.isCancelled else { return Self.result(.stopped, ending: "stopped before it began") }
    do {
      let directory = try prepareDirectory(for: spec)
      return await run(spec, in: directory, observer: observer)
    } catch let failure as Failure {
      return Self.result(.failed(failure), ending: "not started")
    } catch {
      let failure = Failure(.transient, "cannot prepare the session's files: \(error.localizedDescription)")
      return Self.result(.failed(failure), ending: "not started")
    }
  }

  private func prepareDirectory(for spec: AgentSessionSpec) throws -> SessionDirectory {
    let assignment = spec.assignment
    let directory = try SessionDirectory.create(
      root: sessionsRoot, runID: assignment.runID, stage: assignment.stage, now: time.now)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try directory.write(Data(assignment.prompt.utf8), to: directory.prompt)
    try directory.write(encoder.encode(assignment.context), to: directory.context)
    if let servers = mcpServers(for: spec) {
      try directory.write(encoder.encode(servers), to: directory.mcpServers)
    }
    if let schema = answerSchema(for: spec, directory: directory) {
      try directory.write(Data(schema.text.utf8), to: schema.path)
    }
    return directory
  }

  private func mcpServers(for spec: AgentSessionSpec) -> JSONValue? {
    spec.launch.mcpServers.flatMap(spec.adapter.mcpDocument)
  }

  private func answerSchema(
    for spec: AgentSessionSpec, directory: SessionDirectory
  ) -> AgentLaunch.AnswerSchema? {
    guard spec.adapter.capabilities.structuredAnswer else { return nil }
    return AgentLaunch.AnswerSchema(
      text: ReportSchema.text(for: spec.assignment.role), path: directory.answerSchema)
  }

  private func run(
    _ spec: AgentSessionSpec, in directory: SessionDirectory, observer: SessionObserver
  ) async -> AgentSessionResult {
    let child: SupervisedChild
    do {
      let plain = try command(for: spec, directory: directory)
      let wrapped = try spec.wrap(plain, directory)
      try await observer.onPrepared(plain.executable, directory)
      child = try await start(wrapped, spec: spec, directory: directory)
      do {
        try await observer.onStart(child.identity, plain.executable, directory)
      } catch {
        // Nobody would find a process that no row names.
        _ = await child.terminate()
        throw error
      }
    } catch {
      let failure =
        error as? Failure ?? Failure(.transient, "cannot record the session: \(error.localizedDescription)")
      return Self.result(.failed(failure), directory: directory, ending: "not started")
    }
    var follower = SessionFollower(spec: spec, directory: directory, observer: observer, startedAt: time.now)
    let (ending, record) = await follow(child, with: &follower)
    await follower.drain(at: time.now)
    return conclude(spec, directory: directory, ending: ending, record: record, follower)
  }

  /// The agent's own command, its executable resolved, so that a missing one is told before anything starts.
  private func command(for spec: AgentSessionSpec, directory: SessionDirectory) throws(Failure) -> Command {
    var launch = spec.launch
    launch.answerSchema = answerSchema(for: spec, directory: directory)
    var variables = environment.variables(for: spec, directory: directory, isRoot: geteuid() == 0)
    if mcpServers(for: spec) != nil { launch.mcpPath = directory.mcpServers }
    if let servers = launch.mcpServers {
      variables.merge(spec.adapter.mcpEnvironment(servers, over: variables)) { $1 }
    }
    var command = Command(
      executable: spec.adapter.executable, arguments: spec.adapter.arguments(for: launch),
      environment: variables,
      workingDirectory: spec.assignment.worktree)
    guard let resolved = ShimLauncher.resolve(command) else {
      throw Failure(
        .needsHuman,
        "agent command `\(spec.adapter.executable)` not found; install \(spec.adapter.vendor.rawValue) or set \(Self.commandKey(spec))"
      )
    }
    command.executable = resolved
    return command
  }

  /// The configuration's key for the command of the vendor that was to run.
  private static func commandKey(_ spec: AgentSessionSpec) -> String {
    "agent.vendors.\(spec.adapter.vendor.rawValue).command"
  }

  private func start(
    _ command: Command, spec: AgentSessionSpec, directory: SessionDirectory
  ) async throws(Failure) -> SupervisedChild {
    let child = ChildSpec(
      command: command, standardInputPath: directory.prompt, standardOutputPath: directory.standardOutput,
      standardErrorPath: directory.standardError, exitRecordPath: directory.exitRecord,
      grace: spec.limits.grace,
      outputLimit: spec.limits.output)
    do throws(CommandError) {
      return try await SupervisedChild.start(child, launcher: launcher)
    } catch {
      switch error {
      case .notFound(let name):
        throw Failure(
          .needsHuman, "command `\(name)` not found; install it or set \(Self.commandKey(spec))")
      case .cannotStart, .timedOut, .outputTooLarge, .cancelled: throw Failure(.transient, error.description)
      }
    }
  }

  private enum Event: Sendable {
    case ended(ExitRecord)
    case followed(SessionFollower, SessionEnding?)
  }

  /// Waits for the child's end while the follower looks on; whoever must end it does so here.
  private func follow(
    _ child: SupervisedChild, with follower: inout SessionFollower
  ) async -> (SessionEnding, ExitRecord) {
    let initial = follower
    let (time, census) = (time, census)
    return await withTaskGroup(of: Event.self) { group in
      group.addTask { .ended(await child.exitRecord()) }
      group.addTask {
        var following = initial
        let ending = await following.follow(child, time: time, census: census)
        return .followed(following, ending)
      }
      var ending = SessionEnding.byItself
      var record: ExitRecord?
      for await event in group {
        switch event {
        case .ended(let exit):
          record = exit
          group.cancelAll()
        case .followed(let followed, let reason):
          follower = followed
          // Without an exit record it was the calling task that was cancelled.
          guard record == nil else { continue }
          ending = reason ?? .stopped
          child.requestEnd()
        }
      }
      guard let record else { preconditionFailure("the group runs until both of its tasks have answered") }
      return (ending, record)
    }
  }

  private func conclude(
    _ spec: AgentSessionSpec, directory: SessionDirectory, ending: SessionEnding, record: ExitRecord,
    _ follower: SessionFollower
  ) -> AgentSessionResult {
    let facts = follower.facts
    let errors = String(
      decoding: SessionTranscript.end(of: directory.standardError, .kibibytes(4)), as: UTF8.self)
    let conclusion = SessionConclusion(
      ending: ending, record: record, facts: facts,
      report: report(of: spec, in: directory, finalResult: facts.finalResult), standardErrorTail: errors,
      diagnosis: BubblewrapCommand.complaint(in: errors) ?? spec.adapter.diagnose(standardError: errors),
      exitStatusCounts: spec.adapter.capabilities.exitStatusCounts)
    let tail = SessionTranscript.tail(of: directory, finalWords: facts.finalResult?.text)
    for path in [directory.standardOutput, directory.standardError] {
      // Best effort: a transcript that could not be shortened is only larger than it should be.
      try? SessionTranscript.trim(path, to: spec.limits.transcript)
    }
    let outcome = AgentOutcome(
      sessionID: nil, result: dated(conclusion.result), usage: facts.usage, tail: tail)
    return AgentSessionResult(
      outcome: outcome, vendorSessionID: facts.vendorSessionID, directory: directory,
      ending: conclusion.words,
      active: follower.active, isVendorTrouble: conclusion.isVendorTrouble,
      survivors: record.survivorPIDs ?? [])
  }

  private func report(
    of spec: AgentSessionSpec, in directory: SessionDirectory, finalResult: AgentFinalResult?
  ) -> SessionConclusion.ReportState {
    let reader = AgentResultReader(
      resultFile: directory.agentResult, standardOutput: directory.standardOutput)
    switch reader.find(finalResult: finalResult) {
    case .missing: return .missing
    case .refused(let words): return .refused(words)
    case .json(let data):
      // Best effort: the copy is for people; what counts is decoded from memory.
      try? directory.write(data, to: directory.result)
      do throws(ReportRefusal) {
        return .valid(try ReportDecoder.decode(data, role: spec.assignment.role))
      } catch {
        return .refused(error.description)
      }
    }
  }

  /// A limit told in words like `resets 3pm` becomes a time.
  private func dated(_ result: AgentOutcome.Result) -> AgentOutcome.Result {
    guard case .failed(let failure) = result, case .usageLimited(until: nil) = failure.kind,
      let until = UsageLimitText.reset(in: failure.message, after: time.now, zone: .current)
    else { return result }
    return .failed(Failure(.usageLimited(until: until), failure.message))
  }

  private static func result(
    _ result: AgentOutcome.Result, directory: SessionDirectory? = nil, ending: String
  ) -> AgentSessionResult {
    AgentSessionResult(
      outcome: AgentOutcome(sessionID: nil, result: result, usage: .unknown, tail: ""), vendorSessionID: nil,
      directory: directory, ending: ending)
  }
}

extension AgentSessionRunner {
  /// The result of a session that ended by itself while nobody watched.
  ///
  /// - Returns: nil when its exit was not recorded or was not its own.
  func finished(_ spec: AgentSessionSpec, in directory: SessionDirectory) async -> AgentSessionResult? {
    guard let record = ExitRecord.read(fromPath: directory.exitRecord), case .exited = record.reason else {
      return nil
    }
    var follower = SessionFollower(
      spec: spec, directory: directory, observer: SessionObserver(), startedAt: time.now)
    await follower.drain(at: nil)
    return conclude(spec, directory: directory, ending: .byItself, record: record, follower)
  }
}
