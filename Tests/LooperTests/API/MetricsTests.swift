import Foundation
import Testing

@testable import Looper

@Suite("Metrics are Prometheus text with labels from closed sets")
struct MetricsTests {
  @Test("a family is help, type and one line a sample")
  func text() {
    let families = [
      MetricFamily(
        "a_total", .counter, "What \\ is\ncounted.", labels: ["x"], [(["q\"\\"], 3), (["r"], 0.5)]),
      MetricFamily("b", .gauge, "B.", 7), MetricFamily(name: "c", kind: .gauge, help: "None.", samples: []),
      MetricFamily(
        name: "d", kind: .summary, help: "D.",
        samples: [.init(suffix: "_sum", value: 1.25), .init(suffix: "_count", value: 2)]),
    ]
    let text = #"""
      # HELP a_total What \\ is\ncounted.
      # TYPE a_total counter
      a_total{x="q\"\\"} 3
      a_total{x="r"} 0.5
      # HELP b B.
      # TYPE b gauge
      b 7
      # HELP d D.
      # TYPE d summary
      d_sum 1.25
      d_count 2

      """#
    #expect(MetricsText.text(families) == text)
  }

  @Test("a daemon at work counts its loop, its run and its agent")
  func daemon() async throws {
    try await OpsScene.with { scene in
      _ = try await scene.startWork()
      let lines = Set(
        MetricsText.text(try await scene.operations.metrics()).split(separator: "\n").map(String.init))
      for line in [
        #"looper_loops{state="running"} 1"#, #"looper_loops{state="done"} 0"#,
        #"looper_runs_running{role="planner"} 1"#, #"looper_runs_total{role="planner",outcome="failed"} 0"#,
        #"looper_run_duration_seconds_count{role="planner"} 0"#, "looper_agents_limit 4",
        #"looper_queue_items{lane="manual",state="queued"} 0"#, #"looper_build_info{version="1.2.3"} 1"#,
      ] {
        #expect(lines.contains(line), "\(line)")
      }
      #expect(lines.contains { $0.hasPrefix("process_cpu_seconds_total ") })
      #if os(Linux)
        #expect(lines.contains { $0.hasPrefix("process_resident_memory_bytes ") })
        #expect(lines.contains { $0.hasPrefix("process_open_fds ") })
      #endif
    }
  }

  @Test("every name says what it measures, once")
  func names() {
    let around = DaemonMetrics.Around(
      version: "1", startedAt: Sample.now, process: .current, agentsMax: 4, eventPublished: 0)
    let families = DaemonMetrics.families(StoreCounts(), around)
    #expect(Set(families.map(\.name)).count == families.count)
    for family in families {
      #expect(family.name.hasPrefix("looper_") || family.name.hasPrefix("process_"))
      #expect(
        family.kind != .counter || family.name.hasSuffix("_total") || family.name == "looper_event_sequence")
    }
  }
}
