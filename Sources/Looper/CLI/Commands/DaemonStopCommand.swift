import ArgumentParser

/// `looper daemon stop`: answers when the daemon is gone.
struct DaemonStopCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "Stop the daemon and wait until it and its agents are gone.",
    discussion: "Example: looper daemon stop")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var daemon: DaemonOptions

  func run() async throws {
    let target = try daemon.target(global, isReaching: true)
    try await global.telling("stopping the daemon and its agents") {
      try await target.host.stop(target.program)
    }
    if let process = target.process() {
      throw LooperError(
        .conflict,
        "the \(target.host.name) is stopped, but a daemon that is not this service runs; end it: kill \(process.pid)"
      )
    }
    let result = DaemonCommand.Result(
      service: target.host.name, definition: target.host.definitionPath, notes: [])
    try global.show(result) { _ in "the daemon is stopped" }
  }
}
