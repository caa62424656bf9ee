import Foundation
import Testing

@testable import Looper

@Suite("An upgrade of the built program takes its background daemon along, or puts both back")
struct UpgradeDaemonTests {
  /// An installed looper that is the built one, with a home of its own.
  private struct Installed {
    let scene: UpgradeScene
    let home: String

    /// Runs the installed program; the home is written as `~` in what it says.
    func run(_ arguments: String...) async throws -> CommandScene.Result {
      let shell = TypedLine(
        directory: scene.directory,
        environment: ["HOME": home, "PATH": "/usr/bin:/bin", "TMPDIR": scene.directory])
      let words = ([scene.executable] + arguments).map { "'\($0)'" }
      var result = try await shell.run(words.joined(separator: " "))
      result.output = result.output.replacing(home, with: "~")
      result.error = result.error.replacing(home, with: "~")
      return result
    }

    func daemon() async throws -> DaemonStateView {
      let text = try await run("daemon", "status", "--json").output
      return try WireCoding.decoder.decode(DaemonStateView.self, from: Data(text.utf8))
    }

    /// How often a daemon started and stopped, as the database remembers.
    func events() async throws -> [String] {
      let text = try await run("events", "--json").output
      let page = try WireCoding.decoder.decode(EventPageView.self, from: Data(text.utf8))
      return page.items.map(\.kind).filter { $0.hasPrefix("daemon.") }
    }
  }

  /// Runs `body` with the built looper installed as a package would be, and its daemon in the background.
  private func running(_ body: (Installed) async throws -> Void) async throws {
    try await UpgradeScene.with { scene in
      // By a child: a spawn of another test could keep a file that we write open, and no such file can be run.
      let stamp = PackageStamp.text.replacing("\n", with: "\\n")
      let copied = try await TypedLine(directory: scene.directory, environment: ["PATH": "/usr/bin:/bin"])
        .run(
          "cp -f '\(ShimLocation.executablePath)' '\(scene.executable)' && printf '\(stamp)' >> '\(scene.executable)'"
        )
      try #require(copied == CommandScene.Result(status: 0, output: "", error: ""))
      let installed = Installed(scene: scene, home: "\(scene.directory)/home")
      let file = "\(installed.home)/.config/looper/looper.toml"
      try FileManager.default.createDirectory(
        atPath: URL(filePath: file).deletingLastPathComponent().path, withIntermediateDirectories: true)
      try "[server]\nenabled = false\n".write(toFile: file, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
      do {
        let started = try await installed.run("daemon", "start")
        #expect(started.status == 0, "\(started.error)")
        try await body(installed)
      } catch {
        _ = try await installed.run("daemon", "stop")
        throw error
      }
      #expect(try await installed.run("daemon", "stop").status == 0)
    }
  }

  @Test("a good one serves afterwards, with everything the old one had")
  func upgrades() async throws {
    try await running { installed in
      let before = try await installed.daemon()
      #expect(before.version == LooperVersion.current)
      #if os(Linux)
        let limits = try String(contentsOfFile: "/proc/\(try #require(before.pid))/limits", encoding: .utf8)
        let files = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max open files") })
        let soft = try #require(files.split(separator: " ").compactMap { UInt64($0) }.first)
        #expect(soft <= DescriptorLimit.max)
      #endif
      let package = try await installed.scene.package(
        "0.2.0",
        program: "#!/bin/sh\nLOOPER_TEST_VERSION=0.2.0 exec '\(ShimLocation.executablePath)' \"$@\"\n")
      let result = try await installed.run("upgrade", "--from", package)
      let text =
        "upgraded looper 0.1.0 to 0.2.0; the database before is ~/.looper/looper.db.before-upgrade-0.2.0; "
        + "the daemon runs the new one\n"
      #expect(result == CommandScene.Result(status: 0, output: text, error: ""))
      let after = try await installed.daemon()
      #expect(after.state == .running)
      #expect(after.version == "0.2.0")
      #expect(after.pid != before.pid)
      #expect(try await installed.events() == ["daemon.started", "daemon.stopped", "daemon.started"])
    }
  }

  @Test("one that ruins the database and does not come up is put back, and the old one serves what it had")
  func rollsBack() async throws {
    try await running { installed in
      let program = """
        #!/bin/sh
        [ "$1" = version ] && { echo looper 0.2.0; exit; }
        : > "$HOME/.looper/looper.db"
        echo cannot serve >&2
        exit 1

        """
      let package = try await installed.scene.package("0.2.0", program: program)
      let result = try await installed.run("upgrade", "--from", package)
      let text =
        "error: the daemon ended at once; it said: cannot serve (log: ~/.looper/daemon.log); "
        + "looper 0.1.0 was put back\n"
      #expect(result == CommandScene.Result(status: 1, output: "", error: text))
      let after = try await installed.daemon()
      #expect(after.state == .running)
      #expect(after.version == LooperVersion.current)
      #expect(try await installed.events() == ["daemon.started", "daemon.stopped", "daemon.started"])
    }
  }
}
