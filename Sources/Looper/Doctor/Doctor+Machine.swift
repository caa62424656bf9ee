import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The machine: clock, limits, room.
extension Doctor {
  /// No clock that is right is before this: 2026-01-01.
  private static let earliest = Timestamp(milliseconds: 1_767_225_600_000)
  private static let descriptorsMin = 1024
  private static let processesMin = 512
  private static let watchesMin = 8192
  private static let instancesMin = 64
  private static let memoryMin = ByteCount.mebibytes(512)
  private static let nodesMin: Int64 = 10_000

  func machine(_ scene: Scene) async -> [DoctorFinding] {
    var notes = DoctorNotes("machine")
    system(&notes)
    limits(&notes)
    room(scene, &notes)
    return notes.findings
  }

  private func system(_ notes: inout DoctorNotes) {
    notes.ok("os", ProcessInfo.processInfo.operatingSystemVersionString)
    notes.expect(
      "user", getuid() != 0, "user id \(getuid())", else: "looper runs as root, and so do its agents",
      fix: "sudo useradd --create-home looper")
    let now = time.now
    if now < Self.earliest {
      notes.fail("clock", "the clock says \(now.iso8601)", fix: "sudo timedatectl set-ntp true")
    } else {
      notes.ok("clock", now.iso8601)
    }
    notes.ok("time-zone", TimeZone.current.identifier)
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { sources.environment[$0] }.first { !$0.isEmpty }
    let plain = (locale ?? "C").lowercased().filter { $0 != "-" }
    notes.expect(
      "locale", plain.hasSuffix("utf8"), locale ?? "C", else: "the locale \(locale ?? "C") is not UTF-8",
      fix: "export LANG=C.UTF-8")
    path(&notes)
    if access("/bin/sh", X_OK) == 0 {
      notes.ok("shell", "/bin/sh")
    } else {
      notes.fail(
        "shell", "/bin/sh cannot be run; validation commands need it", fix: "sudo apt-get install dash")
    }
    let temporary = NSTemporaryDirectory()
    if files.isWritable(temporary) {
      notes.ok("temporary-directory", temporary)
    } else {
      notes.fail("temporary-directory", "cannot write to \(temporary)", fix: "export TMPDIR=/var/tmp")
    }
  }

  private func path(_ notes: inout DoctorNotes) {
    let path = sources.environment["PATH"] ?? ""
    let entries = path.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let loose = entries.filter { entry in
      !entry.hasPrefix("/") || (files.mode(entry).map { $0 & 0o002 != 0 && $0 & 0o1000 == 0 } ?? false)
    }
    if path.isEmpty {
      notes.fail(
        "path", "PATH is empty; no tool will be found", fix: "export PATH=/usr/local/bin:/usr/bin:/bin")
    } else {
      let shown = loose.map { $0.isEmpty ? "an empty entry" : $0 }.joined(separator: ", ")
      notes.expect(
        "path", loose.isEmpty, "\(entries.count) directories",
        else: "PATH holds \(shown), where others can put programs",
        fix: "export PATH=\(entries.filter { !loose.contains($0) }.joined(separator: ":"))")
    }
  }

  private func limits(_ notes: inout DoctorNotes) {
    guard let limits = files.system("/proc/self/limits") else {
      for code in ["descriptor-limit", "process-limit", "inotify-watches", "inotify-instances", "memory"] {
        notes.skip(code, "this system does not say")
      }
      return
    }
    limit("descriptor-limit", "open files", in: limits, min: Self.descriptorsMin, flag: "n", &notes)
    limit("process-limit", "processes", in: limits, min: Self.processesMin, flag: "u", &notes)
    inotify("inotify-watches", "max_user_watches", min: Self.watchesMin, &notes)
    inotify("inotify-instances", "max_user_instances", min: Self.instancesMin, &notes)
    guard let memory = Self.available(inMemory: files.system("/proc/meminfo") ?? "") else {
      return notes.skip("memory", "this system does not say")
    }
    notes.expect(
      "memory", memory >= Self.memoryMin, "\(Self.mebibytes(memory.bytes)) available",
      else: "only \(Self.mebibytes(memory.bytes)) of memory are available; an agent needs more",
      fix: "looper config set limits.runs 1")
  }

  private func limit(
    _ code: String, _ name: String, in limits: String, min: Int, flag: String, _ notes: inout DoctorNotes
  ) {
    let line = limits.split(separator: "\n").first { $0.lowercased().hasPrefix("max \(name)") }
    let words = (line ?? "").dropFirst("max \(name)".count).split(separator: " ")
    guard let soft = words.first else { return notes.skip(code, "this system does not say") }
    let number = Int(soft) ?? Int.max
    notes.expect(
      code, number >= min, soft == "unlimited" ? "no limit" : "\(soft) \(name)",
      else: "only \(soft) \(name) are allowed, \(min) are needed", fix: "ulimit -S\(flag) \(min)")
  }

  private func inotify(_ code: String, _ name: String, min: Int, _ notes: inout DoctorNotes) {
    guard let number = files.system("/proc/sys/fs/inotify/\(name)").flatMap({ Int($0) }) else {
      return notes.skip(code, "this system does not say")
    }
    notes.expect(
      code, number >= min, String(number), else: "\(number), which agents' file watchers soon use up",
      fix: "sudo sysctl fs.inotify.\(name)=\(min)")
  }

  private func room(_ scene: Scene, _ notes: inout DoctorNotes) {
    let directory = scene.paths.dataDirectory
    guard let space = files.space(directory) else {
      notes.skip("disk-space", "the system does not say")
      return notes.skip("disk-nodes", "the system does not say")
    }
    let floor = Int64(scene.configuration.daemon.diskFloor.bytes)
    let free = Self.mebibytes(Int(clamping: space.free))
    if space.free < floor {
      notes.fail(
        "disk-space", "\(free) free for \(directory), less than daemon.disk-floor-mib; nothing new starts",
        fix: "looper worktree cleanup")
    } else {
      notes.expect(
        "disk-space", space.free >= 2 * floor, "\(free) free for \(directory)",
        else: "\(free) free for \(directory), close to daemon.disk-floor-mib", fix: "looper worktree cleanup")
    }
    notes.expect(
      "disk-nodes", space.nodes >= Self.nodesMin, "enough files can be made",
      else: "only \(space.nodes) more files can be made on the disk of \(directory)",
      fix: "looper worktree cleanup")
  }

  static func mebibytes(_ bytes: Int) -> String { "\(bytes >> 20) MiB" }

  private static func available(inMemory text: String) -> ByteCount? {
    let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { .kibibytes($0) }
  }
}
