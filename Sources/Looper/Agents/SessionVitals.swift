/// Decides whether a session still lives: pure, told what is seen at each look.
///
/// Signs of life are new output and processor time. Time is counted look by look, each step at most ``stepMax``, so a
/// jump of the clock or a suspended machine ends nothing.
struct SessionVitals: Sendable {
  /// What a look may count at most.
  static let stepMax: Duration = .seconds(10)
  /// Processor time that is work: a runtime that only ticks over uses less than one part in a hundred.
  static let cpuFloor: Duration = .milliseconds(200)
  static let cpuShare = 100
  /// Between two looks at the processor time of one that prints nothing: it worked at any moment in between.
  static let cpuInterval: Duration = .seconds(1)

  /// Whether a session may go on, and why not.
  enum Judgement: Equatable, Sendable { case alive, idle, overtime, lingering }

  let limits: SessionLimits
  private(set) var age: Duration = .zero
  private var lastLook: Timestamp
  private var lastLife: Duration = .zero
  private var lastOutput: Duration = .zero
  private var outputBytes: UInt64 = 0
  /// Processor time at the last sign of life; nil until it is asked for the first time after output.
  private var cpuAtLastLife: Duration?
  private var lastCPULook: Duration = .zero
  private var endAnnouncedAt: Duration?

  init(limits: SessionLimits, startedAt: Timestamp) {
    self.limits = limits
    lastLook = startedAt
  }

  /// Whether to look at the processor time: now and then while nothing is printed, and before silence ends the session.
  var wantsCPU: Bool {
    let interval = min(limits.idle / 20, Self.cpuInterval)
    return age - lastLife >= limits.idle || age - lastOutput >= interval && age - lastCPULook >= interval
  }

  /// - Parameter isRetrying: whether it can reach no model; then what it prints is no sign of life, so that a CLI that
  ///   tries for ever (codex 0.163.0) ends at the idle limit.
  mutating func look(at now: Timestamp, outputBytes: UInt64, isRetrying: Bool = false) {
    age += min(max(now - lastLook, .zero), Self.stepMax)
    lastLook = now
    if outputBytes != self.outputBytes {
      self.outputBytes = outputBytes
      guard !isRetrying else { return }
      lastLife = age
      lastOutput = age
      cpuAtLastLife = nil
    }
  }

  mutating func observe(cpu: Duration) {
    lastCPULook = age
    guard let cpuAtLastLife, cpu >= cpuAtLastLife else {
      // The first look, or a part of the tree has gone with its account.
      self.cpuAtLastLife = cpu
      return
    }
    if cpu - cpuAtLastLife >= max(Self.cpuFloor, (age - lastLife) / Self.cpuShare) {
      self.cpuAtLastLife = cpu
      lastLife = age
    }
  }

  mutating func announceEnd() { endAnnouncedAt = endAnnouncedAt ?? age }

  /// The announced end was none.
  mutating func retractEnd() { endAnnouncedAt = nil }

  var judgement: Judgement {
    if let endAnnouncedAt, age - endAnnouncedAt >= limits.linger { return .lingering }
    if age >= limits.runtime { return .overtime }
    return age - lastLife >= limits.idle ? .idle : .alive
  }
}
