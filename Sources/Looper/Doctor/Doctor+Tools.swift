import Foundation

/// The programs Looper runs, and the agents.
extension Doctor {
  /// The oldest versions it is known to work with: those of Debian 12.
  private static let gitMin = [2, 39]
  private static let ghMin = [2, 23]

  func tools(_ scene: Scene) async -> [DoctorFinding] {
    var notes = DoctorNotes("tools")
    let github = scene.configuration.github
    await tool("git", github.gitPath, min: Self.gitMin, install: "sudo apt-get install git", &notes)
    await tool("gh", github.ghPath, min: Self.ghMin, install: "sudo apt-get install gh", &notes)
    await sandbox(&notes)
    return notes.findings
  }

  private func tool(
    _ name: String, _ configured: String, min: [Int], install: String, _ notes: inout DoctorNotes
  ) async {
    var executable = configured
    if configured.hasPrefix("/"), !FileManager.default.isExecutableFile(atPath: configured) {
      // The daemon does the same.
      executable = name
    }
    let wanted = min.map(String.init).joined(separator: ".")
    switch await probe.run(executable, ["--version"], allowing: name == "gh" ? .gh : .git) {
    case .output(let text):
      let line = DoctorProbe.firstLine(text)
      if executable == configured {
        notes.ok(name, executable)
      } else {
        notes.warn(
          name, "\(configured) does not exist; \(name) from PATH is used",
          fix: "looper config set github.\(name)-path \(name)")
      }
      guard let version = DoctorProbe.version(in: text) else {
        return notes.skip("\(name)-version", "\(line) holds no version")
      }
      if version.lexicographicallyPrecedes(min) {
        notes.fail("\(name)-version", "\(line) is older than \(wanted)", fix: install)
      } else {
        notes.ok("\(name)-version", line)
      }
    case .notFound:
      notes.fail(name, "there is no \(executable)", fix: install)
      notes.skip("\(name)-version", "there is no \(name)")
    case .refused(let text), .broken(let text):
      notes.fail(name, "\(executable) --version: \(DoctorProbe.firstLine(text))", fix: install)
      notes.skip("\(name)-version", "\(name) does not run")
    }
  }

  private func sandbox(_ notes: inout DoctorNotes) async {
    let limit = files.system("/proc/sys/user/max_user_namespaces").flatMap { Int($0) }
    let isSwitchedOff = files.system("/proc/sys/kernel/unprivileged_userns_clone") == "0" || limit == 0
    notes.expect(
      "user-namespaces", !isSwitchedOff, limit.map { "up to \($0)" } ?? "not limited",
      else: "the kernel allows none, so bubblewrap cannot shut agents in",
      fix: "sudo sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000")
    guard case .output(let version) = await probe.run("bwrap", ["--version"]) else {
      notes.warn(
        "bubblewrap", "there is no bwrap; agents can read whatever you can",
        fix: "sudo apt-get install bubblewrap")
      return notes.skip("sandbox", "there is no bwrap")
    }
    notes.ok("bubblewrap", DoctorProbe.firstLine(version))
    let arguments = [
      "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-pid", "--die-with-parent",
      "/bin/sh",
      "-c", "exit 0",
    ]
    switch await probe.run("bwrap", arguments) {
    case .output: notes.ok("sandbox", "a process can be shut in")
    case .refused(let text), .broken(let text):
      notes.warn(
        "sandbox", "bwrap does not work here: \(DoctorProbe.firstLine(text))",
        fix: "sudo sysctl kernel.unprivileged_userns_clone=1")
    case .notFound: notes.skip("sandbox", "there is no bwrap")
    }
  }
}
