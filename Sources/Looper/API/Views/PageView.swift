/// One page of a list, oldest decision first or as the list says.
struct PageView<Item: Codable & Equatable & Sendable>: Codable, Equatable, Sendable {
  var items: [Item]
  /// Asks for the page after this one; nil on the last page. Opaque to clients.
  var nextCursor: String?
}

/// Which page of a list is wanted.
struct PageRequest: Equatable, Sendable {
  static let limitDefault = 50
  static let limitMax = 200

  /// What an earlier page's ``PageView/nextCursor`` said; nil is the first page.
  var cursor: String?
  /// 1 to ``limitMax``.
  var limit = Self.limitDefault
}
