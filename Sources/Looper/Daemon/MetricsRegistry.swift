import Metrics
import Synchronization

/// Keeps what swift-metrics is told until somebody scrapes it.
///
/// Bounded, because labels come from closed enums: one cell for each combination that occurred.
final class MetricsRegistry: MetricsFactory {
  /// One line of a family.
  private struct Series: Hashable {
    var name: String
    var labels: [MetricFamily.Label]
  }

  private let cells = Mutex<[Series: MetricsCell]>([:])

  /// What was recorded, as families that ``MeasuredThing`` explains.
  var families: [MetricFamily] {
    let found = cells.withLock { $0 }
    return MeasuredThing.allCases.map { thing in
      let own = found.filter { $0.key.name == thing.rawValue }
        .sorted { $0.key.labels.map(\.value).lexicographicallyPrecedes($1.key.labels.map(\.value)) }
      let samples = own.flatMap { series, cell in
        let total = cell.total
        return [
          MetricFamily.Sample(suffix: "_sum", labels: series.labels, value: total.sum),
          MetricFamily.Sample(suffix: "_count", labels: series.labels, value: Double(total.count)),
        ]
      }
      return MetricFamily(name: thing.rawValue, kind: .summary, help: thing.help, samples: samples)
    }
  }

  private func cell(_ label: String, _ dimensions: [(String, String)]) -> MetricsCell {
    let labels = dimensions.map { MetricFamily.Label(name: $0.0, value: $0.1) }
    return cells.withLock { cells in
      let series = Series(name: label, labels: labels)
      if let known = cells[series] { return known }
      let cell = MetricsCell()
      cells[series] = cell
      return cell
    }
  }

  func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    cell(label, dimensions)
  }

  func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    cell(label, dimensions)
  }

  func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    cell(label, dimensions)
  }

  // A scrape tells everything since the start, so nothing is ever forgotten.
  func destroyCounter(_ handler: any CounterHandler) {}
  func destroyRecorder(_ handler: any RecorderHandler) {}
  func destroyTimer(_ handler: any TimerHandler) {}
}

/// How often something was recorded, and how much in all: seconds for a timer.
final class MetricsCell: CounterHandler, RecorderHandler, TimerHandler {
  private let state = Mutex<(count: Int64, sum: Double)>((0, 0))

  var total: (count: Int64, sum: Double) { state.withLock { $0 } }

  private func add(_ value: Double) { state.withLock { $0 = ($0.count + 1, $0.sum + value) } }

  func increment(by amount: Int64) { add(Double(amount)) }
  func reset() { state.withLock { $0 = (0, 0) } }
  func record(_ value: Int64) { add(Double(value)) }
  func record(_ value: Double) { add(value) }
  func recordNanoseconds(_ duration: Int64) { add(Double(duration) / 1e9) }
}

/// Measures how long each call to GitHub takes.
struct MeasuredTransport: GhTransport {
  let transport: any GhTransport
  let metrics: any MetricsFactory
  let time: any TimeSource

  func send(_ request: GhRequest) async throws(Failure) -> GhAnswer {
    let start = time.now
    var outcome = "none"
    defer {
      MeasuredThing.githubCall.record(
        time.now - start, [("kind", request.kind.rawValue), ("outcome", outcome)], in: metrics)
    }
    do {
      let answer = try await transport.send(request)
      outcome = answer.status.map { "\($0 / 100)xx" } ?? "none"
      return answer
    } catch {
      outcome = error.kind.code
      throw error
    }
  }
}
