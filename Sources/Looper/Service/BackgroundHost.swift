import CLooper
import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A plain process in a session of its own, where no service manager is: nothing starts it again.
struct BackgroundHost: ServiceHost {
  /// How often a start or stop looks whether it is there yet.
  private static let cadence = Duration.milliseconds(50)
  private static let startTimeout = Duration.seconds(60)
  /// How much of the log an error about a failed start shows.
  private static let excerpt = ByteCount.kibibytes(2)

  let dataDirectory: String
  /// The instance lock's file, which names also a daemon that somebody started by hand.
  let lockPath: String
  /// The daemon's.
  let environment: [String: String]
  let time: any TimeSource
  /// Whether a daemon serves.
  let answers: @Sendable () -> Bool

  let name = "background process"
  let definitionPath: String? = nil
  var log: ServiceLog { .file(logPath) }
  var logPath: String { ServiceLog.filePath(inDataDirectory: dataDirectory) }
  var pidPath: String { "\(dataDirectory)/daemon.pid" }

  /// The daemon that runs now: the one started here, else the holder of the instance lock.
  var process: ProcessIdentity? {
    [recorded, InstanceLock.readHolder(atPath: lockPath)?.identity].compactMap(\.self).first(where: \.isAlive)
  }

  /// The one started here last.
  private var recorded: ProcessIdentity? { launch?.identity }

  private var launch: Launch? {
    FileManager.default.contents(atPath: pidPath).flatMap { try? JSONDecoder().decode(Launch.self, from: $0) }
  }

  /// The command line of the daemon that runs and was started here; nil when none does, or an older looper started it.
  var runningArguments: [String]? { launch.flatMap { $0.identity.isAlive ? $0.arguments : nil } }

  /// A daemon that was started here, as ``pidPath`` holds it: a ``ProcessIdentity`` with one more member.
  private struct Launch: Codable {
    var identity: ProcessIdentity
    /// nil when an older looper wrote it.
    var arguments: [String]?

    private enum CodingKeys: String, CodingKey { case arguments }

    init(_ identity: ProcessIdentity, _ arguments: [String]) {
      self.identity = identity
      self.arguments = arguments
    }

    init(from decoder: any Decoder) throws {
      identity = try ProcessIdentity(from: decoder)
      arguments = try decoder.container(keyedBy: CodingKeys.self)
        .decodeIfPresent([String].self, forKey: .arguments)
    }

    func encode(to encoder: any Encoder) throws {
      try identity.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(arguments, forKey: .arguments)
    }
  }

  func runs(_ pid: Int) async -> Bool { recorded.map { $0.isAlive && Int($0.pid) == pid } ?? false }

  func install(_ program: ServiceProgram) async throws(LooperError) -> [String] {
    throw LooperError(
      .preconditionFailed,
      "there is no systemd user manager or launchd here to install into; run `looper daemon start` for a "
        + "background process, or `looper daemon install --system` as root where systemd runs")
  }

  func uninstall() async throws(LooperError) {
    throw LooperError(
      .notFound, "no service is installed here; `looper daemon stop` ends a background process")
  }

  func start(_ program: ServiceProgram) async throws(LooperError) {
    let started = if let process { process } else { try launch(program) }
    let deadline = time.now + Self.startTimeout
    while !answers() {
      // One that loses against another that is started at the same time ends; then that one counts.
      guard started.isAlive || process != nil else {
        throw LooperError(.internal, "the daemon ended at once; \(lastWords)")
      }
      guard time.now < deadline else {
        throw LooperError(
          .timeout, "the daemon, pid \(started.pid), does not answer yet; see `looper daemon logs`")
      }
      try await pause()
    }
  }

  func stop(_ program: ServiceProgram) async throws(LooperError) {
    defer { unlink(pidPath) }
    guard let process, process.signal(SIGTERM) else { return }
    let deadline = time.now + program.stopTimeout
    while process.isAlive {
      guard time.now < deadline else {
        throw LooperError(
          .timeout,
          "pid \(process.pid) still runs after \(program.stopTimeout.inWholeSeconds) s; "
            + "a second SIGTERM ends it at once: kill \(process.pid)")
      }
      try await pause()
    }
  }

  func restart(_ program: ServiceProgram) async throws(LooperError) {
    try await stop(program)
    try await start(program)
  }

  /// Starts the program and records which process it is.
  private func launch(_ program: ServiceProgram) throws(LooperError) -> ProcessIdentity {
    do {
      try FileManager.default.createDirectory(
        atPath: dataDirectory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      // The shell becomes the daemon: same pid, its own session, no terminal.
      let script = #"log=$1; shift; cd /; umask 077; exec "$@" </dev/null >>"$log" 2>&1"#
      let arguments = ["sh", "-c", script, "sh", logPath, program.executable] + program.arguments
      clooper_close_on_exec_above_stderr()
      let pid = try spawn("/bin/sh", arguments)
      let identity = ProcessIdentity(ofProcess: pid)
      try JSONEncoder().encode(Launch(identity, program.arguments)).write(
        to: URL(filePath: pidPath), options: .atomic)
      return identity
    } catch {
      throw LooperError(.internal, "cannot start the daemon in the background: \(error)")
    }
  }

  private func spawn(_ path: String, _ arguments: [String]) throws(SystemError) -> Int32 {
    let words = Self.terminated(arguments)
    let variables = Self.terminated(environment.map { "\($0)=\($1)" })
    defer { for word in words + variables { free(word) } }
    var pid: Int32 = 0
    let result = clooper_spawn_session(path, words, variables, &pid)
    guard result == 0 else { throw SystemError("cannot start \(path)", number: result) }
    return pid
  }

  /// As C has lists of texts; each is to be freed.
  private static func terminated(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
    texts.map { strdup($0) } + [nil]
  }

  private var lastWords: String {
    // Best effort: without the log there is the hint to it.
    let text = (try? LogTail.lastBytes(Self.excerpt, ofFile: logPath)).map {
      String(decoding: $0, as: UTF8.self)
    }
    let last = text?.split(separator: "\n").last.map(String.init) ?? ""
    return last.isEmpty ? "see \(logPath)" : "it said: \(last) (log: \(logPath))"
  }

  private func pause() async throws(LooperError) {
    do {
      try await time.sleep(until: time.now + Self.cadence)
    } catch {
      throw LooperError(.timeout, "cancelled")
    }
  }
}
