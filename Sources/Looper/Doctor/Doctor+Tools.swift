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
        fix: "sudo sysctl kernel.unprivileged_userns_clone=1, or run looper outside a container")
    case .notFound: notes.skip("sandbox", "there is no bwrap")
    }
  }

  /// Per role, the agent that would do its work; its version is asked for, nothing else.
  func agents(_ scene: Scene) async -> [DoctorFinding] {
    var notes = DoctorNotes("agents")
    var answers: [[String]: DoctorProbe.Answer] = [:]
    for role in Role.allCases {
      let settings = scene.configuration.agentSettings(for: role, project: nil)
      let code = "agent-\(role.rawValue)"
      let vendor = settings.vendor.rawValue
      guard let adapter = VendorAdapters.adapter(for: settings.vendor, command: settings.command) else {
        if settings.vendor == .custom {
          notes.fail(
            code, "agent.command is not set", fix: "looper config set agent.command '[\"/path/to/agent\"]'")
        } else {
          notes.fail(
            code, "this version cannot run \(vendor)", fix: "looper config set agent.vendor claude-code")
        }
        continue
      }
      guard let arguments = adapter.versionArguments else {
        executable(adapter, code, vendor, &notes)
        continue
      }
      let key = [adapter.executable] + arguments
      let answer: DoctorProbe.Answer
      if let known = answers[key] {
        answer = known
      } else {
        answer = await probe.run(adapter.executable, arguments, allowing: .agent)
        answers[key] = answer
      }
      agent(answer, adapter, code, &notes)
    }
    let fallback = Set(
      Role.allCases.flatMap { scene.configuration.agentSettings(for: $0, project: nil).fallback })
    for vendor in Vendor.allCases where fallback.contains(vendor) {
      guard let adapter = VendorAdapters.adapter(for: vendor, command: []),
        let arguments = adapter.versionArguments
      else { continue }
      let answer = await probe.run(adapter.executable, arguments, allowing: .agent)
      agent(answer, adapter, "agent-fallback-\(vendor.rawValue)", &notes)
    }
    return notes.findings
  }

  private func agent(
    _ answer: DoctorProbe.Answer, _ adapter: any VendorAdapter, _ code: String, _ notes: inout DoctorNotes
  ) {
    let vendor = adapter.vendor.rawValue
    switch answer {
    case .output(let text): notes.ok(code, "\(vendor) \(DoctorProbe.firstLine(text))")
    case .notFound:
      notes.fail(
        code, "there is no \(adapter.executable) for \(vendor)",
        fix: "install it, or: looper config set agent.command '[\"/path/to/\(adapter.executable)\"]'")
    case .refused(let text), .broken(let text):
      notes.fail(
        code, "\(adapter.executable) does not run: \(DoctorProbe.firstLine(text))",
        fix: "run `\(adapter.executable)` by hand")
    }
  }

  /// An agent that cannot be asked for a version is only looked for.
  private func executable(
    _ adapter: any VendorAdapter, _ code: String, _ vendor: String, _ notes: inout DoctorNotes
  ) {
    let directories = (sources.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let places =
      adapter.executable.contains("/")
      ? [adapter.executable] : directories.map { "\($0)/\(adapter.executable)" }
    if let found = places.first(where: FileManager.default.isExecutableFile) {
      notes.ok(code, "\(vendor) \(found)")
    } else {
      notes.fail(
        code, "\(adapter.executable) cannot be run", fix: "chmod +x it, or: looper config edit")
    }
  }
}
