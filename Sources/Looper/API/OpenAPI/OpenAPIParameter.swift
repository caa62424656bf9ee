/// What a name in a path or query stands for; the same in every route.
struct OpenAPIParameter: Sendable {
  let note: String
  let schema: JSONValue

  init(_ note: String, _ schema: JSONValue = ["type": "string"]) {
    self.note = note
    self.schema = schema
  }

  static let inQuery: [String: OpenAPIParameter] = [
    "after": .init("Events with a higher sequence number.", integer(0...Int64.max)),
    "bytes": .init("How much of the log.", integer(1...Int64(LogRequest.bytesMax))),
    "by": .init("What to add up by.", words(UsageGrouping.allCases.map(\.rawValue))),
    "cursor": .init("What the page before said as next_cursor."),
    "days": .init("Only of the last so many times 24 hours.", integer(1...Int64(UsageRequest.daysMax))),
    "follow": .init("false or 0 asks for a page, true or 1 for a stream.", ["type": "boolean"]),
    "lane": .init("One lane only.", words(Lane.allCases.map(\.rawValue))),
    "limit": .init("How many items at most.", integer(1...Int64(PageRequest.limitMax))),
    "loop": .init("The handle of a loop, L12.", handle("L")),
    "offset": .init(
      "Where to begin in the log; negative counts from its end.", ["type": "integer", "format": "int64"]),
    "project": .init("A repository, owner/name."),
    "state": .init("One state only; for loops also `all`."),
  ]

  /// Events are small, so a page of them holds more.
  static let eventsLimit = OpenAPIParameter(
    "How many events at most.", integer(1...Int64(EventPageView.limitMax)))

  static func inQuery(_ name: String, of route: APIRoute) -> OpenAPIParameter? {
    name == "limit" && !route.isList ? eventsLimit : inQuery[name]
  }

  static let inPath: [String: OpenAPIParameter] = [
    "handle": .init("The handle of a loop or a run, L12 or R34.", handle("LR")),
    "item": .init("The number of a queue item.", integer(1...Int64.max)),
    "loop": .init("The handle of a loop, L12.", handle("L")),
    "name": .init("A repository, owner/name; the slash may be written as it is."),
    "run": .init("The handle of a run, R34.", handle("R")),
  ]

  private static func integer(_ range: ClosedRange<Int64>) -> JSONValue {
    var schema: [String: JSONValue] = [
      "type": "integer", "format": "int64", "minimum": .integer(range.lowerBound),
    ]
    if range.upperBound < Int64.max { schema["maximum"] = .integer(range.upperBound) }
    return .object(schema)
  }

  private static func words(_ words: [String]) -> JSONValue {
    ["type": "string", "enum": .array(words.map { .string($0) })]
  }

  private static func handle(_ letters: String) -> JSONValue {
    ["type": "string", "pattern": .string("^[\(letters)][1-9][0-9]{0,17}$")]
  }
}
