import Foundation

/// The configuration, and what lies in the data directory.
extension Doctor {
  private static let sessionsMax: Int64 = 10 << 30
  private static let databaseMax = ByteCount.mebibytes(4096)

  func configuration(_ scene: Scene) -> [DoctorFinding] {
    var notes = DoctorNotes("configuration")
    let path = scene.loaded.fileURL?.path
    notes.ok("config-file", path ?? "none; the defaults hold (`looper config init` writes one)")
    if let first = scene.problems.first {
      let more = scene.problems.count > 1 ? " and \(scene.problems.count - 1) more" : ""
      notes.fail("config-valid", "\(first)\(more)", fix: "looper config edit")
    } else {
      notes.ok("config-valid", "no problems")
    }
    if let path, let mode = files.mode(path) {
      notes.expect(
        "config-permissions", mode & 0o077 == 0, DoctorFiles.octal(mode),
        else: "\(path) is open to others (\(DoctorFiles.octal(mode)))", fix: "chmod 600 \(path)")
    } else {
      notes.skip("config-permissions", "there is no file")
    }
    let warnings = scene.loaded.warnings.filter { !$0.message.contains("can be read by other users") }
    if let warning = warnings.first {
      notes.warn("config-warnings", warning.description, fix: "looper config check")
    } else {
      notes.ok("config-warnings", "none")
    }
    let commands = scene.configuration.validation.commands
    notes.expect(
      "validation-commands", !commands.isEmpty, commands.joined(separator: "; "),
      else: "no command proves an agent's work, unless the repository brings its own",
      fix: "looper config set validation.commands '[\"make test\"]'")
    return notes.findings
  }

  func data(_ scene: Scene) async -> [DoctorFinding] {
    var notes = DoctorNotes("data")
    let paths = scene.paths
    let isThere = dataDirectory(paths.dataDirectory, &notes)
    closed("token", paths.tokenPath, "the API token", absent: "made by the first `looper serve`", &notes)
    closed("socket", paths.socketPath, "the socket", absent: "made by `looper serve`", &notes)
    let bytes = paths.socketPath.utf8.count
    if bytes > UnixSocketPath.bytesMax {
      notes.fail(
        "socket-path", "\(paths.socketPath) is \(bytes) bytes long, \(UnixSocketPath.bytesMax) are possible",
        fix: "looper config set server.socket-path ~/.looper.sock")
    } else {
      notes.ok("socket-path", paths.socketPath)
    }
    let examination = database(paths.databasePath, &notes)
    lock("\(paths.databasePath).lock", scene, &notes)
    orphans(scene, isThere: isThere, &notes)
    worktrees(examination, paths.dataDirectory, &notes)
    sessions("\(paths.dataDirectory)/sessions", &notes)
    return notes.findings
  }

  private func dataDirectory(_ path: String, _ notes: inout DoctorNotes) -> Bool {
    guard files.exists(path) else {
      notes.ok("data-directory", "\(path) is made by the first `looper serve`")
      notes.skip("data-permissions", "there is no data directory")
      return false
    }
    guard files.isDirectory(path), files.isWritable(path) else {
      notes.fail(
        "data-directory", "\(path) is no directory that can be written to",
        fix: "looper config set daemon.data-dir <path>")
      notes.skip("data-permissions", "the data directory cannot be used")
      return false
    }
    notes.ok("data-directory", path)
    let mode = files.mode(path) ?? 0
    if mode & 0o022 != 0 {
      notes.fail(
        "data-permissions", "others can write to \(path) (\(DoctorFiles.octal(mode)))",
        fix: "chmod 700 \(path)")
    } else {
      notes.expect(
        "data-permissions", mode & 0o055 == 0, DoctorFiles.octal(mode),
        else: "others can read \(path) (\(DoctorFiles.octal(mode)))", fix: "chmod 700 \(path)")
    }
    return true
  }

  private func closed(
    _ code: String, _ path: String, _ name: String, absent: String, _ notes: inout DoctorNotes
  ) {
    guard let mode = files.mode(path) else { return notes.ok(code, absent) }
    if mode & 0o077 != 0 {
      notes.fail(
        code, "\(name) \(path) is open to others (\(DoctorFiles.octal(mode)))", fix: "chmod 600 \(path)")
    } else {
      notes.ok(code, path)
    }
  }

