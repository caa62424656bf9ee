import ArgumentParser
import Foundation

/// `looper daemon status`: exit status 0 when a daemon answers, 3 when none does.
struct DaemonStatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Say whether the daemon runs, and how; exit status 3 when it does not.",
    discussion: "Example: looper daemon status --json")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var daemon: DaemonOptions

  func run() async throws {
    let target = try daemon.target(global, isReaching: true)
    let view = await Self.view(target)
    try global.show(view) { DaemonText.text(view, $0) }
    if view.state != .running { throw ExitCode(LooperError.Code.unavailable.exitStatus) }
  }

  private static func view(_ target: DaemonOptions.Target) async -> DaemonStateView {
    let definition = target.host.definitionPath.flatMap {
      FileManager.default.fileExists(atPath: $0) ? $0 : nil
    }
    var log: String?
    if case .file(let path) = target.host.log { log = path }
    var view = DaemonStateView(
      state: .stopped, service: target.host.name, definition: definition, socket: target.paths.socketPath,
      log: log)
    // No answer is an answer here: it says that nothing runs, or not yet.
    let status = try? await LooperClient.connected(to: target.paths.socketPath) { try await $0.status() }
    if let status {
      view.state = .running
      view.pid = status.pid
      view.version = status.version
      view.startedAt = status.startedAt
    } else if let holder = InstanceLock.readHolder(atPath: "\(target.paths.databasePath).lock")?.identity,
      holder.isAlive
    {
      view.state = .starting
      view.pid = Int(holder.pid)
    }
    if let pid = view.pid, await !target.host.runs(pid) {
      view.service = ServiceKeeper.name(ofProcess: pid) ?? DaemonStateView.foreground
      view.definition = nil
      view.log = nil
    }
    return view
  }
}
