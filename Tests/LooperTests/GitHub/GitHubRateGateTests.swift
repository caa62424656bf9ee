import Testing

@testable import Looper

@Suite("Nothing is sent while GitHub does not want it")
struct GitHubRateGateTests {
  private let start = Timestamp(milliseconds: 0)
  private let rest = GhRequest.rest(.get, "user", on: "github.com", for: .viewer)
  private let graph = GhRequest.graphql("{ viewer { login } }", on: "github.com", for: .viewer)

  @Test("at zero remaining that budget is closed until its reset, the other one is not")
  func primary() {
    let gate = GitHubRateGate()
    let answer = GhAnswer.sample(200, headers: ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "100"])
    #expect(gate.record(answer, to: rest, failure: nil, now: start) == nil)
    #expect(gate.refusal(of: rest, now: start)?.kind == .rateLimited(until: Timestamp(milliseconds: 100_000)))
    #expect(gate.refusal(of: graph, now: start) == nil)
    #expect(gate.refusal(of: rest, now: start + .seconds(100)) == nil)
  }

  @Test("repeated secondary limits close the host for longer each time, a good answer forgives")
  func secondary() {
    let gate = GitHubRateGate()
    let answer = GhAnswer.sample(429)
    var pauses: [Duration] = []
    for _ in 0..<3 {
      let failure = GitHubFailure.classify(answer, calling: "GET user", now: start)
      let until = gate.record(answer, to: rest, failure: failure, now: start)?.kind.until
      pauses.append((until ?? start) - start)
    }
    #expect(pauses == [.seconds(60), .seconds(120), .seconds(240)])
    #expect(gate.refusal(of: graph, now: start) != nil)
    // One that was on its way when the gate was closed says nothing.
    _ = gate.record(.sample(200), to: rest, failure: nil, now: start)
    #expect(gate.refusal(of: rest, now: start)?.kind.until == start + .seconds(240))
    let later = start + .seconds(240)
    #expect(gate.refusal(of: rest, now: later) == nil)
    _ = gate.record(.sample(200), to: rest, failure: nil, now: later)
    let again = GitHubFailure.classify(answer, calling: "GET user", now: later)
    #expect(gate.record(answer, to: rest, failure: again, now: later)?.kind.until == later + .seconds(60))
  }

  @Test("a closed gate starts no process and is counted as held")
  func held() async throws {
    let transport = ScriptedTransport([
      .sample(403, headers: ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "4102444800"])
    ])
    let github = GitHub(transport: transport, time: SystemTime())
    let project = try #require(ProjectName("acme/shop"))
    for _ in 0..<3 { await #expect(throws: Failure.self) { _ = try await github.repository(project) } }
    #expect(transport.callCount == 1)
    #expect(github.callCounts[.init(kind: .repository, outcome: "held")] == 2)
    #expect(github.callCounts[.init(kind: .repository, outcome: "rate-limited")] == 1)
  }

  @Test(
    "truncated JSON, an HTML page with 200 and an empty answer are transient",
    arguments: [
      "{\"data\": {\"vie", "<html>", "",
    ])
  func broken(body: String) async {
    let github = GitHub(transport: ScriptedTransport([.sample(200, body)]), time: SystemTime())
    await #expect {
      _ = try await github.viewer(on: "github.com")
    } throws: {
      ($0 as? Failure)?.kind == .transient
    }
  }
}