  private func database(_ path: String, _ notes: inout DoctorNotes) -> DatabaseExamination? {
    let rest = ["database-integrity", "database-version", "database-size"]
    guard files.exists(path) else {
      notes.ok("database", "\(path) is made by the first `looper serve`")
      for code in rest { notes.skip(code, "there is no database") }
      return nil
    }
    let found: DatabaseExamination
    do {
      found = try DatabaseExamination(path: path)
    } catch {
      notes.fail(
        "database", "cannot read \(path): \(error)",
        fix: "mv \(path) \(path).bad")
      for code in rest { notes.skip(code, "the database cannot be read") }
      return nil
    }
    notes.ok("database", "\(path), \(found.events) events")
    switch found.integrity {
    case "ok": notes.ok(rest[0], "quick_check finds nothing")
    case nil: notes.skip(rest[0], "too large to be read through here")
    case let damage?:
      notes.fail(
        rest[0], "the database is damaged: \(damage)",
        fix: "looper daemon stop && sqlite3 \(path) .recover | sqlite3 \(path).new")
    }
    if found.isNewerThanBinary {
      notes.fail(
        rest[1], "a newer looper wrote it than this \(LooperVersion.current)", fix: "looper upgrade")
    } else {
      notes.ok(
        rest[1],
        found.needsMigration ? "older; the next daemon copies and migrates it" : "as this looper writes it")
    }
    notes.expect(
      rest[2], found.size <= Self.databaseMax, Self.mebibytes(found.size.bytes),
      else: "\(Self.mebibytes(found.size.bytes)) is a lot",
      fix: "looper daemon stop && sqlite3 \(path) VACUUM && looper daemon start")
    return found
  }

  private func lock(_ path: String, _ scene: Scene, _ notes: inout DoctorNotes) {
    guard let holder = InstanceLock.readHolder(atPath: path), holder.identity.isAlive else {
      return notes.ok("instance-lock", "no daemon holds it")
    }
    if scene.daemon == nil {
      notes.fail(
        "instance-lock", "process \(holder.identity.pid) holds the database, but no daemon answers",
        fix: "kill \(holder.identity.pid)")
    } else {
      notes.ok("instance-lock", "held by process \(holder.identity.pid)")
    }
  }

  /// Children of a daemon carry its data directory in their environment.
  private func orphans(_ scene: Scene, isThere: Bool, _ notes: inout DoctorNotes) {
    guard isThere, scene.daemon == nil else {
      return notes.skip("orphans", isThere ? "the running daemon has children" : "there is no data directory")
    }
    let instance = URL(filePath: scene.paths.dataDirectory).resolvingSymlinksInPath().path
    let left = ProcessTable.processes(taggedWith: Assembly.instanceKey, value: instance)
    let pids = left.map { String($0.pid) }.joined(separator: " ")
    notes.expect(
      "orphans", left.isEmpty, "none", else: "an earlier daemon left \(left.count) processes: \(pids)",
      fix: "looper daemon start")
  }

  private func worktrees(
    _ examination: DatabaseExamination?, _ directory: String, _ notes: inout DoctorNotes
  ) {
    let onDisk = Self.worktreePaths(below: GitLayout(dataDirectory: directory).worktrees, files)
    guard let recorded = examination?.worktrees else {
      notes.skip("worktrees-unknown", "there is no database to compare with")
      return notes.skip("worktrees-missing", "there is no database to compare with")
    }
    let unknown = onDisk.filter { recorded[$0] == nil }
    notes.expect(
      "worktrees-unknown", unknown.isEmpty, "\(onDisk.count) worktrees, all recorded",
      else: "\(unknown.count) worktrees have no record, such as \(unknown.first ?? "")",
      fix: "looper worktree list")
    let missing = recorded.filter { !onDisk.contains($0.key) }.sorted { $0.value < $1.value }
    notes.expect(
      "worktrees-missing", missing.isEmpty, "\(recorded.count) recorded, all there",
      else: "\(missing.count) recorded worktrees are gone, such as \(missing.first?.key ?? "")",
      fix: missing.first.map { "looper why \($0.value.handle)" } ?? "")
  }

  /// `worktrees/<host>/<owner>/<name>/L12`.
  private static func worktreePaths(below root: String, _ files: DoctorFiles) -> [String] {
    var level = [root]
    for _ in 0..<4 {
      level = level.flatMap { parent in
        files.names(in: parent).map { "\(parent)/\($0)" }.filter { files.isDirectory($0) }
      }
    }
    return level
  }

  private func sessions(_ path: String, _ notes: inout DoctorNotes) {
    let size = files.measure(path)
    notes.expect(
      "sessions-size", size.bytes <= Self.sessionsMax,
      "\(Self.mebibytes(Int(clamping: size.bytes))) in \(size.files) files",
      else: "the transcripts in \(path) take \(Self.mebibytes(Int(clamping: size.bytes)))",
      fix: "looper config set storage.transcript-keep-days 7")
  }
}
