import Foundation
import Testing

@testable import Looper

@Suite("The built program tells of a newer one, from a file or from the releases, and becomes it")
struct BuiltUpgradeTests {
  /// Stands for GitHub's releases; what lies beside it is what they hold.
  private static let gh = """
    #!/bin/sh
    cd "$(dirname "$0")"
    case "$*" in
      *repos/acme/looper/releases/latest) cat release.json ;;
      *assets/1) cat package ;;
      *assets/2) cat package.sha256 ;;
      *) echo "gh: Not Found (HTTP 404)" >&2; exit 1 ;;
    esac

    """

  @Test("--check of a file and of the newest release, as text and as JSON, also when there is nothing newer")
  func check() async throws {
    try await UpgradeScene.with { upgrade in
      let newer = try await upgrade.package("99.0.0")
      let same = try await upgrade.package(LooperVersion.current)
      try await CommandScene.with { scene in
        try scene.write("[upgrade]\nsource = \"acme/looper\"\n", to: scene.file)
        let bin = "\(scene.home)/bin"
        try scene.write(Self.gh, to: "\(bin)/gh", mode: 0o755)
        let asset = "looper-99.0.0-\(UpgradeFetcher.platform)"
        let url = "https://api.github.com/repos/acme/looper/releases/assets"
        let release =
          #"{"assets":[{"name":"\#(asset)","url":"\#(url)/1"},{"name":"\#(asset).sha256","url":"\#(url)/2"}]}"#
        try scene.write(release, to: "\(bin)/release.json")
        for end in ["", ".sha256"] {
          try FileManager.default.copyItem(atPath: newer + end, toPath: "\(bin)/package\(end)")
        }
        let text = try await BuiltScript(scene).text(
          """
          run upgrade --check
          run upgrade --check --json
          run upgrade --check --from \(newer)
          run upgrade --check --from \(same)
          run upgrade --check --from \(same) --json
          run upgrade --check --set upgrade.source=acme/other
          echo broken > bin/package
          run upgrade --check
          """)
        let found = text.replacing(upgrade.directory, with: "/packages")
          .replacing(
            URL(filePath: ShimLocation.executablePath).resolvingSymlinksInPath().path, with: "/looper"
          ).replacing(/[0-9a-f]{64}/, with: "SHA")
        #expect(found == Self.text)
      }
      #expect(upgrade.files == ["looper"])
    }
  }

  @Test("an installed one is replaced by a newer one, not by the same or an older one")
  func replaced() async throws {
    try await UpgradeScene.with { upgrade in
      let older = try await upgrade.package("0.0.1")
      let same = try await upgrade.package(LooperVersion.current)
      let newer = try await upgrade.package("99.0.0")
      try await CommandScene.with { scene in
        let stamp = PackageStamp.text.replacing("\n", with: "\\n")
        let text = try await BuiltScript(scene).text(
          """
          mkdir bin
          cp -f '\(ShimLocation.executablePath)' bin/looper && printf '\(stamp)' >> bin/looper
          run upgrade --from \(older)
          run upgrade --from \(same)
          run upgrade --from \(newer) --json
          run version
          """)
        let found = text.replacing(upgrade.directory, with: "/packages")
        #expect(
          found == """
            $ looper upgrade --from /packages/looper-0.0.1-linux-x86_64.tar.gz
            ! error: 0.0.1 is older than 0.1.0, and its database could be newer; nothing was changed
            = 5
            $ looper upgrade --from /packages/looper-0.1.0-linux-x86_64.tar.gz
              looper 0.1.0 is the newest
            = 0
            $ looper upgrade --from /packages/looper-99.0.0-linux-x86_64.tar.gz --json
              {
                "from" : "0.1.0",
                "is_restarted" : false,
                "is_upgraded" : true,
                "needs_restart" : false,
                "path" : "~/bin/looper",
                "to" : "99.0.0"
              }
            = 0
            $ looper version
              looper 99.0.0
            = 0

            """)
      }
    }
  }

  private static let text = """
    $ looper upgrade --check
      looper 99.0.0 is there, this is 0.1.0; get it with `looper upgrade`
    = 0
    $ looper upgrade --check --json
      {
        "from" : "0.1.0",
        "is_restarted" : false,
        "is_upgraded" : false,
        "needs_restart" : false,
        "path" : "/looper",
        "to" : "99.0.0"
      }
    = 0
    $ looper upgrade --check --from /packages/looper-99.0.0-linux-x86_64.tar.gz
      looper 99.0.0 is there, this is 0.1.0; get it with `looper upgrade --from /packages/looper-99.0.0-linux-x86_64.tar.gz`
    = 0
    $ looper upgrade --check --from /packages/looper-0.1.0-linux-x86_64.tar.gz
      looper 0.1.0 is the newest
    = 0
    $ looper upgrade --check --from /packages/looper-0.1.0-linux-x86_64.tar.gz --json
      {
        "from" : "0.1.0",
        "is_restarted" : false,
        "is_upgraded" : false,
        "needs_restart" : false,
        "path" : "/looper",
        "to" : "0.1.0"
      }
    = 0
    $ looper upgrade --check --set upgrade.source=acme/other
    ! error: gh api failed: gh: Not Found (HTTP 404)
    = 1
    $ looper upgrade --check
    ! error: the package's checksum is SHA and not SHA; nothing was changed
    = 2

    """
}
