/// Aligned columns for people; the last one gives way when the terminal is narrow.
struct TextTable {
  /// One cell.
  struct Cell: ExpressibleByStringInterpolation {
    var text: String
    var color: TextStyle.Color?

    init(_ text: String, _ color: TextStyle.Color? = nil) {
      self.text = text
      self.color = color
    }

    init(stringLiteral value: String) { self.init(value) }
  }

  /// Between columns.
  private static let gap = "  "
  /// The last column is never cut to less, whatever the terminal.
  private static let lastWidthMin = 8

  /// No names, no heading.
  var names: [String] = []
  var rows: [[Cell]]
  var indent = 0

  func text(_ style: TextStyle) -> String {
    let heading = names.map { Cell($0, .bold) }
    let cells = (names.isEmpty ? [] : [heading]) + rows
    let clean = cells.map { row in row.map { Cell(TerminalText.safe($0.text), $0.color) } }
    let widths = columnWidths(clean, style)
    return clean.map { line($0, widths, style) }.joined(separator: "\n")
  }

  private func line(_ row: [Cell], _ widths: [Int], _ style: TextStyle) -> String {
    var parts: [String] = []
    for (index, cell) in row.enumerated() {
      let isLast = index == row.count - 1
      let text = isLast ? TerminalText.truncated(cell.text, to: widths[index]) : cell.text
      let padding = isLast ? 0 : max(0, widths[index] - TerminalText.width(text))
      parts.append(style.paint(text, cell.color) + String(repeating: " ", count: padding))
    }
    let text = String(repeating: " ", count: indent) + parts.joined(separator: Self.gap)
    return String(text.reversed().drop { $0 == " " }.reversed())
  }

  private func columnWidths(_ rows: [[Cell]], _ style: TextStyle) -> [Int] {
    let count = rows.map(\.count).max() ?? 0
    guard count > 0 else { return [] }
    var widths = Array(repeating: 0, count: count)
    for row in rows {
      for (index, cell) in row.enumerated() {
        widths[index] = max(widths[index], TerminalText.width(cell.text))
      }
    }
    let others = widths.dropLast().reduce(0, +) + Self.gap.count * (count - 1) + indent
    widths[count - 1] = min(widths[count - 1], max(Self.lastWidthMin, style.width - others))
    return widths
  }
}
