/// The effective configuration as people and programs see it: every key in order, secrets masked.
struct ConfigurationView: Sendable, Equatable {
  var entries: [Entry]

  /// One key with its value and where that came from.
  struct Entry: Sendable, Equatable {
    /// `server.port`, `projects[0].base`.
    var path: String
    var value: JSONValue
    var origin: ConfigurationOrigin

    /// What stands before the last dot: the header it belongs below.
    var section: String { path.lastIndex(of: ".").map { String(path[..<$0]) } ?? "" }
    var name: String { path.lastIndex(of: ".").map { String(path[path.index(after: $0)...]) } ?? path }
  }

  init(_ configuration: Configuration, origins: [String: ConfigurationOrigin] = [:]) {
    entries = Self.entries(of: configuration, keys: ConfigurationSchema.keys, prefix: "", origins: origins)
    for (index, project) in configuration.projects.enumerated() {
      let prefix = "\(ConfigurationSchema.projectsKey)[\(index)]."
      entries += Self.entries(
        of: project, keys: ConfigurationSchema.project, prefix: prefix, origins: origins)
    }
    for (index, rule) in configuration.auto.enumerated() {
      let prefix = "\(ConfigurationSchema.autoKey)[\(index)]."
      entries += Self.entries(of: rule, keys: ConfigurationSchema.auto, prefix: prefix, origins: origins)
    }
  }

  /// The same with every text masked that looks like a secret: people do put tokens into commands.
  ///
  /// In a list, what follows an option is looked at together with it: `--token`, `…`.
  var masked: Self {
    var view = self
    for index in view.entries.indices { view.entries[index].value = Self.masked(view.entries[index].value) }
    return view
  }

  /// The same for arguments that are kept somewhere else.
  static func masked(_ arguments: [String]) -> [String] {
    masked(.array(arguments.map { .string($0) })).arrayValue?.compactMap(\.stringValue) ?? []
  }

  static func masked(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): .string(isSecret(text) ? SecretMask.text : text)
    case .array(let elements):
      .array(
        elements.indices.map { index in
          let option = index > 0 ? elements[index - 1].stringValue ?? "" : ""
          guard option.hasPrefix("-"), !option.contains("="), let text = elements[index].stringValue,
            !text.hasPrefix("-"),
            SecretLine.isSecretName(option) || isSecret("\(option.drop { $0 == "-" })=\(text)")
          else { return masked(elements[index]) }
          return .string(SecretMask.text)
        })
    case .object(let members): .object(members.mapValues(masked))
    case .null, .bool, .integer, .double: value
    }
  }

  /// The same without the operator's own secrets, whatever they look like.
  func masked(by mask: SecretMask) -> Self {
    var view = self
    for index in view.entries.indices {
      view.entries[index].value = Self.masked(view.entries[index].value, by: mask)
    }
    return view
  }

  private static func masked(_ value: JSONValue, by mask: SecretMask) -> JSONValue {
    switch value {
    case .string(let text): .string(mask.masked(text))
    case .array(let elements): .array(elements.map { masked($0, by: mask) })
    case .object(let members): .object(members.mapValues { masked($0, by: mask) })
    case .null, .bool, .integer, .double: value
    }
  }

  private static func isSecret(_ text: String) -> Bool { SecretScanner().firstHit(in: text) != nil }

  private static func entries<Root>(
    of root: Root, keys: [ConfigurationKey<Root>], prefix: String, origins: [String: ConfigurationOrigin]
  ) -> [Entry] {
    keys.compactMap { key in
      key.value(root).map {
        Entry(path: prefix + key.path, value: $0, origin: origins[prefix + key.path] ?? .defaults)
      }
    }
  }
}

extension ConfigurationView {
  /// A document that loads to the same configuration; with origins, each line ends in a comment that says where from.
  func toml(withOrigins: Bool = false) -> String {
    var lines: [String] = []
    var section: String?
    var project: Substring?
    for entry in entries {
      if entry.section != section {
        section = entry.section
        if !lines.isEmpty { lines.append("") }
        // The header of a list element is due once, before the first of its sections.
        let element = entry.path.firstIndex(of: "]").map { entry.path[...$0] }
        if let element, element != project {
          project = element
          lines.append("[[\(element.prefix { $0 != "[" })]]")
          if entry.section != String(element) { lines.append("") }
        }
        if element.map(String.init) != entry.section { lines.append("[\(Self.header(entry.section))]") }
      }
      let line = "\(entry.name) = \(TOMLText.literal(entry.value))"
      lines.append(withOrigins ? "\(line)  # \(entry.origin)" : line)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A section without the number of its list element, which TOML headers lack.
  private static func header(_ section: String) -> String {
    guard let open = section.firstIndex(of: "["), let close = section.firstIndex(of: "]") else {
      return section
    }
    return String(section[..<open] + section[section.index(after: close)...])
  }

  /// `{"configuration": {…nested…}, "origins": {"server.port": "default", …}}`.
  var json: JSONValue {
    var root = JSONValue.object([:])
    for entry in entries {
      let parts = entry.path.split(whereSeparator: { $0 == "." || $0 == "[" || $0 == "]" }).map(String.init)
      root = Self.setting(entry.value, at: parts[...], in: root)
    }
    let origins = entries.map { ($0.path, JSONValue.string($0.origin.description)) }
    return ["configuration": root, "origins": .object(Dictionary(origins, uniquingKeysWith: { $1 }))]
  }

  /// No key of ours is a number, so a number is an element of a list, met in order.
  private static func setting(_ value: JSONValue, at path: ArraySlice<String>, in node: JSONValue?)
    -> JSONValue
  {
    guard let part = path.first else { return value }
    if let index = Int(part) {
      var elements = node?.arrayValue ?? []
      if index < elements.count {
        elements[index] = setting(value, at: path.dropFirst(), in: elements[index])
      } else {
        elements.append(setting(value, at: path.dropFirst(), in: nil))
      }
      return .array(elements)
    }
    var members = node?.objectValue ?? [:]
    members[part] = setting(value, at: path.dropFirst(), in: members[part])
    return .object(members)
  }
}

extension LoadedConfiguration {
  /// For people and programs: masked.
  var view: ConfigurationView { ConfigurationView(configuration, origins: origins).masked }
}

extension Configuration {
  /// Sixteen hexadecimal digits that are equal for equal configurations, also in another process or build.
  ///
  /// FNV-1a of the canonical TOML. It tells configurations apart in run rows; it protects nothing.
  var fingerprint: String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in ConfigurationView(self).toml().utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
