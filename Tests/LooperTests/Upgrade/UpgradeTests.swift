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
      #expect(scene.moves == ["stop", "start"])
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
      #expect(scene.moves == ["stop", "start", "stop", "start"])
      let store = try Store(path: scene.database)
      #expect(try await store.projects().count == 1)
      try store.close()
    }
  }

  @Test("each step is told before it is taken, also those of the way back")
  func steps() async throws {
    for (isBroken, rest) in [(false, []), (true, ["putting looper 0.1.0 back"])] {
      try await UpgradeScene.with { scene in
        scene.runDaemon()
        if isBroken { scene.breakVersion("0.2.0") }
        let (told, teller) = AsyncStream.makeStream(of: String.self)
        var upgrade = try scene.upgrade()
        upgrade.telling = { teller.yield($0) }
        _ = try? await upgrade.run(try await scene.open(try await scene.package("0.2.0")))
        teller.finish()
        var steps: [String] = []
        for await step in told { steps.append(step) }
        let way = [
          "stopping the daemon and its agents", "copying the database", "replacing \(scene.executable)",
          "starting the daemon of 0.2.0",
        ]
        #expect(steps == way + rest)
      }
    }
  }

  @Test("what the old daemon committed until it stopped is in the copy, and back after a failure")
  func lastCommits() async throws {
    try await UpgradeScene.with { scene in
      scene.runDaemon()
      scene.breakVersion("0.2.0")
      let package = try await scene.open(try await scene.package("0.2.0"))
      var upgrade = try scene.upgrade()
      let stop = try #require(upgrade.daemon.service).stop
      upgrade.daemon.service?.stop = { () async throws(LooperError) in
        do {
          let store = try Store(path: scene.database)
          let name = try #require(ProjectName("acme/late"))
          _ = try await store.addProject(name, checkoutPath: nil, baseBranch: nil, facts: nil, at: Sample.now)
          try store.close()
        } catch {
          throw LooperError(.internal, "\(error)")
        }
        try await stop()
      }
      await #expect(throws: LooperError.self) { _ = try await upgrade.run(package) }
      let store = try Store(path: scene.database)
      #expect(try await store.projects().map(\.name.display).sorted() == ["acme/late", "acme/shop"])
      try store.close()
    }
  }

  @Test("a new one that cannot be stopped does not keep the old program from its place")
  func stopFails() async throws {
    try await UpgradeScene.with { scene in
      scene.runDaemon()
      scene.breakVersion("0.2.0")
      let package = try await scene.open(try await scene.package("0.2.0"))
      var upgrade = try scene.upgrade()
      let stop = try #require(upgrade.daemon.service).stop
      upgrade.daemon.service?.stop = { () async throws(LooperError) in
        if scene.installed == "0.2.0" { throw LooperError(.timeout, "pid 7 still runs") }
        try await stop()
      }
      let text =
        "the restarted daemon answers as nobody; looper 0.1.0 was put back, but not all of it; pid 7 still runs; "
        + "the database before is \(scene.database).before-upgrade-0.2.0"
      await #expect(throws: LooperError(.internal, text)) { _ = try await upgrade.run(package) }
      #expect(scene.installed == "0.1.0")
    }
  }

  @Test("a daemon that cannot be stopped, or a database that cannot be copied, leaves everything as it was")
  func nothingChanged() async throws {
    try await UpgradeScene.with { scene in
      scene.runDaemon()
      let package = try await scene.open(try await scene.package("0.2.0"))
      var upgrade = try scene.upgrade()
      upgrade.daemon.service?.stop = { () async throws(LooperError) in
        throw LooperError(.timeout, "pid 7 still runs")
      }
      await #expect(throws: LooperError(.timeout, "pid 7 still runs")) { _ = try await upgrade.run(package) }
      #expect(scene.files == ["looper"])
      // What SQLite left beside it would make it whole again.
      for name in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: scene.database + name) }
      try Data(repeating: 0x78, count: 8192).write(to: URL(filePath: scene.database))
      let error = await #expect(throws: LooperError.self) { _ = try await scene.upgrade().run(package) }
      #expect(error?.message.hasSuffix("was put back") == false)
      #expect(scene.moves == ["stop", "start"])
      #expect(scene.files == ["looper"])
      #expect(scene.running == "0.1.0")
    }
  }

  @Test("what a newer version did to the database is undone by the way back")
  func restoresDatabase() async throws {
    try await UpgradeScene.with { scene in
      scene.runDaemon()
      scene.breakVersion("0.2.0")
      let package = try await scene.open(try await scene.package("0.2.0"))
      var upgrade = try scene.upgrade()
      let start = try #require(upgrade.daemon.service).start
      upgrade.daemon.service?.start = { () async throws(LooperError) in
        try await start()
        guard scene.installed == "0.2.0" else { return }
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

  @Test("only what came in a package is replaced, wherever another build was put")
  func developmentBuild() async throws {
    try await UpgradeScene.with { scene in
      let path = scene.executable
      let text = "\(path) was built from sources and is not replaced; build it anew, or install a package"
      #expect(throws: LooperError(.conflict, text)) { try PackageStamp.check(path) }
      let program = try String(contentsOfFile: path, encoding: .utf8)
      try (program + PackageStamp.text).write(toFile: path, atomically: false, encoding: .utf8)
      try PackageStamp.check(path)
      // The two ends of the mark.
      let script = try #require(TidyPackage.text(of: "scripts/package"))
      #expect(script.contains("printf '\(PackageStamp.text.replacing("\n", with: "\\n"))' >>"))
    }
  }
}
