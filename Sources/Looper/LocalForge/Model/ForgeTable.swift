/// Rows ordered by their id, found by it in logarithmic time: one "table" of the local GitHub.
struct ForgeTable<Row: Identifiable & Sendable>: Sendable where Row.ID == Int {
  /// Ascending by id, which is also the order of creation.
  private(set) var rows: [Row] = []

  /// The row with that id. Setting replaces or inserts; setting nil removes.
  subscript(id: Int) -> Row? {
    get {
      let index = lowerBound(id)
      guard index < rows.count, rows[index].id == id else { return nil }
      return rows[index]
    }
    set {
      let index = lowerBound(id)
      let isPresent = index < rows.count && rows[index].id == id
      switch (newValue, isPresent) {
      case (let row?, true): rows[index] = row
      case (let row?, false): rows.insert(row, at: index)
      case (nil, true): rows.remove(at: index)
      case (nil, false): break
      }
    }
  }

  /// Inserts or replaces a row under its own id.
  mutating func put(_ row: Row) { self[row.id] = row }

  private func lowerBound(_ id: Int) -> Int {
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
