import Foundation
import Synchronization
import Testing

@testable import Looper

@Suite("A service answers when what was asked for is so")
struct ServiceHostTests {
  /// A directory of its own, removed afterwards.
  private func withDirectory(_ body: (String) async throws -> Void) async throws {
    let path = NSTemporaryDirectory() + "lh-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(path)
  }

  private func program(_ script: String, _ argument: String = "") -> ServiceProgram {
    ServiceProgram(
      executable: "/bin/sh", arguments: ["-c", script, "sh", argument], searchPath: "/usr/bin:/bin",
      shutdownGrace: .seconds(5))
  }

  private func background(_ directory: String) -> BackgroundHost {
    BackgroundHost(
      dataDirectory: "\(directory)/data", lockPath: "\(directory)/no.lock",
      environment: ["PATH": "/usr/bin:/bin"], time: SystemTime(),
      answers: { FileManager.default.fileExists(atPath: "\(directory)/ready") })
  }

  @Test("a background process runs in a session of its own until it is stopped")
  func backgroundLife() async throws {
    try await withDirectory { directory in
      let host = background(directory)
      let program = program(#"echo begun; touch "$1/ready"; exec sleep 600"#, directory)
      try await host.start(program)
      let first = try #require(host.process)
      #expect(getsid(first.pid) == first.pid)
      #expect(try String(contentsOfFile: host.logPath, encoding: .utf8) == "begun\n")
      try await host.start(program)
      #expect(host.process == first)
      #expect(host.runningArguments == program.arguments)
      // As an older looper wrote it.
      let present = try Data(contentsOf: URL(filePath: host.pidPath))
      try JSONEncoder().encode(first).write(to: URL(filePath: host.pidPath))
      #expect(host.process == first)
      #expect(host.runningArguments == nil)
      try present.write(to: URL(filePath: host.pidPath))
      try await host.restart(program)
      let second = try #require(host.process)
      #expect(second != first)
      #expect(!first.isAlive)
      try await host.stop(program)
      #expect(!second.isAlive)
      #expect(host.process == nil)
      #expect(host.runningArguments == nil)
      try await host.stop(program)
    }
  }

  @Test("a background process that ends at once is an error with its last words")
  func backgroundFailure() async throws {
    try await withDirectory { directory in
      let host = background(directory)
      let failure = await #expect(throws: LooperError.self) {
        try await host.start(program("echo no; echo cannot bind >&2; exit 1"))
      }
      #expect(failure?.message == "the daemon ended at once; it said: cannot bind (log: \(host.logPath))")
    }
  }

  @Test("a pid file that names an ended process, or one that has its number now, is not believed")
  func stalePidFile() async throws {
    try await withDirectory { directory in
      let host = background(directory)
      let program = program(#"touch "$1/ready"; exec sleep 600"#, directory)
      try await host.start(program)
      let first = try #require(host.process)
      let launch = try Data(contentsOf: URL(filePath: host.pidPath))
      try await host.stop(program)
      try launch.write(to: URL(filePath: host.pidPath))
      #expect(host.runningArguments == nil)
      var reused = ProcessIdentity.current
      reused.startTicks += 1
      for identity in [first, reused] {
        try JSONEncoder().encode(identity).write(to: URL(filePath: host.pidPath))
        #expect(host.process == nil)
        try await host.stop(program)
        #expect(!FileManager.default.fileExists(atPath: host.pidPath))
      }
      #expect(ProcessIdentity.current.isAlive)
    }
  }

  /// Answers every control program with success and notes what was asked.
  private final class Shell: Sendable {
    let asked = Mutex<[String]>([])
    var shell: ServiceShell {
      ServiceShell { [self] command, _ in
        asked.withLock { $0.append(command.joined(separator: " ")) }
        return ServiceShell.Answer(isSuccess: true, text: "")
      }
    }
  }

  @Test("a unit is written, enabled, started, and taken away again")
  func systemd() async throws {
    try await withDirectory { directory in
      let shell = Shell()
      let host = SystemdHost(
        scope: .user, unitDirectory: "\(directory)/systemd/user", account: "nobody-here", shell: shell.shell)
      let program = program("")
      let missing = await #expect(throws: LooperError.self) { try await host.start(program) }
      #expect(missing?.code == .notFound)
      let notes = try await host.install(program)
      #if os(Linux)
        #expect(
          notes == ["it stops when you log out; to keep it running: loginctl enable-linger nobody-here"])
      #endif
      let path = try #require(host.definitionPath)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == SystemdUnit.text(program, .user))
      try await host.start(program)
      try await host.uninstall()
      #expect(!FileManager.default.fileExists(atPath: path))
      let asked = shell.asked.withLock { $0 }.filter { !$0.contains("reset-failed") }
      #expect(
        asked == [
          "systemctl --user daemon-reload", "systemctl --user enable looper.service",
          "systemctl --user start looper.service", "systemctl --user disable --now looper.service",
          "systemctl --user daemon-reload",
        ])
    }
  }

  @Test("a real control program's failure says what it said")
  func shell() async throws {
    let shell = ServiceShell.system(
      ["PATH": "/usr/bin:/bin"], shimPath: ShimLocation.executablePath)
    #expect(try await shell.check(["/bin/echo", "hello"], hint: "") == "hello")
    let failure = await #expect(throws: LooperError.self) {
      try await shell.check(["/bin/sh", "-c", "echo broken >&2; exit 3"], hint: "look there")
    }
    #expect(failure?.message == "/bin/sh -c echo broken >&2; exit 3 failed: broken; look there")
  }
}
