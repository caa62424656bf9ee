/// Aligned columns for people; what does not fit the terminal gives way column by column, as each is told to.
///
/// First the columns that may leave the line do, then others are cut from the last to the first, then whole columns
/// go. Where nothing is left to give, the line is longer than the terminal.
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

  /// How a column gives way.
  enum Yield: Equatable, Sendable {
    /// Not at all.
    case never
    /// It is cut at its end, to no fewer columns than these.
    case end(Int)
    /// It is cut in its middle, to no fewer columns than these: `owner/…e#34`.
    case middle(Int)
    /// It goes on in the next line; for the last column.
    case wraps
    /// It moves to a line of its own below its row and is never cut: paths and addresses.
    case below
  }

  /// What a column is called and how it gives way.
  struct Column: ExpressibleByStringLiteral {
    var name: String
    var yield: Yield
    /// Whether it may go altogether; the lowest goes first.
    var drops: Int?

    init(_ name: String, _ yield: Yield = .never, drops: Int? = nil) {
      self.name = name
      self.yield = yield
      self.drops = drops
    }

    init(stringLiteral value: String) { self.init(value) }
  }

  /// Between columns.
  private static let gap = "  "
  /// What wraps keeps this much room, else it begins on a line of its own.
  private static let wrappedWidthMin = 24
  private static let belowIndent = 4

  /// Columns without names make a table without a heading.
  var columns: [Column]
  var rows: [[Cell]]
  var indent = 0

  init(columns: [Column], rows: [[Cell]], indent: Int = 0) {
    self.columns = columns
    self.rows = rows
    self.indent = indent
  }

  /// Without a heading; only the last column gives way.
  init(rows: [[Cell]], last: Yield = .end(8), indent: Int = 0) {
    let count = rows.map(\.count).max() ?? 0
    columns = (0..<count).map { Column("", $0 == count - 1 ? last : .never) }
    self.rows = rows
    self.indent = indent
  }

  func text(_ style: TextStyle) -> String {
    let heading = columns.map { Cell($0.name, .bold) }
    let cells = (heading.allSatisfy(\.text.isEmpty) ? [] : [heading]) + rows
    let clean = cells.map { row in row.map { Cell(TerminalText.safe($0.text), $0.color) } }
    let layout = layout(clean, style)
    return clean.enumerated().flatMap { index, row in
      lines(row, layout, style, isHeading: index == 0 && cells.count > rows.count)
    }.joined(separator: "\n")
  }

  /// Which columns are in the line, how wide, and which are below it.
  private struct Layout {
    var shown: [(column: Int, width: Int)]
    var below: [Int] = []
  }

  private func layout(_ rows: [[Cell]], _ style: TextStyle) -> Layout {
    let natural = columns.indices.map { column in
      rows.map { $0.indices.contains(column) ? TerminalText.width($0[column].text) : 0 }.max() ?? 0
    }
    var layout = Layout(shown: columns.indices.map { ($0, natural[$0]) })
    if excess(layout, style) > 0 {
      layout.below = columns.indices.filter { columns[$0].yield == .below }
      layout.shown.removeAll { layout.below.contains($0.column) }
    }
    while excess(layout, style) > 0 {
      for place in layout.shown.indices.reversed() {
        let (column, width) = layout.shown[place]
        let least = min(width, least(column))
        layout.shown[place].width = max(least, width - max(0, excess(layout, style)))
      }
      let droppable = layout.shown.filter { columns[$0.column].drops != nil }
      guard excess(layout, style) > 0,
        let dropped = droppable.min(by: { rank($0.column) < rank($1.column) })
      else { break }
      layout.shown.removeAll { $0.column == dropped.column }
      for place in layout.shown.indices { layout.shown[place].width = natural[layout.shown[place].column] }
    }
    return layout
  }

  private func rank(_ column: Int) -> Int { columns[column].drops ?? Int.max }

  private func least(_ column: Int) -> Int {
    switch columns[column].yield {
    case .never, .below: Int.max
    case .end(let least), .middle(let least): least
    case .wraps: Self.wrappedWidthMin
    }
  }

  private func excess(_ layout: Layout, _ style: TextStyle) -> Int {
    let gaps = Self.gap.count * max(0, layout.shown.count - 1)
    return layout.shown.map(\.width).reduce(indent + gaps, +) - style.width
  }

  private func lines(_ row: [Cell], _ layout: Layout, _ style: TextStyle, isHeading: Bool) -> [String] {
    var line = String(repeating: " ", count: indent)
    var used = indent
    var more: [String] = []
    for (place, (column, width)) in layout.shown.enumerated() where row.indices.contains(column) {
      if place > 0 {
        line += Self.gap
        used += Self.gap.count
      }
      let cell = row[column]
      var text = cell.text
      switch columns[column].yield {
      case .never, .below: break
      case .end: text = TerminalText.truncated(text, to: width)
      case .middle: text = TerminalText.truncatedInside(text, to: width)
      case .wraps:
        let parts = TerminalText.wrapped(text, to: width)
        guard parts.allSatisfy({ TerminalText.width($0) <= width }) else {
          more += below(cell, style)
          continue
        }
        text = parts.first ?? ""
        more += parts.dropFirst().map { String(repeating: " ", count: used) + style.paint($0, cell.color) }
      }
      let isLast = place == layout.shown.count - 1
      line += style.paint(text, cell.color)
      if !isLast { line += String(repeating: " ", count: max(0, width - TerminalText.width(text))) }
      used += width
    }
    if !isHeading {
      more += layout.below.filter(row.indices.contains).flatMap { below(row[$0], style) }
    }
    return [String(line.reversed().drop { $0 == " " }.reversed())] + more
  }

  /// A cell on lines of its own; words stay whole.
  private func below(_ cell: Cell, _ style: TextStyle) -> [String] {
    let margin = indent + Self.belowIndent
    return TerminalText.wrapped(cell.text, to: max(1, style.width - margin)).map {
      String(repeating: " ", count: margin) + style.paint($0, cell.color)
    }
  }
}
