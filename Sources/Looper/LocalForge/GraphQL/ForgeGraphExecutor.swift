/// Runs a validated operation against a session.
struct ForgeGraphExecutor {
  var session: ForgeSession
  let usage: ForgeUsage
  let table: ForgeGraphTypeTable
  let document: ForgeGraphDocument
  let coercion: ForgeGraphCoercion
  private(set) var errors: [ForgeGraphError] = []

  init(
    session: ForgeSession, usage: ForgeUsage, table: ForgeGraphTypeTable, document: ForgeGraphDocument,
    coercion: ForgeGraphCoercion
  ) {
    self.session = session
    self.usage = usage
    self.table = table
    self.document = document
    self.coercion = coercion
  }

  /// The `data` of the answer; ``errors`` has what went wrong on the way.
  mutating func run(_ operation: ForgeGraphOperation) async throws -> JSONValue {
    let root: ForgeGraphObject = operation.kind == .mutation ? .mutation : .query
    return try await select(operation.selections, from: root, path: []) ?? .null
  }

  /// The selected fields of an object; nil when a null climbed out of it.
  private mutating func select(
    _ selections: [ForgeGraphSelection], from object: ForgeGraphObject, path: [JSONValue]
  ) async throws -> JSONValue? {
    let type = typeName(of: object)
    var fields: [(key: String, fields: [ForgeGraphField])] = []
    collect(selections, type: type, into: &fields)
    let plain = plainFields(of: object)
    var members: [String: JSONValue] = [:]
    for (key, same) in fields {
      guard let field = same.first else { continue }
      if field.name == "__typename" {
        members[key] = .string(type)
        continue
      }
      guard let definition = table.fields(of: type)?[field.name] else { continue }
      let fieldPath = path + [.string(key)]
      let value = try await resolve(field, definition, of: object, plain: plain, path: fieldPath)
      let nested = same.flatMap(\.selections)
      guard let done = try await complete(value, as: definition.type, selections: nested, path: fieldPath)
      else {
        return nil
      }
      members[key] = done
    }
    return .object(members)
  }

  private func collect(
    _ selections: [ForgeGraphSelection], type: String,
    into fields: inout [(key: String, fields: [ForgeGraphField])]
  ) {
    for selection in selections {
      switch selection {
      case .field(let field):
        guard coercion.includes(field.directives) else { continue }
        if let index = fields.firstIndex(where: { $0.key == field.key }) {
          fields[index].fields.append(field)
        } else {
          fields.append((key: field.key, fields: [field]))
        }
      case .spread(let name, let directives, _):
        guard coercion.includes(directives), let fragment = document.fragments[name] else { continue }
        if table.possibleTypes(of: fragment.type).contains(type) {
          collect(fragment.selections, type: type, into: &fields)
        }
      case .inline(let condition, let directives, let nested, _):
        guard coercion.includes(directives) else { continue }
        if condition.map({ table.possibleTypes(of: $0).contains(type) }) ?? true {
          collect(nested, type: type, into: &fields)
        }
      }
    }
  }

  /// A refusal becomes an error at this field, and null in its place.
  private mutating func resolve(
    _ field: ForgeGraphField, _ definition: ForgeGraphTypeTable.Field, of object: ForgeGraphObject,
    plain: [String: ForgeGraphValue], path: [JSONValue]
  ) async throws -> ForgeGraphValue {
    let arguments = ForgeGraphArguments(values: coercion.arguments(field.arguments, of: definition))
    // A mutation that is refused halfway leaves nothing behind.
    let before = session
    do {
      if let value = plain[field.name] { return value }
      if let value = try await computedField(field.name, of: object, arguments) { return value }
      throw ForgeGraphError("Something went wrong: \(typeName(of: object)).\(field.name) has no value here")
    } catch let refusal as ForgeRefusal {
      session = before
      fail(ForgeGraphError(refusal), at: field, path: path)
    } catch let error as ForgeGraphError {
      session = before
      fail(error, at: field, path: path)
    }
    return .null
  }

  private mutating func fail(_ error: ForgeGraphError, at field: ForgeGraphField, path: [JSONValue]) {
    var error = error
    error.path = path
    error.locations = [field.location]
    errors.append(error)
  }

  /// Makes the selections on a value; nil when it is null where the type forbids it.
  private mutating func complete(
    _ value: ForgeGraphValue, as type: ForgeGraphType, selections: [ForgeGraphSelection], path: [JSONValue]
  ) async throws -> JSONValue? {
    if case .nonNull(let inner) = type {
      guard let done = try await complete(value, as: inner, selections: selections, path: path), !done.isNull
      else {
        return nil
      }
      return done
    }
    switch value {
    case .leaf(let json):
      return json
    case .object(let object):
      return try await select(selections, from: object, path: path) ?? .null
    case .list(let elements):
      guard case .list(let inner) = type else { return .null }
      var values: [JSONValue] = []
      for (index, element) in elements.enumerated() {
        let elementPath = path + [ForgeJSON.number(index)]
        guard let done = try await complete(element, as: inner, selections: selections, path: elementPath)
        else {
          return .null
        }
        values.append(done)
      }
      return .array(values)
    }
  }
}

extension ForgeGraphError {
  /// What a refusal of the REST side is called in GraphQL.
  init(_ refusal: ForgeRefusal) {
    let type =
      switch refusal.status {
      case 404: "NOT_FOUND"
      case 401, 403: "FORBIDDEN"
      default: "UNPROCESSABLE"
      }
    let details = refusal.errors.compactMap { $0.stringValue ?? $0["message"]?.stringValue }
    self.init(([refusal.message] + details).joined(separator: ": "), type: type)
  }
}

/// The coerced arguments of a field.
struct ForgeGraphArguments: Sendable {
  let values: [String: JSONValue]

  func text(_ name: String) -> String? { values[name]?.stringValue }
  func number(_ name: String) -> Int? { values[name]?.integerValue.map(Int.init) }
  func flag(_ name: String) -> Bool? { values[name]?.boolValue }
  func time(_ name: String) -> Timestamp? { text(name).flatMap(Timestamp.init(iso8601:)) }

  /// GraphQL takes a single value for a list of one.
  func texts(_ name: String) -> [String]? {
    values[name]?.arrayValue?.compactMap(\.stringValue) ?? text(name).map { [$0] }
  }

  /// The members of an input object.
  func nested(_ name: String) -> ForgeGraphArguments {
    ForgeGraphArguments(values: values[name]?.objectValue ?? [:])
  }
}
