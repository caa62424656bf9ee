import Foundation

/// Measured times in seconds.
struct Series {
  private let sorted: [Double]

  init(_ values: [Double]) { sorted = values.sorted() }

  var median: Double { sorted[sorted.count / 2] }
  var p95: Double { sorted[min(sorted.count - 1, sorted.count * 95 / 100)] }
  var p99: Double { sorted[min(sorted.count - 1, sorted.count * 99 / 100)] }
  var maximum: Double { sorted[sorted.count - 1] }
}

/// What was measured, and what it may be at most.
struct Report {
  /// One figure.
  struct Row: Codable {
    var what: String
    var value: Double
    var unit: String
    var bound: Double?
  }

  private(set) var rows: [Row] = []

  var isWithinBounds: Bool { rows.allSatisfy { row in row.bound.map { row.value <= $0 } ?? true } }

  mutating func add(_ what: String, milliseconds seconds: Double, bound: Double?) {
    rows.append(Row(what: what, value: seconds * 1000, unit: "ms", bound: bound))
  }

  mutating func add(_ what: String, mebibytes: Double, bound: Double?) {
    rows.append(Row(what: what, value: mebibytes, unit: "MiB", bound: bound))
  }

  mutating func add(_ what: String, percent: Double, bound: Double?) {
    rows.append(Row(what: what, value: percent, unit: "%", bound: bound))
  }

  mutating func add(_ what: String, number: Double, bound: Double?) {
    rows.append(Row(what: what, value: number, unit: "", bound: bound))
  }

  func table() -> String {
    let width = rows.map(\.what.count).max() ?? 0
    return rows.map { row in
      let what = row.what.padding(toLength: width, withPad: " ", startingAt: 0)
      let unit = row.unit.padding(toLength: 3, withPad: " ", startingAt: 0)
      let value = String(format: "%9.2f ", row.value) + unit
      guard let bound = row.bound else { return "\(what)  \(value)" }
      return
        "\(what)  \(value)  at most \(String(format: "%g", bound))  \(row.value <= bound ? "ok" : "MISSED")"
    }.joined(separator: "\n")
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return String(decoding: try encoder.encode(rows), as: UTF8.self)
  }
}
