import Foundation
import Metrics
import Testing

@testable import Looper

@Suite("What is measured through swift-metrics comes out as Prometheus text")
struct MetricsRegistryTests {
  /// The families of a text in the format's own terms; anything that is none of them is an issue.
  private func parsed(_ text: String) throws -> [String: [String: Double]] {
    var families: [String: [String: Double]] = [:]
    var kinds: [String: String] = [:]
    // Name, labels, number.
    let sample =
      #/([a-z_]+?)(_sum|_count)?(?:\{((?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)+)\})? (-?[0-9.e+-]+|NaN|[+-]Inf)/#
    #expect(text.hasSuffix("\n"))
    for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("# HELP ") { continue }
      if let type = try #/# TYPE ([a-z_]+) (counter|gauge|summary)/#.wholeMatch(in: line) {
        #expect(kinds.updateValue(String(type.2), forKey: String(type.1)) == nil, "\(line)")
        continue
      }
      let match = try #require(try sample.wholeMatch(in: line), "\(line)")
      let whole = String(match.1) + String(match.2 ?? "")
      let family = kinds[whole] == nil ? String(match.1) : whole
      #expect(kinds[family] != nil, "no type before \(line)")
      #expect((kinds[family] == "summary") == (family != whole), "\(line)")
      let key = "\(whole == family ? "" : String(match.2 ?? ""))\(match.3.map { "{\($0)}" } ?? "")"
      #expect(
        families[family, default: [:]].updateValue(try #require(Double(match.4)), forKey: key) == nil,
        "\(line)")
    }
    return families
  }

  @Test("counts and seconds add up by label")
  func adds() throws {
    let registry = MetricsRegistry()
    for milliseconds in [250, 500] {
      MeasuredThing.effect.record(
        .milliseconds(milliseconds), [("kind", "push"), ("result", "done")], in: registry)
    }
    MeasuredThing.effect.record(.seconds(1), [("kind", "push"), ("result", "conflict")], in: registry)
    let families = try parsed(MetricsText.text(registry.families))
    #expect(
      families == [
        "looper_effect_duration_seconds": [
          #"_sum{kind="push",result="done"}"#: 0.75, #"_count{kind="push",result="done"}"#: 2,
          #"_sum{kind="push",result="conflict"}"#: 1, #"_count{kind="push",result="conflict"}"#: 1,
        ]
      ])
  }

  @Test("a served daemon tells of GitHub and of its writes, and all of it parses", .timeLimit(.minutes(5)))
  func served() async throws {
    try await EndToEndScene.run { scene in
      try await scene.forge.createRepository("demo/measured")
      let issue = try await scene.forge.createIssue(in: "demo/measured", title: "Do it", as: DemoSample.owner)
      let notes = "\(scene.directory.path)/notes"
      try FileManager.default.createDirectory(atPath: notes, withIntermediateDirectories: true)
      try scene.configure(
        projects: [("demo/measured", nil)], agent: EndToEndAgent.script(notes: notes, pause: "0"))
      try await scene.start()
      try await scene.forge.addLabel("looper:plan", to: issue, in: "demo/measured", as: DemoSample.owner)
      try await scene.event(.effectDone)
      let answer = try await WireClient.with(scene.directory.socket) { talk in
        try await talk.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return try await talk.rest()
      }
      let parts = answer.split(separator: "\r\n\r\n", maxSplits: 1)
      #expect(parts.first?.hasPrefix("HTTP/1.1 200 OK\r\n") == true)
      let families = try parsed(String(parts.last ?? ""))
      for name in [
        "looper_github_calls_total", "looper_github_rate_remaining", "looper_github_call_duration_seconds",
      ] {
        #expect(families[name]?.isEmpty == false, "\(name)")
      }
      let sweeps =
        families["looper_github_call_duration_seconds"]?[#"_count{kind="sweep",outcome="2xx"}"#] ?? 0
      #expect(sweeps >= 1)
      #expect(families["looper_github_calls_total"]?[#"{kind="sweep",outcome="ok"}"#] ?? 0 >= sweeps - 1)
      #expect(
        families["looper_effect_duration_seconds"]?.keys.contains { $0.contains(#"result="done""#) } == true)
      #expect(families["looper_runs_running"]?.count == Role.allCases.count)
    }
  }
}
