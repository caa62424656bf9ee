import ArgumentParser
import Foundation

/// `looper doctor`: what is wrong here and how to mend it.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check everything Looper needs; say how to mend what is wrong.",
    discussion:
      "Works with and without a running daemon, changes nothing and costs nothing: agents are only asked for their "
      + "version and login. The exit status is 1 when a check failed; warnings do not count."
      + "\n\nExample: looper doctor --json")

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let around = CommandEnvironment.current
    let scratch = try Self.scratchDirectory()
    // Best effort: what stays takes room in the temporary directory and nothing else.
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    let commands = CommandRunner(
      shim: ShimLauncher(executablePath: around.shimPath, scratchDirectory: scratch, tag: [:]))
    let socket = global.socket
    let doctor = Doctor(
      sources: global.sources, probe: DoctorProbe(commands: commands, environment: around.variables),
      files: DoctorFiles(), time: around.time, daemon: { await Self.daemon(at: socket ?? $0) })
    let report = try await global.telling("checking") { await doctor.report() }
    try global.show(report) { DoctorText.text(report, $0) }
    if !report.isSound { throw ExitCode(1) }
  }

  private static func daemon(at socketPath: String) async -> Doctor.Daemon? {
    // Whatever keeps it from answering, for the doctor it is no daemon; the lock says whether one hangs.
    try? await LooperClient.connected(to: socketPath) { client in
      Doctor.Daemon(status: try await client.status(), projects: try await client.projects().items)
    }
  }

  private static func scratchDirectory() throws(LooperError) -> String {
    let path = NSTemporaryDirectory() + "looper-doctor-\(UUID().uuidString)"
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw LooperError(.internal, "cannot make the directory \(path): \(error.localizedDescription)")
    }
    return path
  }
}
