import Foundation

/// A unit of systemd's user or system manager.
struct SystemdHost: ServiceHost {
  let scope: ServiceScope
  /// Where units are written for this scope.
  let unitDirectory: String
  /// The account's name, for the hint about lingering.
  let account: String
  let shell: ServiceShell

  static let systemUnitDirectory = "/etc/systemd/system"
  private static let lingerDirectory = "/var/lib/systemd/linger"

  var name: String { Self.name(isOfUser: scope == .user) }
  var definitionPath: String? { unitPath }
  private var unitPath: String { "\(unitDirectory)/\(SystemdUnit.name)" }
  private var manager: [String] { scope == .user ? ["--user"] : [] }

  var log: ServiceLog {
    .journal(["journalctl"] + manager + ["--unit", SystemdUnit.name, "--no-pager", "--output", "cat"])
  }

  static func name(isOfUser: Bool) -> String {
    isOfUser ? "systemd user service" : "systemd system service"
  }

  func install(_ program: ServiceProgram) async throws(LooperError) -> [String] {
    do {
      try FileManager.default.createDirectory(atPath: unitDirectory, withIntermediateDirectories: true)
      try Data(SystemdUnit.text(program, scope).utf8).write(to: URL(filePath: unitPath), options: .atomic)
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: unitPath)
    } catch {
      throw LooperError(.internal, "cannot write \(unitPath): \(error.localizedDescription)")
    }
    try await control(["daemon-reload"])
    try await control(["enable", SystemdUnit.name])
    return lingerHint
  }

  func uninstall() async throws(LooperError) {
    try checkInstalled()
    try await control(["disable", "--now", SystemdUnit.name], deadline: SystemdUnit.startTimeout)
    do {
      try FileManager.default.removeItem(atPath: unitPath)
    } catch {
      throw LooperError(.internal, "cannot remove \(unitPath): \(error.localizedDescription)")
    }
    try await control(["daemon-reload"])
    // Best effort: only forgets an earlier failure.
    _ = try await shell.run(
      ["systemctl"] + manager + ["reset-failed", SystemdUnit.name], ServiceShell.deadline)
  }

  func start(_ program: ServiceProgram) async throws(LooperError) {
    try checkInstalled()
    // After too many failed starts systemd refuses until it is told to forget them.
    _ = try await shell.run(
      ["systemctl"] + manager + ["reset-failed", SystemdUnit.name], ServiceShell.deadline)
    try await control(
      ["start", SystemdUnit.name], deadline: SystemdUnit.startTimeout + ServiceShell.deadline)
  }

  func stop(_ program: ServiceProgram) async throws(LooperError) {
    try checkInstalled()
    try await control(["stop", SystemdUnit.name], deadline: program.stopTimeout + ServiceShell.deadline)
  }

  func restart(_ program: ServiceProgram) async throws(LooperError) {
    try checkInstalled()
    try await control(
      ["restart", SystemdUnit.name],
      deadline: program.stopTimeout + SystemdUnit.startTimeout + ServiceShell.deadline)
  }

  func runs(_ pid: Int) async -> Bool {
    // A manager that does not answer runs nothing for us.
    let answer = try? await shell.run(
      ["systemctl"] + manager + ["show", "--property", "MainPID", "--value", SystemdUnit.name],
      ServiceShell.deadline)
    return answer?.text == String(pid)
  }

  private func control(
    _ arguments: [String], deadline: Duration = ServiceShell.deadline
  ) async throws(LooperError) {
    try await shell.check(
      ["systemctl"] + manager + arguments, deadline: deadline, hint: "see `looper daemon logs`")
  }

  private func checkInstalled() throws(LooperError) {
    guard FileManager.default.fileExists(atPath: unitPath) else {
      throw LooperError(.notFound, "there is no \(unitPath); run `looper daemon install`")
    }
  }

  private var lingerHint: [String] {
    guard scope == .user,
      !FileManager.default.fileExists(atPath: "\(Self.lingerDirectory)/\(account)")
    else { return [] }
    return ["it stops when you log out; to keep it running: loginctl enable-linger \(account)"]
  }
}
