import Foundation
import Testing

@testable import Looper

@Suite("what an earlier daemon left is found by its tag and ended by its identity")
struct ProcessTableTests {
  @Test("a tagged process is found with its shim, and ended even when it ignores SIGTERM")
  func tagged() async throws {
    try await ProcessScene.with { scene in
      scene.makeSignpost("ready")
      let child = try await SupervisedChild.start(
        scene.spec("trap '' TERM; echo $$ > ready; while :; do read x < ready; done"),
        launcher: scene.launcher)
      let process = try await scene.process("ready")
      let found = scene.remains
      #expect(Set(found) == [child.identity, process])
      #expect(ProcessTable.processes(taggedWith: ProcessScene.tagKey, value: "other").isEmpty)
      let survivors = await ProcessTable.terminateAll(found, grace: .milliseconds(300))
      #expect(survivors.isEmpty)
      #expect(scene.remains.isEmpty)
      _ = await child.exitRecord()
    }
  }

  @Test("the processor time of a tree counts its descendants")
  func cpuTime() async throws {
    try await ProcessScene.with { scene in
      scene.makeSignpost("ready")
      let burn = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done"
      let child = try await SupervisedChild.start(
        scene.spec("sh -c '\(burn); echo done > ready; read x < ready'; exit 0"), launcher: scene.launcher)
      _ = await scene.reached("ready")
      #expect(ProcessCensus().cpuTime(ofTreeRootedAt: child.identity.pid) > .milliseconds(50))
      _ = await child.terminate()
    }
  }
}

@Suite("a process is known by pid, start time and boot")
struct ProcessIdentityTests {
  @Test("this process is alive; with another start, boot or none it is not")
  func identity() {
    let current = ProcessIdentity.current
    #expect(current.pid == getpid())
    #expect(current.isAlive)
    var other = current
    other.startTicks += 1
    #expect(!other.isAlive)
    other = current
    other.bootID = "another boot"
    #expect(!other.isAlive)
    other = current
    other.startTicks = 0
    #expect(!other.isAlive)
    #expect(!ProcessIdentity(ofProcess: 999_999_999).isAlive)
  }

  @Test("it survives being stored")
  func stored() throws {
    let current = ProcessIdentity.current
    let data = try JSONEncoder().encode(current)
    #expect(try JSONDecoder().decode(ProcessIdentity.self, from: data) == current)
  }
}

@Suite("a request to the shim is read as it was written")
struct ExecShimTests {
  @Test("all parts come back, also strange ones", arguments: [nil, ByteCount.mebibytes(3)])
  func roundTrip(limit: ByteCount?) {
    let request = ExecShim.Request(
      daemonPID: 7, grace: .milliseconds(1500), exitRecordPath: "/tmp/a b", outputLimit: limit,
      command: ["/bin/x", "", "--", "é\n"])
    #expect(ExecShim.Request(arguments: request.arguments) == request)
  }

  @Test(
    "an incomplete request is refused",
    arguments: [
      "", "__exec", "__exec 1 2 r 0 --", "__exec 0 2 r 0 -- /x", "__exec 1 -2 r 0 -- /x",
      "__exec 1 2 r x -- /x",
      "__exec 1 2 r 0 /x /y", "exec 1 2 r 0 -- /x",
    ])
  func refused(line: String) {
    #expect(ExecShim.Request(arguments: line.split(separator: " ").map(String.init)) == nil)
  }
}
