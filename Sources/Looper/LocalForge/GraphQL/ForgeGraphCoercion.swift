/// Turns literals and variables into the values that fields get.
struct ForgeGraphCoercion: Sendable {
  let table: ForgeGraphTypeTable
  /// The values of all declared variables; a missing one was neither given nor has a default.
  let variables: [String: JSONValue]

  /// Whether a JSON value can be given for a scalar type.
  static func fits(_ value: JSONValue, scalar: String) -> Bool {
    switch scalar {
    case "Int": value.integerValue.map { Int32(exactly: $0) != nil } ?? false
    case "Float": value.doubleValue != nil
    case "Boolean": value.boolValue != nil
    case "ID": value.stringValue != nil || value.integerValue != nil
    case "DateTime": value.stringValue.map { Timestamp(iso8601: $0) != nil } ?? false
    case "GitObjectID": value.stringValue.map { CommitSHA($0) != nil } ?? false
    default: value.stringValue != nil
    }
  }

  /// Checks the given variables and fills in defaults.
  init(
    operation: ForgeGraphOperation, given: [String: JSONValue], table: ForgeGraphTypeTable
  ) throws(ForgeGraphError) {
    self.table = table
    let literals = Self(table: table, variables: [:])
    var variables: [String: JSONValue] = [:]
    for variable in operation.variables {
      if let value = given[variable.name], !(value.isNull && variable.fallback != nil) {
        variables[variable.name] = try literals.checked(value, as: variable.type, of: variable)
      } else if let fallback = variable.fallback {
        variables[variable.name] = literals.value(of: fallback)
      } else if variable.type.isNonNull {
        throw ForgeGraphError(
          "Variable $\(variable.name) of type \(variable.type) was provided invalid value",
          code: "variableMismatch",
          at: variable.location)
      }
    }
    self.variables = variables
  }

  private init(table: ForgeGraphTypeTable, variables: [String: JSONValue]) {
    self.table = table
    self.variables = variables
  }

  /// The arguments of a field, with defaults; a variable without a value leaves its argument out.
  func arguments(
    _ literals: [String: ForgeGraphLiteral], of field: ForgeGraphTypeTable.Field
  ) -> [String: JSONValue] {
    var values: [String: JSONValue] = [:]
    for (name, input) in field.arguments {
      if let value = literals[name].flatMap(value) ?? input.fallback.flatMap(value) { values[name] = value }
    }
    return values
  }

  /// Whether `@include` and `@skip` let a selection through.
  func includes(_ directives: [ForgeGraphDirective]) -> Bool {
    directives.allSatisfy { directive in
      let condition = directive.arguments["if"].flatMap(value)?.boolValue ?? true
      return directive.name == "skip" ? !condition : condition
    }
  }

  /// nil for a variable without a value.
  private func value(of literal: ForgeGraphLiteral) -> JSONValue? {
    switch literal {
    case .variable(let name): variables[name]
    case .value(let value): value
    case .enumeration(let word): .string(word)
    case .list(let elements): .array(elements.map { value(of: $0) ?? .null })
    case .object(let members): .object(members.compactMapValues(value))
    }
  }

  private func checked(
    _ value: JSONValue, as type: ForgeGraphType, of variable: ForgeGraphVariable
  ) throws(ForgeGraphError) -> JSONValue {
    let mismatch = ForgeGraphError(
      "Variable $\(variable.name) of type \(variable.type) was provided invalid value",
      code: "variableMismatch")
    switch type {
    case .nonNull(let inner):
      guard !value.isNull else { throw mismatch }
      return try checked(value, as: inner, of: variable)
    case .list(let inner):
      if value.isNull { return value }
      guard let elements = value.arrayValue else {
        return .array([try checked(value, as: inner, of: variable)])
      }
      var values: [JSONValue] = []
      for element in elements { values.append(try checked(element, as: inner, of: variable)) }
      return .array(values)
    case .named(let base):
      if value.isNull { return value }
      switch table.definitions[base] {
      case .enumeration(let words)?:
        guard let word = value.stringValue, words.contains(word) else { throw mismatch }
        return value
      case .input(let inputs)?:
        return try checkedMembers(value, inputs, mismatch: mismatch, of: variable)
      case .object?, .interface?, .union?, nil:
        guard Self.fits(value, scalar: base) else { throw mismatch }
        return value
      }
    }
  }

  private func checkedMembers(
    _ value: JSONValue, _ inputs: [String: ForgeGraphTypeTable.Input], mismatch: ForgeGraphError,
    of variable: ForgeGraphVariable
  ) throws(ForgeGraphError) -> JSONValue {
    guard let members = value.objectValue, members.keys.allSatisfy({ inputs[$0] != nil }) else {
      throw mismatch
    }
    var values: [String: JSONValue] = [:]
    for (key, input) in inputs {
      if let member = members[key] {
        values[key] = try checked(member, as: input.type, of: variable)
      } else if let fallback = input.fallback.flatMap(self.value) {
        values[key] = fallback
      } else if input.isRequired {
        throw mismatch
      }
    }
    return .object(values)
  }
}
