import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The `looper serve` of a demonstration: the same binary, as a child that does not outlive us.
struct DemoDaemon: Sendable {
  private static let startLimit = Duration.seconds(20)
  private static let lookInterval = Duration.milliseconds(50)
  /// Longer than the daemon's own grace, so that it can stop its agents in order.
  private static let stopGrace = Duration.seconds(8)

  private let child: SupervisedChild

  /// Starts it and returns when it answers on its socket. The configuration must be there.
  ///
  /// - Parameter variables: of its environment, besides those that bind it to the directory.
  /// - Throws: ``LooperError`` with the last lines of its log when it does not come up.
  static func start(
    in directory: DemoDirectory, launcher: ShimLauncher, searchPath: String, time: any TimeSource,
    variables: [String: String] = [:]
  ) async throws -> DemoDaemon {
    let daemon = try await launch(
      in: directory, launcher: launcher, searchPath: searchPath, variables: variables)
    do {
      try await daemon.waitUntilItAnswers(in: directory, time: time)
    } catch {
      await daemon.stop()
      throw error
    }
    return daemon
  }

  /// Starts it without waiting for anything.
  static func launch(
    in directory: DemoDirectory, launcher: ShimLauncher, searchPath: String,
    variables: [String: String] = [:]
  ) async throws -> DemoDaemon {
    let spec = ChildSpec(
      command: Command(
        executable: launcher.executablePath, arguments: ["serve"],
        environment: [
          "GH_CONFIG_DIR": directory.gh, "GH_TOKEN": DemoSample.token, "HOME": directory.path,
          "LOOPER_CONFIG": directory.configuration, "PATH": searchPath,
        ].merging(variables) { $1 },
        workingDirectory: directory.path),
      standardOutputPath: directory.daemonOutput, standardErrorPath: directory.daemonLog,
      exitRecordPath: "\(directory.scratch)/\(UUID().uuidString).exit", grace: stopGrace)
    do throws(CommandError) {
      return DemoDaemon(child: try await SupervisedChild.start(spec, launcher: launcher))
    } catch {
      throw LooperError(.internal, "looper serve did not start: \(error)")
    }
  }

  /// Ends it in order; returns when it and everything it started is gone. Not hindered by a cancellation.
  func stop() async { _ = await child.terminate() }

  /// `kill -9` of the daemon alone, whatever it is doing; returns when it and what it had started is gone.
  func kill() async {
    // The supervisor above it was not asked for anything: it ends by itself when all below it has ended.
    ProcessTable.descendants(of: child.identity.pid).first?.signal(SIGKILL)
    await waitUntilGone()
  }

  /// Waits until it and everything it started has ended by itself.
  @discardableResult
  func waitUntilGone() async -> ExitStatus { await child.exitRecord().status }

  /// Returns when it answers on its socket.
  func waitUntilItAnswers(in directory: DemoDirectory, time: any TimeSource) async throws {
    let deadline = time.now + Self.startLimit
    let socket = UnixSocketPath(path: directory.socket)
    while !socket.answers {
      guard child.identity.isAlive, time.now < deadline else {
        throw LooperError(.internal, "looper serve does not answer on \(directory.socket)")
      }
      try await time.sleep(until: time.now + Self.lookInterval)
    }
  }

  /// Writes the daemon's configuration and the scripted agent.
  static func prepare(_ directory: DemoDirectory) throws {
    try directory.write(configuration(in: directory), to: directory.configuration)
    try directory.write(DemoAgent.script, to: directory.agent, permissions: 0o700)
  }

  /// Everything fast: a demonstration has one repository on this machine and no limits to respect.
  static func configuration(in directory: DemoDirectory) -> String {
    """
    [server]
    enabled = false

    [daemon]
    data-dir = \(TOMLText.literal(.string(directory.data)))
    poll-interval-secs = 1
    shutdown-grace-secs = 5
    disk-floor-mib = 0
    memory-floor-mib = 0

    [github]
    write-interval-ms = 100

    [agent]
    vendor = "custom"
    command = [\(TOMLText.literal(.string(directory.agent)))]

    [flow]
    quiet-period-secs = 1

    [[projects]]
    name = "\(DemoSample.repository)"

    """
  }
}
