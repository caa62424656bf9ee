import Foundation

/// Where a page of a list begins, as opaque text: the list's name and the last item that was shown.
///
/// It names an item and not a number of items: what comes and goes meanwhile neither hides nor repeats another.
enum PageCursor {
  /// The lists that page; a cursor of one is refused by the others.
  enum List: String, CaseIterable { case failures, loops, projects, queue, runs, worktrees }

  static func encode(_ place: some Encodable, in list: List) -> String {
    // Numbers and texts always encode; an empty place would be refused when it comes back.
    let place = (try? encoder.encode(place)) ?? Data()
    return (Data("\(list.rawValue):".utf8) + place).base64EncodedString()
  }

  /// - Returns: nil for the first page.
  /// - Throws: `validation` for text that is no cursor of this list.
  static func decode<Place: Decodable>(
    _ text: String?, in list: List, as type: Place.Type
  ) throws(LooperError) -> Place? {
    guard let text else { return nil }
    let prefix = Data("\(list.rawValue):".utf8)
    guard let data = Data(base64Encoded: text), data.starts(with: prefix),
      let place = try? JSONDecoder().decode(type, from: data.dropFirst(prefix.count))
    else {
      throw LooperError(.validation, "\(text) is no cursor of this list; leave it out for the first page")
    }
    return place
  }

  /// The id that a list of rows newest first goes on below.
  static func before(_ request: PageRequest, in list: List) throws(LooperError) -> Int64 {
    try decode(request.cursor, in: list, as: Int64.self) ?? Int64.max
  }

  /// One page of a list that is read whole.
  ///
  /// - Parameter place: what the list is sorted by, and no two items have in common.
  static func page<Item, Place: Codable & Comparable>(
    _ items: [Item], _ request: PageRequest, in list: List, by place: (Item) -> Place
  ) throws(LooperError) -> Slice<Item> {
    var rest = items[...]
    if let last = try decode(request.cursor, in: list, as: Place.self) {
      rest = rest.drop { place($0) <= last }
    }
    return slice(Array(rest.prefix(size(request) + 1)), request, in: list, by: place)
  }

  /// One page, of which one item more than fits was read.
  static func slice<Item, Place: Encodable>(
    _ items: [Item], _ request: PageRequest, in list: List, by place: (Item) -> Place
  ) -> Slice<Item> {
    let shown = Array(items.prefix(size(request)))
    let next = items.count > shown.count ? shown.last.map { encode(place($0), in: list) } : nil
    return Slice(items: shown, nextCursor: next)
  }

  static func size(_ request: PageRequest) -> Int { min(max(request.limit, 1), PageRequest.limitMax) }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  /// The items of a page and how the next is asked for.
  struct Slice<Item> {
    var items: [Item]
    var nextCursor: String?
  }
}

/// Where an item stands in the order of ``Store/queue()``.
struct QueuePlace: Codable, Comparable, Sendable {
  /// What is being worked on comes first, then what was bumped.
  var group: Int
  var lane: Int
  var dueAt: Int64
  var id: Int64

  init(_ item: QueueItem) {
    group = item.state == .claimed ? 0 : 2
    if !item.isBumped { group += 1 }
    lane = Lane.allCases.firstIndex(of: item.lane) ?? Lane.allCases.count
    dueAt = item.dueAt.milliseconds
    id = item.id.rawValue
  }

  static func < (left: Self, right: Self) -> Bool {
    (left.group, left.lane, left.dueAt, left.id) < (right.group, right.lane, right.dueAt, right.id)
  }
}
