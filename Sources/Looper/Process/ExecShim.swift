import CLooper

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// `looper __exec …`: our own binary as the parent of one command.
///
/// The shim is what makes "ended" mean that nothing is left. It adopts orphaned descendants (child subreaper),
/// so that neither `setsid` nor a double fork escapes it; it watches the daemon, so that `kill -9` of the
/// daemon ends the command; it passes SIGTERM to every descendant and follows with SIGKILL; it ends only when
/// no descendant is left, leaves an ``ExitRecord`` and exits as the command did.
enum ExecShim {
  /// The first argument that asks for the shim; no subcommand of the CLI begins with underscores.
  static let verb = "__exec"
  /// Exit status for a command that cannot be executed, as shells have it.
  static let cannotExecuteStatus: Int32 = 126
  /// Exit status for a request that cannot be read.
  static let usageStatus: Int32 = 2

  /// Runs the shim and exits when `arguments` (with the program's name in front) ask for it; returns
  /// otherwise. Called first in `main`, while there is one thread and nothing has been set up.
  static func runIfRequested(_ arguments: [String]) {
    guard arguments.dropFirst().first == verb else { return }
    guard let request = Request(arguments: Array(arguments.dropFirst())) else { exit(usageStatus) }
    let record = perform(request)
    // Best effort: without the file the daemon knows the shim's own status and says that the record is lost.
    try? record.write(toPath: request.exitRecordPath)
    end(as: record.status)
  }

  private static func perform(_ request: Request) -> ExitRecord {
    clooper_reset_signals()
    // Foundation's socket stays open here, for its end tells the daemon of ours, but goes no further.
    clooper_close_on_exec_above_stderr()
    clooper_set_child_subreaper()
    let watched = clooper_watch_open(request.daemonPID)
    guard watched >= 0 else {
      return ShimSession.notStarted(reason: "cannot watch the daemon: \(SystemError.text(watched))")
    }
    guard getppid() == request.daemonPID else { return ShimSession.daemonGone() }
    var session = ShimSession(grace: request.grace, outputLimit: request.outputLimit)
    return session.run(request.command)
  }

  /// Exits with the command's status, or by its signal and without a core dump of our own.
  private static func end(as status: ExitStatus) -> Never {
    switch status {
    case .exited(let code): _exit(code)
    case .signalled(let number):
      var none = rlimit(rlim_cur: 0, rlim_max: 0)
      #if canImport(Darwin)
        setrlimit(RLIMIT_CORE, &none)
      #else
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
      #endif
      clooper_reset_signals()
      kill(getpid(), number)
      // A signal whose default is to be ignored does not end us.
      _exit(128 + number)
    }
  }
}

extension ExecShim {
  /// What the shim is asked to do: `__exec <daemon-pid> <grace-ms> <exit-record> <output-limit> -- command…`,
  /// where output limit 0 is none and the command's first word an absolute path.
  struct Request: Hashable, Sendable {
    var daemonPID: Int32
    var grace: Duration
    var exitRecordPath: String
    var outputLimit: ByteCount?
    var command: [String]
  }
}

extension ExecShim.Request {
  /// As the arguments of our binary.
  var arguments: [String] {
    [
      ExecShim.verb, "\(daemonPID)", "\(grace.milliseconds)", exitRecordPath,
      "\(outputLimit?.bytes ?? 0)", "--",
    ] + command
  }

  /// Reads the arguments; nil when they are not complete.
  init?(arguments: [String]) {
    guard arguments.count >= 7, arguments[0] == ExecShim.verb, arguments[5] == "--",
      let daemonPID = Int32(arguments[1]), daemonPID > 0,
      let graceMilliseconds = Int64(arguments[2]), graceMilliseconds >= 0,
      let limit = Int(arguments[4]), limit >= 0
    else { return nil }
    self.init(
      daemonPID: daemonPID, grace: .milliseconds(graceMilliseconds), exitRecordPath: arguments[3],
      outputLimit: limit == 0 ? nil : ByteCount(bytes: limit), command: Array(arguments[6...]))
  }
}
