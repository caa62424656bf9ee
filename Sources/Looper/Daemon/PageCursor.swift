import Foundation

/// Where a page of a list begins, as opaque text: the list's name and the place in it.
enum PageCursor {
  /// The lists that page; a cursor of one is refused by the others.
  enum List: String { case failures, loops, projects, queue, runs, worktrees }

  static func encode(_ place: Int64, in list: List) -> String {
    Data("\(list.rawValue):\(place)".utf8).base64EncodedString()
  }

  /// - Returns: nil for the first page.
  /// - Throws: `validation` for text that is no cursor of this list.
  static func decode(_ text: String?, in list: List) throws(LooperError) -> Int64? {
    guard let text else { return nil }
    let parts =
      Data(base64Encoded: text).map { String(decoding: $0, as: UTF8.self).split(separator: ":") } ?? []
    guard parts.count == 2, parts[0] == list.rawValue, let place = Int64(parts[1]), place > 0 else {
      throw LooperError(.validation, "\(text) is no cursor of this list; leave it out for the first page")
    }
    return place
  }

  /// One page of a list that is read whole; the cursor is how many items came before.
  static func page<Item>(_ items: [Item], _ request: PageRequest, in list: List) throws(LooperError) -> Slice<
    Item
  > {
    let start = Int(try decode(request.cursor, in: list) ?? 0)
    let end = min(items.count, start + size(request))
    guard start < end else { return Slice(items: [], nextCursor: nil) }
    return Slice(
      items: Array(items[start..<end]), nextCursor: end < items.count ? encode(Int64(end), in: list) : nil)
  }

  /// One page of a list of rows newest first, of which one more than the page was read.
  static func page<Item>(
    newestFirst items: [Item], _ request: PageRequest, in list: List, id: (Item) -> Int64
  ) -> Slice<Item> {
    let shown = Array(items.prefix(size(request)))
    let next = items.count > shown.count ? shown.last.map { encode(id($0), in: list) } : nil
    return Slice(items: shown, nextCursor: next)
  }

  static func size(_ request: PageRequest) -> Int { min(max(request.limit, 1), PageRequest.limitMax) }

  /// The items of a page and how the next is asked for.
  struct Slice<Item> {
    var items: [Item]
    var nextCursor: String?
  }
}
