import Foundation

/// A process of ours and what the process table says of it.
struct Child {
  let pid: pid_t

  /// - Parameter log: where its output goes; nil throws it away.
  init(_ arguments: [String], environment: [String: String], log: String?) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let flags = O_WRONLY | O_CREAT | O_APPEND
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log ?? "/dev/null", flags, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, log ?? "/dev/null", flags, 0o600)
    let argv = arguments.map { strdup($0) } + [nil]
    let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var pid: pid_t = 0
    let status = posix_spawn(&pid, arguments[0], &actions, nil, argv, envp)
    guard status == 0 else { throw BenchmarkError(description: "cannot start \(arguments[0]): \(status)") }
    self.pid = pid
  }

  /// Wall time of one command that must succeed.
  static func seconds(_ arguments: [String], in home: Home? = nil) throws -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    let environment = home?.environment ?? ["HOME": "/nonexistent", "PATH": "/usr/bin:/bin"]
    let status = try Child(arguments, environment: environment, log: nil).wait()
    guard status == 0 else {
      throw BenchmarkError(description: "\(arguments.joined(separator: " ")) ended with \(status)")
    }
    return (clock.now - start) / .seconds(1)
  }

  /// Waits for its end.
  ///
  /// - Returns: the status word of waitpid.
  @discardableResult
  func wait() -> Int32 {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) == -1, errno == EINTR {}
    return status
  }

  func stop() {
    kill(pid, SIGTERM)
    wait()
  }

  func residentMebibytes() throws -> Double {
    let status = try read("status")
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
      let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
    else { throw BenchmarkError(description: "no resident size of \(pid)") }
    return kibibytes / 1024
  }

  /// Processor time, without children's, and voluntary context switches of all threads.
  func usage() throws -> (seconds: Double, switches: Int) {
    let fields = try read("stat").split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
      throw BenchmarkError(description: "no processor time of \(pid)")
    }
    var switches = 0
    for thread in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task") {
      let lines = try read("task/\(thread)/status").split(separator: "\n")
      let line = lines.first { $0.hasPrefix("voluntary_ctxt_switches:") }
      switches += line?.split(separator: "\t").last.flatMap { Int($0) } ?? 0
    }
    return ((user + system) / Double(sysconf(Int32(_SC_CLK_TCK))), switches)
  }

  private func read(_ name: String) throws -> String {
    try String(contentsOfFile: "/proc/\(pid)/\(name)", encoding: .utf8)
  }
}
