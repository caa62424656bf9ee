import Foundation

/// An agent of launchd, in the calling user's session.
struct LaunchdHost: ServiceHost {
  let homeDirectory: String
  let uid: UInt32
  let logPath: String
  let shell: ServiceShell

  let name = "launchd agent"
  var definitionPath: String? { path }
  var log: ServiceLog { .file(logPath) }
  private var path: String { "\(homeDirectory)/Library/LaunchAgents/\(LaunchdAgent.label).plist" }
  private var domain: String { "gui/\(uid)" }
  private var target: String { "\(domain)/\(LaunchdAgent.label)" }

  func install(_ program: ServiceProgram) async throws(LooperError) -> [String] {
    do {
      let directory = URL(filePath: path).deletingLastPathComponent()
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      try Data(LaunchdAgent.text(program, logPath: logPath).utf8).write(
        to: URL(filePath: path), options: .atomic)
    } catch {
      throw LooperError(.internal, "cannot write \(path): \(error.localizedDescription)")
    }
    return ["launchd starts it at every login"]
  }

  func uninstall() async throws(LooperError) {
    try checkInstalled()
    // Fails when it is not loaded, which is what is wanted.
    _ = try await shell.run(["launchctl", "bootout", target], ServiceShell.deadline)
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw LooperError(.internal, "cannot remove \(path): \(error.localizedDescription)")
    }
  }

  func start(_ program: ServiceProgram) async throws(LooperError) {
    try checkInstalled()
    // Fails when it is loaded already; the next command starts it in both cases.
    _ = try await shell.run(["launchctl", "bootstrap", domain, path], ServiceShell.deadline)
    try await shell.check(["launchctl", "kickstart", target], hint: "see `looper daemon logs`")
  }

  func stop(_ program: ServiceProgram) async throws(LooperError) {
    try checkInstalled()
    _ = try await shell.run(["launchctl", "bootout", target], program.stopTimeout + ServiceShell.deadline)
  }

  func restart(_ program: ServiceProgram) async throws(LooperError) {
    try await stop(program)
    try await start(program)
  }

  func runs(_ pid: Int) async -> Bool {
    // launchctl(1) calls its output no interface; what is not found there is taken for somebody else's.
    let answer = try? await shell.run(["launchctl", "print", target], ServiceShell.deadline)
    return answer?.text.split(whereSeparator: \.isNewline).contains {
      $0.trimmingCharacters(in: .whitespaces) == "pid = \(pid)"
    } ?? false
  }

  private func checkInstalled() throws(LooperError) {
    guard FileManager.default.fileExists(atPath: path) else {
      throw LooperError(.notFound, "there is no \(path); run `looper daemon install`")
    }
  }
}
