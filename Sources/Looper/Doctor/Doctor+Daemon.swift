import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The running daemon, and the service that starts it.
extension Doctor {
  /// - Parameter answers: what was found about GitHub itself.
  func daemonFindings(_ scene: Scene, _ answers: [DoctorFinding]) -> [DoctorFinding] {
    var notes = DoctorNotes("daemon")
    guard let daemon = scene.daemon else {
      notes.warn("daemon", "none answers on \(scene.paths.socketPath)", fix: "looper serve")
      for code in ["daemon-version", "daemon-health", "daemon-config", "needs-human", "projects"] {
        notes.skip(code, "no daemon runs")
      }
      port(scene.configuration.server, &notes)
      return notes.findings
    }
    let status = daemon.status
    notes.ok("daemon", "pid \(status.pid), since \(status.startedAt.iso8601)")
    notes.expect(
      "daemon-version", status.version == LooperVersion.current, status.version,
      else: "the daemon is \(status.version), this looper is \(LooperVersion.current)",
      fix: "looper daemon restart")
    health(daemon.health, &notes)
    let path = scene.loaded.fileURL?.path
    notes.expect(
      "daemon-config", status.configPath == path, path ?? "both use the defaults",
      else: "the daemon reads \(status.configPath ?? "no file"), this shell \(path ?? "no file")",
      fix: "looper daemon restart")
    notes.expect(
      "needs-human", status.needsHuman.isEmpty, "nothing",
      else: "\(status.needsHuman.count) loops wait for a person", fix: "looper status")
    projects(daemon, answers, &notes)
    notes.skip("port", "the running daemon has it")
    return notes.findings
  }

  private func health(_ parts: [HealthView], _ notes: inout DoctorNotes) {
    let degraded = parts.filter { $0.state == .degraded }
    guard !degraded.isEmpty else {
      return notes.ok("daemon-health", parts.map(\.name).joined(separator: ", "))
    }
    let text = degraded.map { "\($0.name): \($0.message)" }.joined(separator: "; ")
    notes.fail("daemon-health", text, fix: "looper status")
  }

  /// One finding per project, all with the same code.
  private func projects(_ daemon: Daemon, _ answers: [DoctorFinding], _ notes: inout DoctorNotes) {
    guard !daemon.projects.isEmpty else {
      return notes.warn("projects", "no repository is watched", fix: "looper project add owner/name")
    }
    for project in daemon.projects {
      if project.problem != nil, let name = ProjectName(project.name), daemon.isCutOff(from: name.host),
        let code = Self.obstacle(on: name.host, answers)
      {
        notes.skip("projects", Self.notLookedAt(name, code))
      } else if let problem = project.problem {
        notes.fail("projects", "\(project.name): \(problem)", fix: "looper project show \(project.name)")
      } else {
        notes.ok("projects", "\(project.name), base \(project.base ?? "not known yet")")
      }
    }
  }

  private func port(_ server: Configuration.Server, _ notes: inout DoctorNotes) {
    guard server.isEnabled, server.port != 0 else {
      return notes.skip("port", server.isEnabled ? "any free one is taken" : "TCP is switched off")
    }
    if DoctorPort.isFree(server.port) {
      notes.ok("port", "\(server.host):\(server.port) is free")
    } else {
      notes.fail(
        "port", "something else listens on port \(server.port)", fix: "looper config set server.port 0")
    }
  }

  func service(_ scene: Scene) async -> [DoctorFinding] {
    var notes = DoctorNotes("service")
    let codes = ["systemd-user", "linger", "service-unit"]
    guard files.systemExists("/run/systemd/system") else {
      notes.skip("systemd", "this machine does not run systemd")
      for code in codes { notes.skip(code, "this machine does not run systemd") }
      return notes.findings
    }
    notes.ok("systemd", "it runs")
    notes.expect(
      codes[0], files.systemExists("/run/user/\(getuid())/systemd"), "the user's manager runs",
      else: "no manager of this user runs", fix: "sudo systemctl start user@\(getuid())")
    let user = sources.environment["USER"] ?? sources.environment["LOGNAME"] ?? ""
    notes.expect(
      codes[1], getuid() == 0 || files.systemExists("/var/lib/systemd/linger/\(user)"),
      "services outlive the login",
      else: "services of \(user) end when you log out", fix: "sudo loginctl enable-linger \(user)")
    let home = "\(sources.homeDirectory)/.config/systemd/user/looper.service"
    let unit = [home, "\(files.systemRoot)/etc/systemd/system/looper.service"].first(where: files.exists)
    notes.expect(
      codes[2], unit != nil, unit ?? "", else: "looper is not installed as a service",
      fix: "looper daemon install")
    return notes.findings
  }
}

/// Whether a TCP port of the loopback address can be bound.
enum DoctorPort {
  static func isFree(_ port: Int) -> Bool {
    #if os(Linux)
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    guard descriptor >= 0 else { return true }
    defer { close(descriptor) }
    var reuse: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(clamping: port).bigEndian)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    return result == 0
  }
}
