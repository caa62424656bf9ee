import CLooper

#if canImport(Darwin)
  import Darwin
#else
  // The overlay's view of `stat` is attributed to this module when NIO is in the build.
  import CDispatch
  import Glibc
#endif

/// One command under the shim, from its start to the end of its last descendant.
///
/// ```
///            command exits, descendants left          grace over
///  running ───────────────────────────────▶ lingering ──────────┐
///     │ end requested, daemon died, output too large            ▼
///     └──────────────────────────────────────────────────▶ terminating ──grace over──▶ killing ─▶ given up
///                                                          (SIGTERM)                   (SIGKILL)
/// ```
/// From every stage: no descendant left ends the session.
struct ShimSession {
  /// How long SIGKILL may take before the shim gives up on what is stuck in the kernel.
  static let killWaitMax = Duration.seconds(10)
  /// Between two rounds of SIGKILL, for processes that were being forked during the last one.
  private static let killInterval = Duration.milliseconds(20)
  /// Between two looks at the size of the output.
  private static let outputInterval = Duration.milliseconds(50)
  /// Standard error is kept apart and only its end is read, so it may grow at least this far.
  private static let standardErrorLimitMin = ByteCount.mebibytes(64)

  private enum Stage {
    case running
    case lingering(until: ContinuousClock.Instant)
    case terminating(until: ContinuousClock.Instant)
    case killing(until: ContinuousClock.Instant)
  }

  private let grace: Duration
  private let outputLimit: ByteCount?
  private var stage = Stage.running
  private var commandPID: Int32 = 0
  private var commandStatus: ExitStatus?
  private var reason = ExitRecord.Reason.exited
  /// Whether the command is ``BubblewrapCommand/name`` around the real one.
  private var isSandbox = false

  init(grace: Duration, outputLimit: ByteCount?) {
    self.grace = grace
    self.outputLimit = outputLimit
  }

  /// Starts the command (an absolute path and its arguments) and stays until its tree is gone.
  mutating func run(_ command: [String]) -> ExitRecord {
    var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
    defer { for word in words { free(word) } }
    words.append(nil)
    isSandbox = command[0].hasSuffix("/\(BubblewrapCommand.name)")
    let error = clooper_spawn_session(words[0], words, nil, &commandPID)
    guard error == 0 else {
      return Self.notStarted(reason: "\(command[0]): \(SystemError.text(error))")
    }
    var hasDescendants = true
    while hasDescendants {
      hasDescendants = reap()
      let now = ContinuousClock.now
      guard hasDescendants, advance(now: now) else { break }
      let bits = clooper_watch_wait(timeoutMilliseconds(now: now))
      if bits > 0 { handle(bits) }
    }
    let survivors = hasDescendants ? ProcessTable.descendants(of: getpid()).map(\.pid) : []
    return Self.record(
      status: commandStatus ?? .signalled(SIGKILL), reason: reason, survivors: survivors)
  }

  /// Takes every child that has exited.
  ///
  /// - Returns: whether any is left. Orphans become our children, so no child means no descendant.
  private mutating func reap() -> Bool {
    while true {
      var word: Int32 = 0
      let pid = waitpid(-1, &word, WNOHANG)
      if pid == 0 { return true }
      if pid < 0 && errno == EINTR { continue }
      if pid < 0 { return false }
      if pid == commandPID { commandStatus = ExitStatus(waitStatus: word) }
    }
  }

  /// Moves to the next stage when it is time for it.
  ///
  /// - Returns: false to give up on descendants that SIGKILL did not end.
  private mutating func advance(now: ContinuousClock.Instant) -> Bool {
    switch stage {
    case .running:
      if commandStatus != nil {
        stage = .lingering(until: now + grace)
      } else if isOutputTooLarge {
        terminate(because: .outputTooLarge, now: now)
      }
    case .lingering(let until):
      if now >= until { terminate(because: reason, now: now) }
    case .terminating(let until):
      if now >= until {
        stage = .killing(until: now + Self.killWaitMax)
        signalDescendants(SIGKILL)
      }
    case .killing(let until):
      signalDescendants(SIGKILL)
      return now < until
    }
    return true
  }

