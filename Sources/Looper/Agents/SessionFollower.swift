import Foundation

#if !canImport(Darwin)
  // The overlay's view of `stat` is attributed to this module when NIO is in the build.
  import CDispatch
#endif

/// Follows one running session: reads its output as it grows, tells the observer, judges whether it lives.
struct SessionFollower: Sendable {
  /// Longer lines of output are skipped; the vendors' last events hold the whole result.
  static let lineBytesMax: ByteCount = .mebibytes(4)
  /// How much of a backlog is read between two judgements.
  static let backlogBytesMax: ByteCount = .mebibytes(64)

  private(set) var facts = SessionFacts()
  private var tail: LogTail
  private var parser: any StreamParser
  private var vitals: SessionVitals
  private let directory: SessionDirectory
  private let observer: SessionObserver
  private let limits: SessionLimits
  private let announcesEnd: Bool
  private var told = SessionNews()
  private var toldVendorSessionID: String?

  init(spec: AgentSessionSpec, directory: SessionDirectory, observer: SessionObserver, startedAt: Timestamp) {
    self.directory = directory
    self.observer = observer
    limits = spec.limits
    announcesEnd = spec.adapter.capabilities.announcesEnd
    tail = LogTail(path: directory.standardOutput, lineBytesMax: Self.lineBytesMax)
    parser = spec.adapter.makeParser()
    vitals = SessionVitals(limits: spec.limits, startedAt: startedAt)
  }

  /// Looks again and again until something must end the session or the task is cancelled.
  ///
  /// - Returns: why the session must end; nil when the task was cancelled.
  mutating func follow(_ child: SupervisedChild, time: any TimeSource, census: ProcessCensus) async
    -> SessionEnding?
  {
    while true {
      do {
        try await time.sleep(until: time.now + limits.poll)
      } catch {
        return nil
      }
      await readBacklog()
      vitals.look(at: time.now, outputBytes: outputBytes, isRetrying: facts.pendingRetry != nil)
      await tell()
      if vitals.wantsCPU { vitals.observe(cpu: census.cpuTime(ofTreeRootedAt: child.identity.pid)) }
      if announcesEnd {
        if facts.finalResult != nil { vitals.announceEnd() } else { vitals.retractEnd() }
      }
      switch vitals.judgement {
      case .alive: continue
      case .idle: return .idle(limits.idle)
      case .overtime: return .overtime(limits.runtime)
      case .lingering: return .lingered
      }
    }
  }

  /// Reads what is left after the last process is gone.
  ///
  /// - Parameter now: the end of it; nil when nobody was there and its time is not known.
  mutating func drain(at now: Timestamp?) async {
    repeat { await readBacklog() } while !tail.isAtEnd() && !isUnreadable
    if let line = tail.finalPartialLine() { apply(line) }
    if let now { vitals.look(at: now, outputBytes: outputBytes) }
    await tell(isEnd: true)
  }

  /// How long it has run.
  var active: Duration { vitals.age }

  /// Whether the output file could not be read; then there is no use in trying for ever.
  private var isUnreadable = false

  private mutating func readBacklog() async {
    var budget = Self.backlogBytesMax.bytes
    let chunk = ByteCount.mebibytes(1)
    while budget > 0, !tail.isAtEnd() {
      guard let lines = try? tail.nextLines(bytesMax: chunk) else {
        isUnreadable = true
        break
      }
      for line in lines { apply(line) }
      budget -= chunk.bytes
      await Task.yield()
    }
  }

  private mutating func apply(_ line: LogLine) {
    for signal in parser.read(line) { facts.apply(signal) }
  }

  /// Usage is told at the look that finds it; what it does, now and then; that it lives, once a pulse.
  private mutating func tell(isEnd: Bool = false) async {
    if let id = facts.vendorSessionID, id != toldVendorSessionID {
      toldVendorSessionID = id
      await observer.onVendorSession(id)
    }
    let news = SessionNews(usage: facts.usage, progress: facts.progress, active: vitals.age)
    let silence = news.active - told.active
    let isDue =
      news.usage != told.usage || silence >= SessionNews.pulse
      || observer.newsDueAt().map { news.active >= $0 } == true
      || (news.progress != told.progress
        && (isEnd || told.progress == nil || silence >= SessionNotes.interval))
    guard isDue else { return }
    told = news
    await observer.onNews(news)
  }

  private var outputBytes: UInt64 {
    [directory.standardOutput, directory.standardError].reduce(0) { sum, path in
      var status = stat()
      return stat(path, &status) == 0 ? sum + UInt64(max(0, status.st_size)) : sum
    }
  }
}
