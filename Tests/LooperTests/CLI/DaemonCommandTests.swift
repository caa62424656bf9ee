import Foundation
import Testing

@testable import Looper

@Suite("looper daemon says whether one runs, with the right status")
struct DaemonCommandTests {
  private typealias Result = CommandScene.Result

  @Test("stopped is 3 and says how to start")
  func stopped() async throws {
    try await CommandScene.with { scene in
      let text = """
        stopped; start it with `looper daemon start`
        service  background process
        socket   ~/.looper/looper.sock
        log      ~/.looper/daemon.log

        """
      #expect(await scene.run("daemon", "status") == Result(status: 3, output: text, error: ""))
    }
  }

  @Test("running is 0 and names the process")
  func running() async throws {
    try await CommandScene.with { scene in
      let result = try await scene.served("daemon", "status", "--json")
      #expect(result.status == 0)
      let view = try WireCoding.decoder.decode(DaemonStateView.self, from: Data(result.output.utf8))
      #expect(view.state == .running)
      #expect(view.pid == 123)
    }
  }

  @Test("a daemon that nothing keeps running is called what it is")
  func foreground() async throws {
    try await CommandScene.with { scene in
      let json = try await scene.served("daemon", "status", "--json")
      let view = try WireCoding.decoder.decode(DaemonStateView.self, from: Data(json.output.utf8))
      #expect(view.service == "foreground process")
      #expect(view.definition == nil)
      #expect(view.log == nil)
      let text = try await scene.served("daemon", "status")
      #expect(
        text.output.hasSuffix(
          """
          service  foreground process, a `looper serve` that somebody started
          socket   ~/.looper/looper.sock
          log      its standard error

          """))
    }
  }

  @Test("the log of an earlier daemon is not passed off as that of one in the foreground")
  func foregroundLog() async throws {
    try await CommandScene.with { scene in
      try scene.write("one\ntwo\n", to: "\(scene.home)/.looper/daemon.log")
      let quiet = await scene.run("daemon", "logs")
      #expect(quiet == Result(status: 0, output: "one\ntwo\n", error: ""))
      // This very process stands for the daemon.
      let lock = try InstanceLock.acquire(path: "\(scene.home)/.looper/looper.db.lock", holder: "socket x")
      defer { lock.release() }
      let pid = ProcessInfo.processInfo.processIdentifier
      let told = await scene.run("daemon", "logs")
      let text =
        "the daemon that runs, pid \(pid), writes to its own standard error; see `looper events`\n"
      #expect(told == Result(status: 0, output: "one\ntwo\n", error: text))
    }
  }

  @Test(
    "a daemon of a unit that is not asked here is called by its manager",
    arguments: [
      ("0::/system.slice/looper.service\n", "systemd system service"),
      (
        "0::/user.slice/user-1000.slice/user@1000.service/app.slice/looper.service\n", "systemd user service"
      ),
      ("1:name=systemd:/system.slice/looper.service\n0::/x\n", "systemd system service"),
      ("0::/user.slice/user-1000.slice/session-3.scope\n", nil), ("0::/system.slice/other.service\n", nil),
      ("", nil),
    ] as [(String, String?)])
  func keeper(cgroup: String, expected: String?) {
    #expect(ServiceKeeper.name(inCgroup: cgroup) == expected)
  }

  @Test("the last lines of the log are printed")
  func logs() async throws {
    try await CommandScene.with { scene in
      #expect(
        await scene.run("daemon", "logs")
          == Result(
            status: 4, output: "",
            error: "error: there is no log ~/.looper/daemon.log; `looper daemon start` writes one\n"))
      try scene.write("one\ntwo\nthree\n", to: "\(scene.home)/.looper/daemon.log")
      #expect(
        await scene.run("daemon", "logs", "--lines", "2")
          == Result(status: 0, output: "two\nthree\n", error: ""))
    }
  }

  @Test("stopping what does not run is done already")
  func stop() async throws {
    try await CommandScene.with { scene in
      #expect(
        await scene.run("daemon", "stop")
          == Result(status: 0, output: "the daemon is stopped\n", error: ""))
    }
  }

  @Test("without a service manager there is nothing to install or take away")
  func install() async throws {
    try await CommandScene.with { scene in
      #expect(await scene.run("daemon", "install").status == 5)
      #expect(await scene.run("daemon", "uninstall").status == 4)
    }
  }

  @Test("the real daemon starts once, restarts as another process, and is gone after a stop")
  func background() async throws {
    try await CommandScene.with { quick in
      var scene = quick
      scene.time = SystemTime()
      func daemon(_ verb: String, _ options: String...) async -> Result {
        await scene.run(
          ["daemon", verb] + options, variables: ["PATH": "/usr/bin:/bin", "HOME": scene.home])
      }
      /// What the one that runs was started with.
      func line() throws -> [String] {
        let text = try #require(scene.text("\(scene.home)/.looper/daemon.pid"))
        let launch = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        return (launch["arguments"]?.arrayValue ?? []).compactMap(\.stringValue)
      }
      func view() async throws -> DaemonStateView {
        let text = await scene.run("daemon", "status", "--json").output
        return try WireCoding.decoder.decode(DaemonStateView.self, from: Data(text.utf8))
      }
      func pid() async throws -> Int? { try await view().pid }
      let running = "see `looper status`\n"
      #expect(
        await daemon("start", "--set", "server.enabled=false")
          == Result(status: 0, output: "the daemon runs as a background process; \(running)", error: ""))
      let first = try #require(try await pid())
      let service = try await view().service
      #expect(service == "background process")
      #expect(await daemon("start").status == 0)
      #expect(try await pid() == first)
      #expect(
        await daemon("restart")
          == Result(status: 0, output: "the daemon runs again as a background process; \(running)", error: "")
      )
      #expect(try await pid() != first)
      #expect(try line() == ["serve", "--set", "server.enabled=false"])
      #expect(await daemon("stop").status == 0)
      #expect(await scene.run("daemon", "status").status == 3)
    }
  }
}
