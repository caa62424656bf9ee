import Foundation
import Testing

@testable import Looper

@Suite("Scripts parse, and scripts/package makes what installs, explains itself and can be upgraded")
struct PackageScriptTests {
  private static let scripts = TidyPackage.files.filter { path in
    (path.hasPrefix("scripts/") || path.hasPrefix(".ci/")) && !path.hasSuffix(".py")
  }

  /// What a shell script in the package's root says.
  private func shell(_ script: String, _ scene: UpgradeScene) async throws -> (output: String, error: String)
  {
    let result = try await scene.commands.run(
      Command(
        executable: "/bin/bash", arguments: ["-euo", "pipefail", "-c", script],
        environment: [
          "PATH": "/usr/bin:/bin", "HOME": scene.directory, "TMPDIR": scene.directory, "LC_ALL": "C.UTF-8",
        ],
        workingDirectory: TidyPackage.root.path), deadline: .seconds(300), outputLimit: .mebibytes(4))
    let error = String(decoding: result.standardError, as: UTF8.self)
    #expect(result.status.isSuccess, "\(script): \(error)")
    return (String(decoding: result.standardOutput, as: UTF8.self), error)
  }

  /// Whether the program is here; says aloud when it is not.
  private func has(_ program: String, for what: String) throws -> Bool {
    if FileManager.default.isExecutableFile(atPath: "/usr/bin/\(program)") { return true }
    try FileHandle.standardError.write(
      contentsOf: Data("\(program) is not here: \(what) was not tried\n".utf8))
    return false
  }

  @Test("every script parses, and can be run unless others read it in", arguments: scripts)
  func parses(path: String) async throws {
    let text = try #require(TidyPackage.text(of: path))
    let isReadIn = text.hasPrefix("# shellcheck shell=bash")
    #expect(isReadIn || text.hasPrefix("#!/bin/sh\n") || text.hasPrefix("#!/usr/bin/env bash\n"))
    let full = TidyPackage.root.appending(path: path).path
    #expect(FileManager.default.isExecutableFile(atPath: full) != isReadIn)
    let interpreter = text.hasPrefix("#!/bin/sh\n") ? "/bin/sh" : "/bin/bash"
    _ = try await UpgradeScene.with { try await shell("\(interpreter) -n '\(full)'", $0) }
  }

  @Test("the manual page is one that roff has nothing to say against, and names every command")
  func manual() async throws {
    guard try has("python3", for: "the manual page") else { return }
    try await UpgradeScene.with { scene in
      let page = "\(scene.directory)/looper.1"
      let looper = ShimLocation.executablePath
      _ = try await shell(
        "'\(looper)' --experimental-dump-help | python3 scripts/man-page.py 0.1.0 2026-11-29 > '\(page)'",
        scene)
      let text = try String(contentsOfFile: page, encoding: .utf8)
      for command in LooperCommand.configuration.subcommands
      where command.configuration.shouldDisplay && command.configuration.subcommands.isEmpty {
        let name = command.configuration.commandName ?? ""
        #expect(text.contains("\n.SS looper \(name.replacing("-", with: "\\-"))"), "\(name)")
      }
      guard try has("groff", for: "the manual page's layout") else { return }
      let shown = try await shell("groff -man -ww -Tutf8 -P-c '\(page)'", scene)
      #expect(shown.error == "")
      #expect(shown.output.contains("looper - An autonomous development team for GitHub repositories"))
    }
  }

  @Test(
    "a package has everything, the same each time, and becomes an installed looper that an upgrade replaces")
  func package() async throws {
    guard try has("python3", for: "scripts/package"), try has("strip", for: "scripts/package") else { return }
    try await UpgradeScene.with { scene in
      let looper = ShimLocation.executablePath
      let first = try await shell("scripts/package --program '\(looper)' '\(scene.directory)/one'", scene)
        .output
      let tarball = first.trimmingCharacters(in: .whitespacesAndNewlines)
      let name = URL(filePath: tarball).lastPathComponent.replacing(".tar.gz", with: "")
      #expect(
        name == "looper-\(LooperVersion.current)-\(UpgradeFetcher.platform.replacing(".tar.gz", with: ""))")
      let files = try await shell("tar -tzf '\(tarball)' | grep -v '/$' | sed 's,^[^/]*/,,'", scene).output
      let pages = TidyPackage.files.filter { $0.hasPrefix("docs/") && $0.hasSuffix(".md") }.map {
        "share/doc/looper/\($0.dropFirst(5))"
      }
      let expected =
        pages + [
          "bin/looper", "install.sh", "share/bash-completion/completions/looper",
          "share/doc/looper/README.md",
          "share/doc/looper/looper.toml", "share/fish/vendor_completions.d/looper.fish",
          "share/man/man1/looper.1", "share/systemd/user/looper.service", "share/zsh/site-functions/_looper",
        ]
      #expect(files.split(separator: "\n").map(String.init).sorted() == expected.sorted())
      let prefix = "\(scene.directory)/prefix"
      _ = try await shell(
        "cd '\(scene.directory)/one' && sha256sum --check --quiet *.sha256 && tar -xzf *.tar.gz && */install.sh --prefix '\(prefix)'",
        scene)
      try PackageStamp.check("\(prefix)/bin/looper")
      let version = try await shell("'\(prefix)/bin/looper' version", scene).output
      #expect(version == "looper \(LooperVersion.current)\n")
      _ = try await shell("bash -n '\(prefix)/share/bash-completion/completions/looper'", scene)
    }
  }
}
