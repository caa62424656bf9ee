import Foundation
import Testing

@testable import Looper

@Suite("one daemon holds the lock of a database, and a second one is told who")
struct InstanceLockTests {
  @Test("a second acquisition names the holder and changes nothing")
  func exclusive() async throws {
    try await ProcessScene.with { scene in
      let path = scene.path("lock")
      let lock = try InstanceLock.acquire(path: path, holder: "socket /run/looper.sock")
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      let holder = InstanceLock.Holder(identity: .current, description: "socket /run/looper.sock")
      #expect(throws: InstanceLock.Refusal.held(by: holder)) {
        _ = try InstanceLock.acquire(path: path, holder: "other")
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
      lock.release()
      lock.release()
      let next = try InstanceLock.acquire(path: path, holder: "next")
      #expect(InstanceLock.readHolder(atPath: path)?.description == "next")
      next.release()
    }
  }

  @Test("a running child does not keep the lock")
  func notInherited() async throws {
    try await ProcessScene.with { scene in
      scene.makeSignpost("ready")
      let lock = try InstanceLock.acquire(path: scene.path("lock"), holder: "first")
      let child = try await SupervisedChild.start(
        scene.spec("echo $$ > ready; read x < ready"), launcher: scene.launcher)
      _ = await scene.reached("ready")
      lock.release()
      let next = try InstanceLock.acquire(path: scene.path("lock"), holder: "second")
      next.release()
      _ = await child.terminate()
    }
  }

  @Test("a place that cannot hold a lock is named")
  func unusable() {
    let reason = "cannot open the lock /no/such/lock: No such file or directory"
    #expect(throws: InstanceLock.Refusal.unusable(reason)) {
      _ = try InstanceLock.acquire(path: "/no/such/lock", holder: "me")
    }
  }
}
