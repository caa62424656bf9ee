import ArgumentParser

/// `looper daemon install`: a systemd unit or launchd agent for the daemon.
struct DaemonInstallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install", abstract: "Install the daemon as a service of systemd or launchd.",
    discussion:
      "The service runs this very binary with the present PATH, --config and --set; installing again replaces "
      + "them. It is not started; `looper daemon start` does that."
      + "\n\nExample: looper daemon install --set server.port=7400")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var daemon: DaemonOptions

  func run() async throws {
    let target = try daemon.target(global, isInstalling: true)
    var notes = try await target.host.install(target.program)
    if let process = target.process(), await !target.host.runs(Int(process.pid)) {
      notes.append(
        "a daemon that is not this service runs already; end it before you start this one: kill \(process.pid)"
      )
    }
    let result = DaemonCommand.Result(
      service: target.host.name, definition: target.host.definitionPath, notes: notes)
    try global.show(result) { _ in
      "installed a \(result.service), \(result.definition ?? ""); start it with `looper daemon start`"
    }
    if !global.json { for note in notes { try global.note(note) } }
  }
}
