import Foundation

/// One request, taken apart: what a route's handler reads.
struct APICall: Sendable {
  let operations: any Operations
  /// What the pattern's parameters stood for, percent-decoded.
  let parameters: [String: String]
  /// Decoded; only names the route knows.
  let query: [String: String]
  /// Whether events are streamed, and not a page of them shown.
  let wantsEventStream: Bool
  /// The header `Last-Event-ID`.
  let lastEventID: String?
  let body: Data

  func loopID() throws(LooperError) -> Loop.ID {
    let text = parameters["loop"] ?? ""
    guard let id = Loop.ID(handle: text) else {
      throw LooperError(.notFound, "\(text) is not the handle of a loop; see `looper loops`")
    }
    return id
  }

  func runID() throws(LooperError) -> Run.ID {
    let text = parameters["run"] ?? ""
    guard let id = Run.ID(handle: text) else {
      throw LooperError(.notFound, "\(text) is not the handle of a run; see `looper run list`")
    }
    return id
  }

  func queueItemID() throws(LooperError) -> QueueItem.ID {
    let text = parameters["item"] ?? ""
    guard let number = Int64(text), number > 0 else {
      throw LooperError(.notFound, "\(text) is not the number of a queue item; see `looper queue list`")
    }
    return QueueItem.ID(number)
  }

  func inspectTarget() throws(LooperError) -> InspectTarget {
    let text = parameters["handle"] ?? ""
    guard let target = InspectTarget(handle: text) else {
      throw LooperError(.notFound, "\(text) is not the handle of a loop or run; see `looper loops`")
    }
    return target
  }

  func projectName() throws(LooperError) -> ProjectName {
    let text = parameters["name"] ?? ""
    guard let name = ProjectName(typed: text) else {
      throw LooperError(.notFound, "\(text) is not the name of a repository; see `looper project list`")
    }
    return name
  }

  func page() throws(LooperError) -> PageRequest {
    let limit = try number("limit", in: 1...Int64(PageRequest.limitMax)) ?? Int64(PageRequest.limitDefault)
    return PageRequest(cursor: query["cursor"], limit: Int(limit))
  }

  func loopFilter() throws(LooperError) -> LoopFilter {
    LoopFilter(
      state: try choice("state", of: ["all"] + LoopState.codes),
      project: try value("project") { ProjectName(typed: $0) })
  }

  func runFilter() throws(LooperError) -> RunFilter {
    RunFilter(
      loop: try value("loop", Loop.ID.init(handle:)), state: try choice("state", of: RunState.codes))
  }

  func lane() throws(LooperError) -> Lane? {
    try choice("lane", of: Lane.allCases.map(\.rawValue)).flatMap(Lane.init(rawValue:))
  }

  func logRequest() throws(LooperError) -> LogRequest {
    LogRequest(
      offset: try number("offset", in: Int64.min...Int64.max) ?? 0,
      bytes: Int(try number("bytes", in: 1...Int64(LogRequest.bytesMax)) ?? Int64(LogRequest.bytesDefault)))
  }

  /// The JSON of the body; its type has members of simple types only.
  ///
  /// - Throws: `bad_request` for a member that the type has not: a mistyped one must not pass for one left out.
  func decodedBody<Value: Decodable>(_ type: Value.Type) throws(LooperError) -> Value {
    let value = try decoded(type)
    let given = (try? JSONDecoder().decode([String: JSONValue].self, from: body)) ?? [:]
    let known = WireSchemaReader.members(of: type)
    if let unknown = given.keys.filter({ !known.contains($0) }).min() {
      throw LooperError(
        .badRequest, "unknown member \(unknown); known here: \(known.joined(separator: ", "))")
    }
    return value
  }

  private func decoded<Value: Decodable>(_ type: Value.Type) throws(LooperError) -> Value {
    do {
      return try WireCoding.decoder.decode(type, from: body)
    } catch let DecodingError.keyNotFound(key, _) {
      throw LooperError(.validation, "\(WireCoding.snakeCase(key.stringValue)) is missing")
    } catch let DecodingError.typeMismatch(type, context) {
      throw LooperError(.validation, "\(Self.path(context)) must be \(Self.name(of: type))")
    } catch let DecodingError.valueNotFound(_, context) {
      throw LooperError(.validation, "\(Self.path(context)) must not be null")
    } catch {
      throw LooperError(.badRequest, "the body is not JSON")
    }
  }

  private static func path(_ context: DecodingError.Context) -> String {
    let path = context.codingPath.map { WireCoding.snakeCase($0.stringValue) }.joined(separator: ".")
    return path.isEmpty ? "the body" : path
  }

  /// What JSON calls a type, for people.
  private static func name(of type: Any.Type) -> String {
    switch type {
    case is String.Type: "a text"
    case is Bool.Type: "true or false"
    case is any FixedWidthInteger.Type: "a whole number"
    case is any BinaryFloatingPoint.Type: "a number"
    case is [Any].Type: "a list"
    default: "an object"
    }
  }

  /// A whole number of the query; nil when it is not there.
  func number(_ name: String, in range: ClosedRange<Int64>) throws(LooperError) -> Int64? {
    guard let text = query[name] else { return nil }
    guard let number = Int64(text), range.contains(number) else {
      throw LooperError(
        .validation,
        "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound), not \(text)")
    }
    return number
  }

  private func choice(_ name: String, of known: [String]) throws(LooperError) -> String? {
    guard let text = query[name] else { return nil }
    guard known.contains(text) else {
      throw LooperError(.validation, "\(name) must be one of \(known.joined(separator: ", ")), not \(text)")
    }
    return text
  }

  private func value<Value>(_ name: String, _ read: (String) -> Value?) throws(LooperError) -> Value? {
    guard let text = query[name] else { return nil }
    guard let value = read(text) else { throw LooperError(.validation, "\(name) cannot be \(text)") }
    return value
  }
}
