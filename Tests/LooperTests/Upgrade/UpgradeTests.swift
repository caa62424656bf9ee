import Foundation
import GRDB
import Testing

@testable import Looper

@Suite("An upgrade replaces program and daemon, or leaves everything as it was")
struct UpgradeTests {
  @Test("the program is replaced, the database copied first, the service restarted and asked")
  func upgrades() async throws {
    try await UpgradeScene.with { scene in
      scene.runDaemon()
      let report = try await scene.upgrade().run(try await scene.open(try await scene.package("0.2.0")))
      let backup = "\(scene.database).before-upgrade-0.2.0"
      #expect(
        report
          == Upgrade.Report(
            from: "0.1.0", to: "0.2.0", path: scene.executable, isUpgraded: true, backup: backup,
            isRestarted: true))
      #expect(scene.installed == "0.2.0")
      #expect(scene.running == "0.2.0")
      #expect(scene.moves == ["restart"])
      #expect(scene.files == ["looper", "looper.previous"])
      let copy = try Store(path: backup)
      #expect(try await copy.projects().map(\.name.display) == ["acme/shop"])
      try copy.close()
    }
  }

  @Test("a daemon that does not come up is put back, with its database")
  func rollsBack() async throws {
    try await UpgradeScene.with { scene in
      scene.runDaemon()
      scene.breakVersion("0.2.0")
      let package = try await scene.open(try await scene.package("0.2.0"))
      let text = "the restarted daemon answers as nobody; looper 0.1.0 was put back"
      await #expect(throws: LooperError(.internal, text)) { _ = try await scene.upgrade().run(package) }
      #expect(scene.installed == "0.1.0")
      #expect(scene.running == "0.1.0")
      #expect(scene.moves == ["restart", "stop", "start"])
      let store = try Store(path: scene.database)
      #expect(try await store.projects().count == 1)
      try store.close()
    }
  }

  @Test("what a newer version did to the database is undone by the way back")
  func restoresDatabase() async throws {
    try await UpgradeScene.with { scene in
      scene.runDaemon()
      scene.breakVersion("0.2.0")
      let package = try await scene.open(try await scene.package("0.2.0"))
      var upgrade = try scene.upgrade()
      let restart = try #require(upgrade.daemon.service).restart
      upgrade.daemon.service?.restart = { () async throws(LooperError) in
        try await restart()
        do {
          let queue = try DatabaseQueue(path: scene.database)
          try await queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('9999-newer')") }
          try queue.close()
        } catch {
          throw LooperError(.internal, "\(error)")
        }
      }
      await #expect(throws: LooperError.self) { _ = try await upgrade.run(package) }
      // The old one would refuse a database of a newer one.
      try Store(path: scene.database).close()
    }
  }

  @Test("a daemon that only its user runs is left alone, and that is told")
  func foreground() async throws {
    try await UpgradeScene.with { scene in
      scene.runDaemon()
      let package = try await scene.open(try await scene.package("0.2.0"))
      let report = try await scene.upgrade(isManaged: false).run(package)
      #expect(report.needsRestart)
      #expect(!report.isRestarted)
      #expect(scene.installed == "0.2.0")
      #expect(scene.running == "0.1.0")
    }
  }

  @Test("the same version changes nothing, an older one is refused")
  func sameAndOlder() async throws {
    try await UpgradeScene.with { scene in
      let same = try await scene.upgrade().run(try await scene.open(try await scene.package("0.1.0")))
      #expect(!same.isUpgraded)
      let older = try await scene.open(try await scene.package("0.0.9"))
      let text = "0.0.9 is older than 0.1.0, and its database could be newer; nothing was changed"
      await #expect(throws: LooperError(.conflict, text)) { _ = try await scene.upgrade().run(older) }
      #expect(scene.files == ["looper"])
    }
  }

  @Test(
    "a package that is damaged, not for this machine or not ours is refused before anything changes",
    arguments: [
      ("printf x >> PACKAGE", "the package's checksum is"), ("rm PACKAGE.sha256", "cannot be read"),
      ("echo none > PACKAGE.sha256", "the checksum of the package cannot be read"),
      ("rm PACKAGE", "cannot be read; name a package"),
    ])
  func refusesDamaged(damage: String, complaint: String) async throws {
    try await UpgradeScene.with { scene in
      let path = try await scene.package("0.2.0")
      let command = Command(
        executable: "/bin/sh", arguments: ["-c", damage.replacing("PACKAGE", with: path)],
        environment: ["PATH": "/usr/bin:/bin"])
      _ = try await scene.commands.run(command, deadline: .seconds(10), outputLimit: .kibibytes(1))
      let error = await #expect(throws: LooperError.self) { _ = try await scene.open(path) }
      #expect(error?.message.contains(complaint) == true, "\(error?.message ?? "")")
    }
  }

  @Test(
    "a program that does not run here, or is another one, is refused",
    arguments: ["\u{7F}ELF", "#!/bin/sh\necho hi"])
  func refusesForeign(program: String) async throws {
    try await UpgradeScene.with { scene in
      let path = try await scene.package("0.2.0", program: program)
      await #expect(throws: LooperError.self) { _ = try await scene.open(path) }
    }
  }

  @Test("a build in a source tree is never replaced")
  func developmentBuild() throws {
    let path = "/home/me/looper/.build/release/looper"
    let text = "\(path) was built from sources and is not replaced; build it anew, or install a package"
    #expect(throws: LooperError(.conflict, text)) { try Upgrade.refuseDevelopmentBuild(path) }
    try Upgrade.refuseDevelopmentBuild("/home/me/.local/bin/looper")
  }
}
