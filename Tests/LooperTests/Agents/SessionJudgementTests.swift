import Foundation
import Testing

@testable import Looper

@Suite("a session lives while it prints or works, whatever the clock does")
struct SessionVitalsTests {
  private static let start = Timestamp(milliseconds: 0)
  private var limits: SessionLimits {
    SessionLimits(idle: .seconds(300), runtime: .seconds(3600), linger: .seconds(10))
  }

  /// Looks every second; `output` and `cpu` say what is seen at that second.
  private func judge(
    seconds: Int64, output: (Int64) -> UInt64 = { _ in 0 }, cpu: (Int64) -> Duration = { _ in .zero }
  ) -> (SessionVitals.Judgement, at: Int64) {
    var vitals = SessionVitals(limits: limits, startedAt: Self.start)
    for second in 1...seconds {
      vitals.look(at: Self.start + .seconds(second), outputBytes: output(second))
      if vitals.wantsCPU { vitals.observe(cpu: cpu(second)) }
      if vitals.judgement != .alive { return (vitals.judgement, second) }
    }
    return (.alive, seconds)
  }

  @Test("silence without work ends it at the limit, output and work do not, the hard limit always does")
  func limitsHold() {
    #expect(judge(seconds: 5000) == (.idle, 300))
    #expect(judge(seconds: 5000, output: { UInt64($0 / 200) }) == (.overtime, 3600))
    #expect(judge(seconds: 5000, cpu: { .seconds($0) }) == (.overtime, 3600))
    // A runtime that only ticks over: 3 ms of processor time each second.
    #expect(judge(seconds: 5000, cpu: { .milliseconds($0 * 3) }) == (.idle, 300))
  }

  @Test("work counts until the second it ended, not until it was looked for")
  func workSeenAtOnce() {
    // Five seconds of work in the midst of silence.
    #expect(judge(seconds: 5000, cpu: { .seconds(min(max($0 - 150, 0), 5)) }) == (.idle, 455))
    #expect(judge(seconds: 5000, output: { $0 < 20 ? 0 : 1 }, cpu: { .seconds(min($0, 25)) }) == (.idle, 325))
  }

  @Test("a jump of the clock ends nothing")
  func clockJumps() {
    var vitals = SessionVitals(limits: limits, startedAt: Self.start)
    vitals.look(at: Self.start + .seconds(86_400), outputBytes: 0)
    #expect(vitals.judgement == .alive)
    vitals.look(at: Self.start - .seconds(86_400), outputBytes: 0)
    #expect(vitals.judgement == .alive)
    #expect(vitals.age == .seconds(10))
  }

  @Test("what is printed while no model is reached is no sign of life")
  func retrying() {
    var vitals = SessionVitals(limits: limits, startedAt: Self.start)
    for second in 1...300 as ClosedRange<Int64> {
      #expect(vitals.judgement == .alive)
      vitals.look(at: Self.start + .seconds(second), outputBytes: UInt64(second), isRetrying: true)
    }
    #expect(vitals.judgement == .idle)
  }

  @Test("an end that was none is forgotten")
  func retracted() {
    var vitals = SessionVitals(limits: limits, startedAt: Self.start)
    vitals.announceEnd()
    vitals.retractEnd()
    vitals.look(at: Self.start + .seconds(10), outputBytes: 1)
    #expect(vitals.judgement == .alive)
  }

  @Test("after the vendor's last event it may linger, not stay")
  func linger() {
    var vitals = SessionVitals(limits: limits, startedAt: Self.start)
    vitals.announceEnd()
    vitals.look(at: Self.start + .seconds(9), outputBytes: 1)
    vitals.announceEnd()
    #expect(vitals.judgement == .alive)
    vitals.look(at: Self.start + .seconds(10), outputBytes: 2)
    #expect(vitals.judgement == .lingering)
  }
}

@Suite("what follows from how a session ended")
struct SessionConclusionTests {
  private static let report = Report.plan(PlanReport(summary: "s", specPath: nil))

  private func result(
    _ ending: SessionEnding = .byItself, exit: Int32 = 0, signal: Int32? = nil,
    reason: ExitRecord.Reason = .exited, survivors: [Int32] = [], signals: [AgentSignal] = [],
    report: SessionConclusion.ReportState = .missing, errors: String = "", exitStatusCounts: Bool = true
  ) -> AgentOutcome.Result {
    let record = ExitRecord(
      status: signal.map { .signalled($0) } ?? .exited(exit), reason: reason,
      endedAt: Timestamp(milliseconds: 0), cpuTime: .zero,
      maxResidentSize: ByteCount(bytes: 0), survivorCount: survivors.count,
      survivorPIDs: survivors)
    return SessionConclusion(
      ending: ending, record: record, facts: VendorStreams.facts(signals), report: report,
      standardErrorTail: errors,
      diagnosis: nil, exitStatusCounts: exitStatusCounts
    ).result
  }

  private func final(_ text: String = "", isError: Bool = false, failure: Failure? = nil) -> AgentSignal {
    .finalResult(AgentFinalResult(text: text, structured: nil, isError: isError, failure: failure))
  }

