import Testing

@testable import Looper

@Suite("The upgrade command tells what it would do, and refuses what it must not")
struct UpgradeCommandTests {
  private typealias Result = CommandScene.Result

  @Test("--check tells of a newer package and changes nothing")
  func check() async throws {
    try await UpgradeScene.with { upgrade in
      let package = try await upgrade.package("99.0.0")
      try await CommandScene.with { scene in
        let text =
          "looper 99.0.0 is there, this is \(LooperVersion.current); get it with `looper upgrade --from \(package)`\n"
        let result = await scene.run("upgrade", "--check", "--from", package)
        #expect(result == Result(status: 0, output: text, error: ""))
      }
      #expect(upgrade.files == ["looper"])
    }
  }

  @Test(
    "a person at a terminal is told each step, a program nothing",
    arguments: [([], "fetching the package …\nchecking the package …\n"), (["--json"], "")]
      as [([String], String)])
  func steps(options: [String], expected: String) async throws {
    try await UpgradeScene.with { upgrade in
      let package = try await upgrade.package("99.0.0")
      try await CommandScene.with { scene in
        let line = ["upgrade", "--check", "--from", package] + options
        let result = await scene.run(line, in: .init(isErrorTerminal: true))
        #expect(result.status == 0)
        #expect(result.error == expected)
        #expect(await scene.run(line).error == "")
      }
    }
  }

  @Test("without a package or a source it says how to name one")
  func noSource() async throws {
    try await CommandScene.with { scene in
      let text =
        "error: nothing says where releases come from; use --from, or: looper config set upgrade.source owner/name\n"
      let result = await scene.run("upgrade", "--check")
      #expect(result == Result(status: 5, output: "", error: text))
    }
  }

  @Test("the program that runs these tests was built from sources and is not replaced")
  func developmentBuild() async throws {
    try await CommandScene.with { scene in
      let result = await scene.run("upgrade", "--from", "nothing.tar.gz")
      #expect(result.status == 5)
      #expect(
        result.error.hasSuffix(
          " was built from sources and is not replaced; build it anew, or install a package\n"))
    }
  }
}
