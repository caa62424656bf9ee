import Foundation
import Testing

@testable import Looper

#if os(Linux)
  import Glibc

  @Suite("The built daemon tells its service manager how it is, and hears its signals", .serialized)
  struct ServingSignalsTests {
    /// Runs `body` with an ear for what a daemon of the scene says when it gets ``variables``.
    private func listening(
      _ body: @escaping @Sendable (EndToEndScene, NotifyEar, [String: String]) async throws -> Void
    ) async throws {
      try await EndToEndScene.run { scene in
        let path = "\(scene.directory.path)/notify"
        let ear = NotifyEar(Array(path.utf8))
        try await body(scene, ear, ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "4000000"])
      }
    }

    @Test("it is ready when it answers, shows signs of life, reads again on SIGHUP, and says when it stops")
    func life() async throws {
      try await listening { scene, ear, variables in
        try scene.configure(projects: [], agent: "#!/bin/sh\n")
        try await scene.start(variables)
        #expect(await ear.hear("READY=1"))
        #expect(await ear.hear("WATCHDOG=1"))
        // The file has not changed: only the signal makes it read.
        try await scene.signal(SIGHUP)
        try await scene.event(.configuration, "taken up from the changed file")
        try await scene.signal(SIGTERM)
        #expect(await ear.hear("STOPPING=1"))
        #expect(await scene.exitCode() == 0)
      }
    }

    @Test("SIGTERM waits for agents, a second one does not")
    func secondSignal() async throws {
      try await listening { scene, ear, variables in
        try await scene.forge.createRepository("demo/slow")
        let issue = try await scene.forge.createIssue(in: "demo/slow", title: "Do it", as: DemoSample.owner)
        try FileManager.default.createDirectory(
          atPath: "\(scene.directory.path)/notes", withIntermediateDirectories: true)
        let agent = """
          #!/bin/sh
          trap '' TERM
          echo '{"type":"progress","text":"deaf"}'
          touch \(scene.directory.path)/notes/began
          while :; do sleep 0.1; done

          """
        try scene.configure(projects: [("demo/slow", nil)], agent: agent)
        let text = try String(contentsOfFile: scene.directory.configuration, encoding: .utf8)
          .replacing("shutdown-grace-secs = 5", with: "shutdown-grace-secs = 500")
          .replacing("[agent]\n", with: "[agent]\nstop-grace-secs = 500\n")
        try scene.directory.write(text, to: scene.directory.configuration)
        try await scene.start(variables)
        try await scene.forge.addLabel("looper:implement", to: issue, in: "demo/slow", as: DemoSample.owner)
        try await scene.event(.agentStarted)
        let pid = try await scene.client { try await $0.status().pid }
        let daemon = ProcessIdentity(ofProcess: Int32(pid))
        daemon.signal(SIGTERM)
        #expect(await ear.hear("STOPPING=1"))
        #expect(daemon.isAlive)
        daemon.signal(SIGTERM)
        #expect(await scene.exitCode() == 143)
      }
    }
  }
#endif
