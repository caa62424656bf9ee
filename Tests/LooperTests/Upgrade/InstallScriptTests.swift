import Foundation
import Testing

@testable import Looper

@Suite("scripts/install.sh installs a whole looper or nothing")
struct InstallScriptTests {
  /// Runs the script over a package.
  private func install(_ package: String, _ scene: UpgradeScene) async throws -> CommandResult {
    let script = TidyPackage.root.appending(path: "scripts/install.sh").path
    return try await scene.commands.run(
      Command(
        executable: "/bin/sh", arguments: [script, "--from", package],
        environment: ["HOME": "\(scene.directory)/home", "PATH": "/usr/bin:/bin", "TMPDIR": scene.directory]),
      deadline: .seconds(60), outputLimit: .kibibytes(64))
  }

  private func installed(_ scene: UpgradeScene) -> [String: String] {
    let directory = "\(scene.directory)/home/.local/bin"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.reduce(into: [:]) { files, name in
      files[name] = try? String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8)
    }
  }

  @Test("a package becomes ~/.local/bin/looper, and a newer one replaces it")
  func installs() async throws {
    try await UpgradeScene.with { scene in
      let first = try await install(try await scene.package("0.1.0"), scene)
      #expect(first.status.isSuccess)
      #expect(
        String(decoding: first.standardOutput, as: UTF8.self).hasPrefix("looper 0.1.0 is installed in "))
      #expect(installed(scene) == ["looper": "#!/bin/sh\necho looper 0.1.0\n"])
      _ = try await install(try await scene.package("0.2.0"), scene)
      #expect(installed(scene) == ["looper": "#!/bin/sh\necho looper 0.2.0\n"])
    }
  }

  @Test("one that is damaged or does not run changes nothing", arguments: [true, false])
  func refuses(isDamaged: Bool) async throws {
    try await UpgradeScene.with { scene in
      _ = try await install(try await scene.package("0.1.0"), scene)
      let bad = try await scene.package("0.2.0", program: isDamaged ? nil : "#!/bin/sh\nexit 1\n")
      if isDamaged { try Data("nothing".utf8).write(to: URL(filePath: bad)) }
      let result = try await install(bad, scene)
      #expect(!result.status.isSuccess)
      #expect(String(decoding: result.standardError, as: UTF8.self).hasPrefix("error: "))
      #expect(installed(scene) == ["looper": "#!/bin/sh\necho looper 0.1.0\n"])
    }
  }
}
