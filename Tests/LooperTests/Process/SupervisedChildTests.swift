import Foundation
import Testing

@testable import Looper

@Suite("a supervised child's end is seen, recorded, and leaves no descendant")
struct SupervisedChildTests {
  /// Says where it is, and only SIGKILL ends it.
  private static let stubborn = "trap '' TERM; echo $$ > ready; while :; do sleep 1; done"

  @Test("a child that ends by itself leaves output files and a record with what it used")
  func natural() async throws {
    try await ProcessScene.with { scene in
      try Data("question".utf8).write(to: URL(fileURLWithPath: scene.path("in")))
      var spec = scene.spec("cat; echo bad >&2; i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; exit 9")
      spec.standardInputPath = scene.path("in")
      let child = try await SupervisedChild.start(spec, launcher: scene.launcher)
      let record = await child.exitRecord()
      #expect(record.status == .exited(9))
      #expect(record.reason == .exited)
      #expect(record.survivorCount == 0)
      #expect(record.cpuTime > .milliseconds(20))
      #expect(record.maxResidentSize > ByteCount(bytes: 0))
      #expect(try String(contentsOfFile: scene.path("out"), encoding: .utf8) == "question")
      #expect(try String(contentsOfFile: scene.path("err"), encoding: .utf8) == "bad\n")
      #expect(await child.exitRecord() == record)
      #expect(!child.identity.isAlive)
    }
  }