  private static let limit = Failure(.usageLimited(until: nil), "limit")

  @Test("exit 0 with a valid result is success, also when its words sound like a limit")
  func success() {
    #expect(result(report: .valid(Self.report)) == .reported(Self.report))
    #expect(
      result(signals: [final(failure: Self.limit)], report: .valid(Self.report)) == .reported(Self.report))
    #expect(result(.lingered, signal: 15, report: .valid(Self.report)) == .reported(Self.report))
  }

  @Test("a valid result saves nothing else: a bad status, a vendor's error, a limit of time")
  func failures() {
    let valid = SessionConclusion.ReportState.valid(Self.report)
    #expect(
      result(exit: 3, report: valid, errors: "a\nboom\n\n")
        == .failed(Failure(.agent, "the agent exited with status 3: boom")))
    #expect(
      result(signal: 9, report: valid)
        == .failed(Failure(.agent, "the agent was killed by signal 9")))
    #expect(
      result(signals: [final(isError: true, failure: Self.limit)], report: valid) == .failed(Self.limit))
    #expect(
      result(.idle(.seconds(300)), report: valid)
        == .failed(
          Failure(.agent, "the agent showed no sign of life for 300 s and was ended; see agent.timeout-secs"))
    )
    #expect(
      result(.overtime(.milliseconds(1500)))
        == .failed(Failure(.agent, "the agent ran for 1.5 s and was ended; see agent.max-runtime-secs")))
    #expect(result(.stopped, report: valid) == .stopped)
  }

  @Test("what no signal ended is a person's matter, however the session ended otherwise")
  func survivors() {
    let words =
      "processes of the agent could not be ended: 12, 34; end them (see ps -o pid,stat,args), then retry"
    for ending in [SessionEnding.byItself, .stopped, .lingered] {
      #expect(
        result(ending, survivors: [12, 34], report: .valid(Self.report))
          == .failed(Failure(.needsHuman, words)))
    }
  }

  @Test("without a result the words explain it")
  func missing() {
    #expect(result() == .failed(Failure(.agent, "the agent ended without a result")))
    #expect(
      result(signals: [final("Started the tests.\nWaiting for the background job.")])
        == .failed(
          Failure(.agent, "the agent ended without a result; its last words: Waiting for the background job.")
        ))
    #expect(
      result(report: .refused("verdict: missing"))
        == .failed(Failure(.agent, "the agent's result was refused: verdict: missing")))
    #expect(result(signals: [final(failure: Self.limit)]) == .failed(Self.limit))
    #expect(result(signals: [.limit(until: nil, text: "limit")]) == .failed(Self.limit))
    let denied = AgentFinalResult(
      text: "", structured: nil, isError: false, failure: nil, deniedTools: ["Write", "Bash", "Write"])
    #expect(
      result(signals: [.finalResult(denied)])
        == .failed(Failure(.agent, "the agent gave no result; tools were refused to it: Bash, Write")))
  }

  @Test("where the exit status means nothing, a valid result is success unless an error came last")
  func unreliableStatus() {
    let valid = SessionConclusion.ReportState.valid(Self.report)
    let down = Failure(.transient, "down")
    #expect(result(exit: 1, report: valid, exitStatusCounts: false) == .reported(Self.report))
    #expect(
      result(exit: 1, signals: [.apiRetry(down), .progress("on")], report: valid, exitStatusCounts: false)
        == .reported(Self.report))
    for exit in [0, 1] as [Int32] {
      #expect(
        result(exit: exit, signals: [.apiRetry(down)], report: valid, exitStatusCounts: false)
          == .failed(down))
      #expect(result(exit: exit, signals: [.apiRetry(down)], exitStatusCounts: false) == .failed(down))
    }
    #expect(
      result(exit: 1, exitStatusCounts: false) == .failed(Failure(.agent, "the agent ended without a result"))
    )
    #expect(
      result(signal: 9, report: valid, exitStatusCounts: false)
        == .failed(Failure(.agent, "the agent was killed by signal 9")))
  }

  @Test("infrastructure uses no attempt: a provider that is down, a process ended from outside")
  func infrastructure() {
    let down = Failure(.transient, "down")
    #expect(result(.idle(.seconds(300)), signals: [.apiRetry(down)]) == .failed(down))
    #expect(result(exit: 1, signals: [.apiRetry(down)]) == .failed(down))
    let reasons: [ExitRecord.Reason] = [.terminated, .daemonDied, .shimLost]
    for reason in reasons {
      guard case .failed(let failure) = result(signal: 15, reason: reason) else {
        Issue.record("\(reason) is no failure")
        continue
      }
      #expect(failure.kind == .transient)
    }
  }

  @Test("an agent that cannot be started needs a person")
  func cannotStart() {
    #expect(
      result(exit: 126, reason: .couldNotStart("Exec format error"))
        == .failed(
          Failure(.needsHuman, "the agent could not be started: Exec format error; check agent.command")))
  }
}