  private mutating func handle(_ bits: Int32) {
    let news = Int(bits)
    if news & Int(CLOOPER_PARENT_DIED) != 0 {
      interrupt(because: .daemonDied)
    } else if news & Int(CLOOPER_END_REQUESTED) != 0 {
      interrupt(because: .terminated)
    }
  }

  /// Ends the tree for a reason from outside. A command that had ended by itself keeps its own reason.
  private mutating func interrupt(because cause: ExitRecord.Reason) {
    let now = ContinuousClock.now
    switch stage {
    case .running: terminate(because: cause, now: now)
    case .lingering: terminate(because: reason, now: now)
    case .terminating, .killing: break
    }
  }

  private mutating func terminate(because cause: ExitRecord.Reason, now: ContinuousClock.Instant) {
    reason = cause
    stage = .terminating(until: now + grace)
    signalDescendants(SIGTERM)
    // One that is stopped acts on SIGTERM only when it goes on.
    signalDescendants(SIGCONT)
  }

  private func signalDescendants(_ number: Int32) {
    let descendants = ProcessTable.descendants(of: getpid())
    // A sandbox that ends takes everything in it along at once. Once something runs in it (below it and its first
    // process) that is asked instead, has its grace, and the sandbox ends with the status of what it held.
    let isSpared = number == SIGTERM && isSandbox && descendants.count > 2
    for process in descendants where !(isSpared && process.pid == commandPID) { process.signal(number) }
  }

  /// How long to wait for a signal before it is time to look again; -1 for ever.
  private func timeoutMilliseconds(now: ContinuousClock.Instant) -> Int32 {
    switch stage {
    case .running: outputLimit == nil ? -1 : Int32(clamping: Self.outputInterval.milliseconds)
    // One more, because a rest below a millisecond must not become a busy loop.
    case .lingering(let until), .terminating(let until):
      Int32(clamping: max(0, (until - now).milliseconds) + 1)
    case .killing: Int32(clamping: Self.killInterval.milliseconds)
    }
  }

  /// Whether standard output or error is a file that outgrew the limit.
  private var isOutputTooLarge: Bool {
    guard let outputLimit else { return false }
    return Self.fileSize(ofDescriptor: 1) > outputLimit.bytes
      || Self.fileSize(ofDescriptor: 2) > max(outputLimit, Self.standardErrorLimitMin).bytes
  }

  private static func fileSize(ofDescriptor descriptor: Int32) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return 0 }
    return Int(status.st_size)
  }
}

extension ShimSession {
  /// The record of a command that could not be executed.
  static func notStarted(reason: String) -> ExitRecord {
    record(status: .exited(ExecShim.cannotExecuteStatus), reason: .couldNotStart(reason), survivors: [])
  }

  /// The record of a shim whose daemon had died before the command was started.
  static func daemonGone() -> ExitRecord {
    record(status: .signalled(SIGTERM), reason: .daemonDied, survivors: [])
  }

  private static func record(
    status: ExitStatus, reason: ExitRecord.Reason, survivors: [Int32]
  ) -> ExitRecord {
    var usage = rusage()
    #if canImport(Darwin)
      getrusage(RUSAGE_CHILDREN, &usage)
      let residentUnit = 1
    #else
      getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
      let residentUnit = 1024
    #endif
    let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
    let microseconds = Int(usage.ru_utime.tv_usec) + Int(usage.ru_stime.tv_usec)
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return ExitRecord(
      status: status, reason: reason,
      endedAt: Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000),
      cpuTime: .seconds(seconds) + .microseconds(microseconds),
      maxResidentSize: ByteCount(bytes: Int(usage.ru_maxrss) * residentUnit),
      survivorCount: survivors.count, survivorPIDs: survivors.isEmpty ? nil : survivors)
  }
}