  @Test("output is 0600 and appended to")
  func outputFile() async throws {
    try await ProcessScene.with { scene in
      for _ in 0..<2 {
        let child = try await SupervisedChild.start(scene.spec("echo line"), launcher: scene.launcher)
        _ = await child.exitRecord()
      }
      #expect(try String(contentsOfFile: scene.path("out"), encoding: .utf8) == "line\nline\n")
      let attributes = try FileManager.default.attributesOfItem(atPath: scene.path("out"))
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test("a request to end reaches a child that cleans up on SIGTERM")
  func politeEnd() async throws {
    try await ProcessScene.with { scene in
      scene.makeSignpost("ready")
      let script = "trap 'echo cleaned; exit 143' TERM; echo $$ > ready; while :; do sleep 0.1; done"
      let child = try await SupervisedChild.start(
        scene.spec(script, grace: .seconds(30)), launcher: scene.launcher)
      _ = await scene.reached("ready")
      let record = await child.terminate()
      #expect(record.status == .exited(143))
      #expect(record.reason == .terminated)
      #expect(try String(contentsOfFile: scene.path("out"), encoding: .utf8) == "cleaned\n")
    }
  }

  @Test("a child that ignores SIGTERM is killed after the grace")
  func stubbornEnd() async throws {
    try await ProcessScene.with { scene in
      scene.makeSignpost("ready")
      let child = try await SupervisedChild.start(scene.spec(Self.stubborn), launcher: scene.launcher)
      let process = try await scene.process("ready")
      #expect(process.isAlive)
      async let first = child.terminate()
      async let second = child.terminate()
      let (record, same) = await (first, second)
      #expect(record == same)
      #expect(record.status == .signalled(SIGKILL))
      #expect(record.reason == .terminated)
      #expect(!process.isAlive)
      #expect(scene.remains.isEmpty)
    }
  }

  @Test("a child that is ended right after its start has left nothing, wherever the shim was")
  func earlyEnd() async throws {
    try await ProcessScene.with { scene in
      for _ in 0..<10 {
        let child = try await SupervisedChild.start(scene.spec("sleep 1000"), launcher: scene.launcher)
        let record = await child.terminate()
        #expect(record.reason == .terminated)
        #expect(record.status == .signalled(SIGTERM))
      }
      #expect(scene.remains.isEmpty)
    }
  }

  @Test("a stopped child is ended too")
  func stoppedEnd() async throws {
    try await ProcessScene.with { scene in
      scene.makeSignpost("ready")
      let child = try await SupervisedChild.start(
        scene.spec("echo $$ > ready; kill -STOP $$; exit 0", grace: .seconds(30)), launcher: scene.launcher)
      _ = await scene.reached("ready")
      #expect(await child.terminate().reason == .terminated)
    }
  }

  @Test("descendants that forked twice into sessions of their own are gone with the child")
  func escapedDescendants() async throws {
    try await ProcessScene.with { scene in
      scene.makeSignpost("ready")
      let script =
        "(setsid sh -c \"\(Self.stubborn.replacingOccurrences(of: "$$", with: "\\$\\$"))\" &) & exit 4"
      let child = try await SupervisedChild.start(
        scene.spec(script, grace: .seconds(1)), launcher: scene.launcher)
      let escaped = try await scene.process("ready")
      let record = await child.exitRecord()
      #expect(record.status == .exited(4))
      #expect(record.reason == .exited)
      #expect(!escaped.isAlive)
      #expect(scene.remains.isEmpty)
    }
  }

  @Test("when the daemon is killed, the child ends at once")
  func daemonDeath() async throws {
    try await ProcessScene.with { scene in
      scene.makeSignpost("daemon")
      scene.makeSignpost("ready")
      try Data(Self.stubborn.utf8).write(to: URL(fileURLWithPath: scene.path("stubborn.sh")))
      // The outer child plays the daemon; its own shim adopts the inner one and so sees when that is gone.
      let inner = "\(ShimLocation.executablePath) __exec $$ 300 inner.json 0 -- /bin/sh stubborn.sh"
      let child = try await SupervisedChild.start(
        scene.spec("echo $$ > daemon; \(inner) & wait", grace: .seconds(120)), launcher: scene.launcher)
      let daemon = try await scene.process("daemon")
      let agent = try await scene.process("ready")
      #expect(daemon.signal(SIGKILL))
      #expect(await child.exitRecord().status == .signalled(SIGKILL))
      let record = try #require(ExitRecord.read(fromPath: scene.path("inner.json")))
      #expect(record.reason == .daemonDied)
      #expect(record.status == .signalled(SIGKILL))
      #expect(!agent.isAlive)
      #expect(scene.remains.isEmpty)
    }
  }

  @Test("a shim whose daemon has died already starts nothing")
  func daemonGone() async throws {
    try await ProcessScene.with { scene in
      let inner = "\(ShimLocation.executablePath) __exec 999999999 300 inner.json 0 -- /bin/sh -c 'echo ran'"
      let result = try await scene.run(inner)
      #expect(result.outputText == "")
      #expect(ExitRecord.read(fromPath: scene.path("inner.json"))?.reason == .daemonDied)
    }
  }

  @Test("a killed shim is told apart, and what it held is found by its tag and ended")
  func shimKilled() async throws {
    try await ProcessScene.with { scene in
      scene.makeSignpost("ready")
      let child = try await SupervisedChild.start(scene.spec(Self.stubborn), launcher: scene.launcher)
      let process = try await scene.process("ready")
      #expect(child.identity.signal(SIGKILL))
      let record = await child.exitRecord()
      #expect(record.reason == .shimLost)
      #expect(record.status == .signalled(SIGKILL))
      #expect(record.survivorCount == 0)
      #expect(!process.isAlive)
      #expect(scene.remains.isEmpty)
    }
  }

  @Test("a child past its output limit is ended with that reason")
  func outputLimit() async throws {
    try await ProcessScene.with { scene in
      var spec = scene.spec("yes")
      spec.outputLimit = .mebibytes(1)
      let child = try await SupervisedChild.start(spec, launcher: scene.launcher)
      #expect(await child.exitRecord().reason == .outputTooLarge)
    }
  }

  @Test("a child that nobody awaited for a while ends on time although another one still runs")
  func independentEnds() async throws {
    try await ProcessScene.with { scene in
      scene.makeSignpost("ready")
      let long = try await SupervisedChild.start(scene.spec(Self.stubborn), launcher: scene.launcher)
      _ = await scene.reached("ready")
      #expect(try await scene.run("exit 1").status == .exited(1))
      #expect(long.identity.isAlive)
      _ = await long.terminate()
    }
  }
}
