import Testing

@testable import Looper

@Suite("a daemon that is killed again and again does nothing twice and loses nothing")
struct ChaosTests {
  @Test("five agents, twenty seconds of kills", .timeLimit(.minutes(10)))
  func shortForm() async throws {
    let chaos = Chaos(
      duration: .seconds(20), issues: 5, seed: 3, searchPath: "/usr/bin:/bin",
      launcher: { ShimLauncher(executablePath: ShimLocation.executablePath, scratchDirectory: $0, tag: [:]) },
      time: SystemTime(), say: { _ in })
    let verdict = try await chaos.run()
    #expect(verdict.problems == [])
    #expect(verdict.kills >= 3)
    #expect(verdict.loops == ["done done": 5])
  }
}
