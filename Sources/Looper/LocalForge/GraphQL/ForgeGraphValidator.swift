/// Checks a query against the type table before anything runs, so that a wrong query is an error and never
/// an empty success.
struct ForgeGraphValidator {
  private let table: ForgeGraphTypeTable
  private let document: ForgeGraphDocument
  private let operation: ForgeGraphOperation
  private let variables: [String: ForgeGraphVariable]
  private var used: Set<String> = []
  private var usedFragments: Set<String> = []
  private var openFragments: [String] = []
  private(set) var errors: [ForgeGraphError] = []

  /// Every problem of the query; none when it can run.
  static func errors(
    in document: ForgeGraphDocument, operation: ForgeGraphOperation, table: ForgeGraphTypeTable
  ) -> [ForgeGraphError] {
    var validator = Self(table: table, document: document, operation: operation)
    validator.checkOperation()
    return validator.errors
  }

  private init(table: ForgeGraphTypeTable, document: ForgeGraphDocument, operation: ForgeGraphOperation) {
    self.table = table
    self.document = document
    self.operation = operation
    variables = Dictionary(operation.variables.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private mutating func checkOperation() {
    for variable in operation.variables where !isInput(variable.type.base) {
      fail(
        "\(variable.type.base) isn't a defined input type (on $\(variable.name))",
        "variableRequiresValidType", variable.location)
    }
    switch operation.kind {
    case .query: check(operation.selections, on: "Query")
    case .mutation: check(operation.selections, on: "Mutation")
    case .subscription:
      fail(
        "Schema is not configured for subscriptions", "missingSubscriptionConfiguration", operation.location)
    }
    let name = operation.name.map { " by \($0)" } ?? ""
    for variable in operation.variables where !used.contains(variable.name) {
      fail("Variable $\(variable.name) is declared\(name) but not used", "variableNotUsed", variable.location)
    }
    for fragment in document.fragments.values
    where document.operations.count == 1 && !usedFragments.contains(fragment.name) {
      fail("Fragment \(fragment.name) was defined, but not used", "useAndDefineFragment", fragment.location)
    }
  }

  private func isInput(_ type: String) -> Bool {
    switch table.definitions[type] {
    case .input?, .enumeration?: true
    case .object?, .interface?, .union?: false
    case nil: ForgeGraphTypeTable.scalars.contains(type)
    }
  }

  private mutating func fail(_ message: String, _ code: String, _ location: ForgeGraphLocation) {
    errors.append(ForgeGraphError(message, code: code, at: location))
  }

  private mutating func check(_ selections: [ForgeGraphSelection], on type: String) {
    for selection in selections {
      switch selection {
      case .field(let field):
        check(field, on: type)
      case .spread(let name, let directives, let location):
        check(directives)
        checkSpread(name, on: type, at: location)
      case .inline(let condition, let directives, let nested, let location):
        check(directives)
        if let condition { checkCondition(condition, on: type, at: location) }
        check(nested, on: condition ?? type)
      }
    }
  }

  private mutating func checkSpread(_ name: String, on type: String, at location: ForgeGraphLocation) {
    guard let fragment = document.fragments[name] else {
      return fail("Fragment \(name) was used, but not defined", "useAndDefineFragment", location)
    }
    guard !openFragments.contains(name) else {
      return fail("Fragment \(name) contains an infinite loop", "infiniteLoop", location)
    }
    usedFragments.insert(name)
    openFragments.append(name)
    checkCondition(fragment.type, on: type, at: fragment.location)
    check(fragment.selections, on: fragment.type)
    openFragments.removeLast()
  }

  private mutating func checkCondition(_ condition: String, on type: String, at location: ForgeGraphLocation)
  {
    guard table.isComposite(condition) else {
      return fail("No such type \(condition), so it can't be a fragment condition", "undefinedType", location)
    }
    guard table.isComposite(type),
      table.possibleTypes(of: condition).isDisjoint(with: table.possibleTypes(of: type))
    else { return }
    fail("Fragment on \(condition) can't be spread inside \(type)", "cannotSpreadFragment", location)
  }

  private mutating func check(_ field: ForgeGraphField, on type: String) {
    check(field.directives)
    if field.name == "__typename" { return }
    guard let fields = table.fields(of: type) else { return }
    guard let definition = fields[field.name] else {
      return fail("Field '\(field.name)' doesn't exist on type '\(type)'", "undefinedField", field.location)
    }
    checkArguments(of: field, definition, on: type)
    let base = definition.type.base
    let isComposite = table.isComposite(base)
    if isComposite, field.selections.isEmpty {
      let message =
        "Field must have selections (field '\(field.name)' returns \(base) but has no selections. "
        + "Did you mean '\(field.name) { ... }'?)"
      return fail(message, "selectionMismatch", field.location)
    }
    if !isComposite, !field.selections.isEmpty {
      let message =
        "Selections can't be made on scalars (field '\(field.name)' returns \(base) but has selections)"
      return fail(message, "selectionMismatch", field.location)
    }
    check(field.selections, on: base)
  }

  private mutating func checkArguments(
    of field: ForgeGraphField, _ definition: ForgeGraphTypeTable.Field, on type: String
  ) {
    for (name, literal) in field.arguments.sorted(by: { $0.key < $1.key }) {
      guard let argument = definition.arguments[name] else {
        fail("Field '\(field.name)' doesn't accept argument '\(name)'", "argumentNotAccepted", field.location)
        continue
      }
      check(literal, as: argument.type, hasFallback: argument.fallback != nil, name: name, at: field.location)
    }
    let missing = definition.arguments.filter { $0.value.isRequired && field.arguments[$0.key] == nil }.keys
      .sorted()
    if !missing.isEmpty {
      let message = "Field '\(field.name)' is missing required arguments: \(missing.joined(separator: ", "))"
      fail(message, "missingRequiredArguments", field.location)
    }
  }

  private mutating func check(_ directives: [ForgeGraphDirective]) {
    for directive in directives {
      guard directive.name == "include" || directive.name == "skip" else {
        fail("Directive @\(directive.name) is not defined", "undefinedDirective", directive.location)
        continue
      }
      guard let condition = directive.arguments["if"], directive.arguments.count == 1 else {
        fail(
          "Directive '\(directive.name)' is missing required arguments: if", "missingRequiredArguments",
          directive.location)
        continue
      }
      check(
        condition, as: .nonNull(.named("Boolean")), hasFallback: false, name: "if", at: directive.location)
    }
  }

  private mutating func check(
    _ literal: ForgeGraphLiteral, as type: ForgeGraphType, hasFallback: Bool, name: String,
    at location: ForgeGraphLocation
  ) {
    switch (literal, type) {
    case (.variable(let variable), _):
      checkVariable(variable, as: type, hasFallback: hasFallback, name: name, at: location)
    case (.value(.null), .nonNull):
      mismatch(name, type, location)
    case (_, .nonNull(let inner)):
      check(literal, as: inner, hasFallback: false, name: name, at: location)
    case (.value(.null), _):
      break
    case (.list(let elements), .list(let inner)):
      for element in elements { check(element, as: inner, hasFallback: false, name: name, at: location) }
    case (_, .list(let inner)):
      check(literal, as: inner, hasFallback: false, name: name, at: location)
    case (.enumeration(let word), .named(let base)):
      guard case .enumeration(let values)? = table.definitions[base], values.contains(word) else {
        return mismatch(name, type, location)
      }
    case (.object(let members), .named(let base)):
      guard case .input(let inputs)? = table.definitions[base] else { return mismatch(name, type, location) }
      checkMembers(members, inputs, of: base, name: name, at: location)
    case (.value(let value), .named(let base)):
      if !ForgeGraphCoercion.fits(value, scalar: base) { mismatch(name, type, location) }
    case (.list, .named):
      mismatch(name, type, location)
    }
  }

  private mutating func checkMembers(
    _ members: [String: ForgeGraphLiteral], _ inputs: [String: ForgeGraphTypeTable.Input], of base: String,
    name: String, at location: ForgeGraphLocation
  ) {
    for (key, value) in members.sorted(by: { $0.key < $1.key }) {
      guard let input = inputs[key] else {
        fail("InputObject '\(base)' doesn't accept argument '\(key)'", "argumentNotAccepted", location)
        continue
      }
      check(value, as: input.type, hasFallback: input.fallback != nil, name: key, at: location)
    }
    for (key, input) in inputs.sorted(by: { $0.key < $1.key }) where input.isRequired && members[key] == nil {
      let message = "Argument '\(key)' on InputObject '\(base)' is required. Expected type \(input.type)"
      fail(message, "missingRequiredInputObjectAttribute", location)
    }
  }

  private mutating func checkVariable(
    _ variable: String, as type: ForgeGraphType, hasFallback: Bool, name: String,
    at location: ForgeGraphLocation
  ) {
    guard let declared = variables[variable] else {
      let place = operation.name ?? "anonymous \(operation.kind.rawValue)"
      return fail(
        "Variable $\(variable) is used by \(place) but not declared", "variableNotDefined", location)
    }
    used.insert(variable)
    let isAlwaysGiven = declared.fallback != nil || hasFallback
    guard Self.isUsable(declared.type, as: type, isAlwaysGiven: isAlwaysGiven) else {
      let message = "Type mismatch on variable $\(variable) and argument \(name) (\(declared.type) / \(type))"
      return fail(message, "variableMismatch", location)
    }
  }

  private static func isUsable(_ declared: ForgeGraphType, as wanted: ForgeGraphType, isAlwaysGiven: Bool)
    -> Bool
  {
    switch (declared, wanted) {
    case (.nonNull(let left), .nonNull(let right)): isUsable(left, as: right, isAlwaysGiven: false)
    case (_, .nonNull(let right)): isAlwaysGiven && isUsable(declared, as: right, isAlwaysGiven: false)
    case (.nonNull(let left), _): isUsable(left, as: wanted, isAlwaysGiven: false)
    case (.list(let left), .list(let right)): isUsable(left, as: right, isAlwaysGiven: false)
    case (.named, .list(let right)): isUsable(declared, as: right, isAlwaysGiven: false)
    case (.named(let left), .named(let right)): left == right
    case (.list, .named): false
    }
  }

  private mutating func mismatch(_ name: String, _ type: ForgeGraphType, _ location: ForgeGraphLocation) {
    fail(
      "Argument '\(name)' has an invalid value. Expected type '\(type)'.", "argumentLiteralsIncompatible",
      location)
  }
}
