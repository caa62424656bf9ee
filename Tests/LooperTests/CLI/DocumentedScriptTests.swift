import Foundation
import Testing

@testable import Looper

@Suite("The scripts of the package do what the README says, line by line, with a stand-in for the compiler")
struct DocumentedScriptTests {
  /// Notes what it is asked for, and says that everything is built and lies in `built`.
  private static let swift = """
    #!/bin/sh
    case "$*" in
      --version) echo "Swift version 6.3.1" ;;
      *--show-bin-path*) echo "$STAGE/built" ;;
      *) echo "swift $*" >> "$STAGE/asked" ;;
    esac

    """
  /// The built looper, which is only noted where it would work for minutes.
  private static let looper = """
    #!/bin/sh
    case $1 in
      demo | chaos) echo "looper $*" >> "$STAGE/asked" ;;
      *) exec '\(ShimLocation.executablePath)' "$@" ;;
    esac

    """
  private static let closing = "✔ Test run with 3 tests in 2 suites passed after 1.0 seconds.\n"
  private static let tests = """
    #!/bin/sh
    echo "tests $*" >> "$STAGE/asked"
    echo "✔ Test run with 3 tests in 2 suites passed after 1.0 seconds."

    """
  private static let benchmarks = "#!/bin/sh\necho \"benchmarks $*\" >> \"$STAGE/asked\"\n"
  /// Nothing is installed on the machine that runs this.
  private static let refusing = "#!/bin/sh\necho \"not here: $0 $*\" >&2\nexit 1\n"

  static let lines = documentedLines.filter { $0.hasPrefix("scripts/") || $0.hasPrefix(".ci/") }

  private static var documentedLines: [String] { DocumentedCommand.shellLines(of: "README.md") }

  /// What is asked for last, and what is printed, with the stage written as `STAGE`.
  private static let flags = "--disable-index-store -debug-info-format none"
  private static let package = "STAGE/tree/dist/looper-\(LooperVersion.current)-\(UpgradeFetcher.platform)"
  private static let expected: [String: (asked: String, output: String)] = [
    "scripts/demo": ("looper demo", ""),
    "scripts/build": ("swift build \(flags) --product looper", "STAGE/built/looper\n"),
    "scripts/test": ("--no-parallel", "\(closing)\(closing)6 passed, 0 failed\n"),
    "scripts/test --filter TidyRule": ("--filter TidyRule", "\(closing)3 passed, 0 failed\n"),
    "scripts/package": (
      "swift build \(flags) -c release --static-swift-stdlib --product looper", "\(package)\n"
    ),
    #"scripts/install.sh --from "$(scripts/package)""#: (
      "swift build \(flags) -c release --static-swift-stdlib --product looper",
      "looper \(LooperVersion.current) is installed in STAGE/home/.local/bin"
    ),
    "scripts/bench": ("benchmarks STAGE/built/looper", ""),
    "scripts/chaos --minutes 2": ("looper chaos --minutes 2", ""),
    ".ci/run": ("--no-parallel", "\(closing)\(closing)6 passed, 0 failed\n"),
  ]

  @Test("the README shows scripts, and each is expected here")
  func areExpected() {
    #expect(Set(Self.lines) == Set(Self.expected.keys))
  }

  @Test("each line ends well, having asked for what it is for", arguments: lines)
  func runs(line: String) async throws {
    let (asked, output) = try #require(Self.expected[line])
    if line.contains("package"), !FileManager.default.isExecutableFile(atPath: "/usr/bin/python3") {
      return try FileHandle.standardError.write(
        contentsOf: Data("python3 is not here: \(line) was not tried\n".utf8))
    }
    try await UpgradeScene.with { scene in
      let stage = "\(scene.directory)/stage"
      let files: [(String, String)] = [
        ("stubs/swift", Self.swift), ("stubs/apt-get", Self.refusing), ("stubs/strip", "#!/bin/sh\n"),
        ("built/looper", Self.looper), ("built/looperPackageTests.xctest", Self.tests),
        ("built/Benchmarks", Self.benchmarks),
      ]
      let home = CommandScene(home: stage)
      for (name, text) in files { try home.write(text, to: "\(stage)/\(name)", mode: 0o755) }
      let root = TidyPackage.root.path
      let script = """
        mkdir tree home
        cp -R \(["scripts", ".ci", "config", "docs", "README.md"].map { "'\(root)/\($0)'" }.joined(separator: " ")) tree
        cd tree
        \(line)
        """
      let result = try await scene.commands.run(
        Command(
          executable: "/bin/bash", arguments: ["-euo", "pipefail", "-c", script],
          environment: [
            "PATH": "\(stage)/stubs:/usr/bin:/bin", "HOME": "\(stage)/home", "STAGE": stage, "TMPDIR": stage,
            "LC_ALL": "C.UTF-8",
          ],
          workingDirectory: stage), deadline: .seconds(120), outputLimit: .mebibytes(4))
      func plain(_ text: String) -> String { text.replacing(stage, with: "STAGE") }
      let error = String(decoding: result.standardError, as: UTF8.self)
      #expect(result.status.isSuccess, "\(line): \(error)")
      let notes = plain(home.text("\(stage)/asked") ?? "")
      #expect(notes.hasSuffix("\(asked)\n"), "\(line): \(notes)")
      let said = plain(String(decoding: result.standardOutput, as: UTF8.self))
      let isWhole = output.isEmpty || output.hasSuffix("\n")
      #expect(isWhole ? said == output : said.hasPrefix(output), "\(line): \(said)")
    }
  }
}
