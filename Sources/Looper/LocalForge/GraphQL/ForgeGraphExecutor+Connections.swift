import Foundation

/// Cursors and pages.
extension ForgeGraphExecutor {
  /// GitHub's bound on one page.
  static let pageMax = 100

  /// One element of a connection; the key is what its cursor remembers.
  struct Entry: Sendable {
    let key: String
    let value: ForgeGraphValue

    init(_ key: some CustomStringConvertible, _ value: ForgeGraphValue) {
      self.key = key.description
      self.value = value
    }
  }

  /// A page of entries, as `nodes`, `edges`, `pageInfo` and `totalCount`.
  ///
  /// - Throws: as GitHub does, when neither `first` nor `last` is given, or more than 100 are wanted.
  func connection(
    _ name: String, of entries: [Entry], _ arguments: ForgeGraphArguments, in field: String,
    extra: [String: ForgeGraphValue] = [:]
  ) throws -> ForgeGraphValue {
    let range = try page(of: entries, arguments, field: field)
    let shown = entries[range]
    let pageInfo: [String: ForgeGraphValue] = [
      "hasNextPage": .flag(range.upperBound < entries.count), "hasPreviousPage": .flag(range.lowerBound > 0),
      "startCursor": .text(shown.first.map { Self.cursor($0.key, range.lowerBound) }),
      "endCursor": .text(shown.last.map { Self.cursor($0.key, range.upperBound - 1) }),
    ]
    let edges = zip(range, shown).map { index, entry in
      ForgeGraphValue.record(
        "\(name)Edge", ["cursor": .text(Self.cursor(entry.key, index)), "node": entry.value])
    }
    let fields: [String: ForgeGraphValue] = [
      "nodes": .list(shown.map(\.value)), "edges": .list(edges), "pageInfo": .record("PageInfo", pageInfo),
      "totalCount": .number(entries.count),
    ]
    return .record("\(name)Connection", fields.merging(extra) { $1 })
  }

  private func page(of entries: [Entry], _ arguments: ForgeGraphArguments, field: String) throws -> Range<Int>
  {
    let first = arguments.number("first")
    let last = arguments.number("last")
    guard first != nil || last != nil else {
      throw ForgeGraphError(
        "You must provide a `first` or `last` value to properly paginate the `\(field)` connection.",
        type: "MISSING_PAGINATION_BOUNDARIES")
    }
    for count in [first, last].compactMap({ $0 }) where count > Self.pageMax || count < 0 {
      throw ForgeGraphError(
        "Requesting \(count) records on the `\(field)` connection exceeds the `first` limit of 100 records.",
        type: "EXCESSIVE_PAGINATION")
    }
    var start = 0
    var end = entries.count
    if let after = arguments.text("after") { start = min(try position(of: after, in: entries) + 1, end) }
    if let before = arguments.text("before") { end = max(try position(of: before, in: entries), start) }
    if let first { end = min(end, start + first) }
    if let last { start = max(start, end - last) }
    return start..<end
  }

  private static func cursor(_ key: String, _ index: Int) -> String {
    Data("cursor:v2:\(index):\(key)".utf8).base64EncodedString()
  }

  /// Where the entry of a cursor is now; where it was, when it is gone.
  private func position(of cursor: String, in entries: [Entry]) throws -> Int {
    let text = Data(base64Encoded: cursor).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let parts = text.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4, parts[0] == "cursor", let index = Int(parts[2]) else {
      throw ForgeGraphError(
        "`\(cursor)` does not appear to be a valid cursor.", type: "INVALID_CURSOR_ARGUMENTS")
    }
    return entries.firstIndex { $0.key == parts[3] } ?? max(index - 1, 0)
  }

  /// Orders as `orderBy` says; by creation, oldest first, without it.
  func ordered<Row>(
    _ rows: [Row], _ arguments: ForgeGraphArguments, by keys: [String: (Row) -> Int64], fallback: [Row]? = nil
  ) -> [Row] {
    let order = arguments.nested("orderBy")
    guard let field = order.text("field"), let key = keys[field] else { return fallback ?? rows }
    // Stable: rows with the same key keep the order of creation.
    let ascending = rows.enumerated().sorted { left, right in
      (key(left.element), left.offset) < (key(right.element), right.offset)
    }.map(\.element)
    return order.text("direction") == "DESC" ? ascending.reversed() : ascending
  }
}
