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

  /// Whether a session may go on, and why not.
  enum Judgement: Equatable, Sendable { case alive, idle, overtime, lingering }

  let limits: SessionLimits
  private(set) var age: Duration = .zero
  private var lastLook: Timestamp
  private var lastLife: Duration = .zero
  private var outputBytes: UInt64 = 0
  /// Processor time at the last sign of life; nil until it is asked for the first time after output.
  private var cpuAtLastLife: Duration?
  private var lastCPULook: Duration = .zero
  private var endAnnouncedAt: Duration?

  init(limits: SessionLimits, startedAt: Timestamp) {
    self.limits = limits
    lastLook = startedAt
  }

  /// Whether the processor time is worth its price now: when output has been silent for a while, and not too often.
  var wantsCPU: Bool { age - lastLife >= limits.idle / 8 && age - lastCPULook >= limits.idle / 20 }

  /// - Parameter isRetrying: whether it can reach no model; then what it prints is no sign of life, so that a CLI that
  ///   tries for ever (codex 0.163.0) ends at the idle limit.
  mutating func look(at now: Timestamp, outputBytes: UInt64, isRetrying: Bool = false) {
    age += min(max(now - lastLook, .zero), Self.stepMax)
    lastLook = now
    if outputBytes != self.outputBytes {
      self.outputBytes = outputBytes
      guard !isRetrying else { return }
      lastLife = age
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
