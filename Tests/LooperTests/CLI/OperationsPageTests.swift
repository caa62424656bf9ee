import Foundation
import Testing

@testable import Looper

/// A machine as the pages suppose it: a home, a package to install, a newer one, and a gh that knows of its release.
private struct PageMachine {
  let scene: UpgradeScene
  let port: Int

  var home: String { "\(scene.directory)/home" }

  private static let ghScript = """
    #!/bin/sh
    cd "$(dirname "$0")/.."
    case "$*" in
      --version) echo gh version 2.23.0 ;;
      *releases/latest) cat release.json ;;
      *assets/1) cat looper-0.2.0-linux-x86_64.tar.gz ;;
      *assets/2) cat looper-0.2.0-linux-x86_64.tar.gz.sha256 ;;
    esac

    """

  func prepare() async throws {
    let directory = scene.directory
    let name = "looper-0.1.0-linux-x86_64"
    _ = try await run(
      """
      mkdir -p home/.config/looper stubs \(name)/bin
      cp '\(ShimLocation.executablePath)' \(name)/bin/looper
      printf '\(PackageStamp.text.replacing("\n", with: "\\n"))' >> \(name)/bin/looper
      cp '\(TidyPackage.root.path)/scripts/install.sh' \(name)/
      tar -cf - \(name) | gzip -1 > \(name).tar.gz
      rm -r \(name)
      """)
    _ = try await scene.package(
      "0.2.0", program: "#!/bin/sh\nLOOPER_TEST_VERSION=0.2.0 exec '\(ShimLocation.executablePath)' \"$@\"\n")
    let asset = "looper-0.2.0-\(UpgradeFetcher.platform)"
    let url = "https://api.github.com/repos/acme/looper/releases/assets"
    let release =
      #"{"assets":[{"name":"\#(asset)","url":"\#(url)/1"},{"name":"\#(asset).sha256","url":"\#(url)/2"}]}"#
    try release.write(toFile: "\(directory)/release.json", atomically: true, encoding: .utf8)
    try Self.ghScript.write(toFile: "\(directory)/stubs/gh", atomically: true, encoding: .utf8)
    let configuration = "[server]\nport = \(port)\n[upgrade]\nsource = \"acme/looper\"\n"
    try configuration.write(
      toFile: "\(home)/.config/looper/looper.toml", atomically: true, encoding: .utf8)
    _ = try await run("chmod 755 stubs/gh; chmod 600 home/.config/looper/looper.toml")
  }

  /// Types one line.
  func run(_ line: String) async throws -> CommandScene.Result {
    let environment = [
      "HOME": home, "PATH": "\(home)/.local/bin:\(scene.directory)/stubs:/usr/bin:/bin",
      "TMPDIR": scene.directory, "LC_ALL": "C.UTF-8",
    ]
    return try await TypedLine(directory: scene.directory, environment: environment).run(line)
  }

  /// Numbers and kinds of what the daemon remembers.
  func events() async throws -> [String] {
    let page = try WireCoding.decoder.decode(
      EventPageView.self, from: Data(try await run("looper events --json").output.utf8))
    return page.items.map { "\($0.sequence) \($0.kind)" }
  }
}

@Suite("The operations page, typed line by line on a machine of its own, does what it says", .serialized)
struct OperationsPageTests {
  /// Lines that go on until they are stopped, and the test that runs them.
  private static let elsewhere = [
    "looper serve": "BuiltDaemonTests", "looper daemon logs --follow": "BuiltFollowingTests",
  ]
  /// Exit statuses other than 0 that are an answer too: a doctor that found something, no systemd to install into.
  private static let answers: [String: [Int32]] = ["looper doctor": [0, 1], "looper daemon install": [5]]

  @Test("install, run, back up, restore and upgrade", .timeLimit(.minutes(10)))
  func operations() async throws {
    let hasTools = ["sqlite3", "curl"].allSatisfy {
      FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)")
    }
    guard hasTools else {
      try FileHandle.standardError.write(
        contentsOf: Data("sqlite3 or curl is not here: docs/operations.md was not typed\n".utf8))
      return
    }
    let curl = try #require(DocumentedCommand.shellLines(of: "README.md").first { $0.hasPrefix("curl ") })
    try await UpgradeScene.with { scene in
      let machine = PageMachine(scene: scene, port: Int.random(in: 20_000..<32_000))
      try await machine.prepare()
      var saved: [String] = []
      do {
        for line in DocumentedCommand.shellLines(of: "docs/operations.md") where Self.elsewhere[line] == nil {
          if line.hasPrefix("sqlite3 ") { saved = try await machine.events() }
          let result = try await machine.run(line)
          #expect(
            (Self.answers[line] ?? [0]).contains(result.status),
            "\(line): \(result.status) \(result.output) \(result.error)")
          if line == "looper daemon status" {
            let answer = try await machine.run(curl.replacing("7391", with: "\(machine.port)"))
            #expect(answer.output.hasPrefix(#"{"data":{"#), "\(answer)")
          }
          if line == "looper daemon stop" {
            // What the backup does not know must be gone afterwards.
            #expect(try await machine.run("looper daemon start && looper daemon stop").status == 0)
          }
        }
        #expect(saved == ["1 daemon.started"])
        // Restored, started, stopped for the upgrade, started by it.
        let expected = saved + ["2 daemon.started", "3 daemon.stopped", "4 daemon.started"]
        #expect(try await machine.events() == expected)
        #expect(try await machine.run("looper version").output == "looper 0.2.0\n")
      } catch {
        _ = try await machine.run("looper daemon stop")
        throw error
      }
      #expect(try await machine.run("looper daemon stop").status == 0)
    }
  }
}
