/// A metric with all its samples, in the words of Prometheus.
struct MetricFamily: Equatable, Sendable {
  /// How a number may change, as `# TYPE` says it.
  enum Kind: String, Sendable { case counter, gauge, summary }

  /// One number.
  struct Sample: Equatable, Sendable {
    /// `_sum` or `_count` of a summary; else empty.
    var suffix = ""
    /// Values come from closed enums only: what is open would make series without end.
    var labels: [Label] = []
    var value: Double
  }

  /// One way in which a sample differs from its siblings.
  struct Label: Hashable, Sendable {
    var name: String
    var value: String
  }

  /// `looper_run_duration_seconds`.
  var name: String
  var kind: Kind
  var help: String
  var samples: [Sample]
}

extension MetricFamily {
  /// A metric that is one number.
  init(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
    self.init(name: name, kind: kind, help: help, samples: [Sample(value: value)])
  }

  /// A metric with labels, in the given order.
  init(_ name: String, _ kind: Kind, _ help: String, labels: [String], _ rows: [([String], Double)]) {
    self.init(
      name: name, kind: kind, help: help,
      samples: rows.map { values, value in
        Sample(labels: zip(labels, values).map { Label(name: $0, value: $1) }, value: value)
      })
  }
}

/// Metrics as Prometheus' text format, version 0.0.4.
enum MetricsText {
  static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

  /// Families without samples are left out.
  static func text(_ families: [MetricFamily]) -> String {
    families.filter { !$0.samples.isEmpty }.map(text).joined()
  }

  private static func text(_ family: MetricFamily) -> String {
    let help = family.help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    var lines = ["# HELP \(family.name) \(help)", "# TYPE \(family.name) \(family.kind.rawValue)"]
    for sample in family.samples {
      let labels = sample.labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",")
      lines.append(
        "\(family.name)\(sample.suffix)\(labels.isEmpty ? "" : "{\(labels)}") \(number(sample.value))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }

  /// Whole numbers without a fraction.
  private static func number(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value > 0 ? "+Inf" : "-Inf" }
    return Int64(exactly: value).map(String.init) ?? String(value)
  }
}
