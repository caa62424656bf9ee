import Foundation

/// What of the operator's own must never be published or shown, read from where it lies each time it is asked for.
struct OperatorSecrets: Sendable {
  private static let fileBytesMax = 1 << 20

  let environment: [String: String]
  /// Of the API.
  let token: String
  let configuration: @Sendable () -> Configuration

  /// - Throws: `transient` when the list of secrets cannot be read: nothing is published unseen.
  func scanner() throws(Failure) -> SecretScanner {
    let configuration = configuration()
    return SecretScanner(
      own: unlisted(configuration) + (try Self.listed(in: configuration.trust.secretsFile)))
  }

  /// All that can be read, for what is only shown: a list that cannot be read is no reason to show the rest.
  func known() -> [String] {
    let configuration = configuration()
    return unlisted(configuration) + ((try? Self.listed(in: configuration.trust.secretsFile)) ?? [])
  }

  private func unlisted(_ configuration: Configuration) -> [String] {
    let handed = configuration.agent.settings.environment.filter { !Self.isManner($0) }.compactMap {
      environment[$0]
    }
    .filter { !Self.isAddress($0) }
    let servers = configuration.mcpFiles.flatMap(Self.secrets(inMCPFile:))
    return SecretScanner.ownSecrets(in: environment) + [token]
      + (handed + servers).filter { !SecretScanner.isPath($0) }
  }

  /// Whether a variable only says how programs speak and show.
  private static func isManner(_ name: String) -> Bool {
    name.hasPrefix("LC_") || ["LANG", "LANGUAGE", "TZ", "TERM", "COLORTERM"].contains(name)
  }

  /// Whether it is where something is found, such as a proxy, without a password to it.
  private static func isAddress(_ value: String) -> Bool {
    guard let parts = URLComponents(string: value), parts.scheme != nil, parts.host != nil else {
      return false
    }
    return parts.user == nil && parts.password == nil && parts.query == nil
  }

  /// One secret a line.
  static func listed(in path: String) throws(Failure) -> [String] {
    guard !path.isEmpty else { return [] }
    let expanded = (path as NSString).expandingTildeInPath
    if let problem = problem(ofFile: expanded) {
      throw Failure(.transient, "trust.secrets-file \(path) \(problem)")
    }
    guard let data = FileManager.default.contents(atPath: expanded) else {
      throw Failure(.transient, "trust.secrets-file \(path) cannot be read")
    }
    return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  /// Why a file cannot be used as a list of secrets; nil when it can.
  static func problem(ofFile path: String) -> String? {
    let target = URL(filePath: path).resolvingSymlinksInPath().path
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: target),
      attributes[.type] as? FileAttributeType == .typeRegular
    else { return "is no file" }
    let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
    guard mode & 0o077 == 0 else { return "can be read by others; run: chmod 600 \(path)" }
    let bytes = (attributes[.size] as? NSNumber)?.intValue ?? 0
    return bytes <= fileBytesMax ? nil : "is larger than \(fileBytesMax) bytes"
  }

  /// The values that a file of MCP servers hands them. One that cannot be read starts no agent either.
  private static func secrets(inMCPFile path: String) -> [String] {
    let expanded = (path as NSString).expandingTildeInPath
    guard let data = FileManager.default.contents(atPath: expanded),
      let document = try? JSONDecoder().decode(JSONValue.self, from: data)
    else { return [] }
    var found: [String] = []
    for server in (document["mcpServers"]?.objectValue ?? [:]).values {
      for key in ["env", "headers"] {
        for value in (server[key]?.objectValue ?? [:]).values.compactMap(\.stringValue)
        where !value.hasPrefix("${") {
          // `Bearer <secret>`: the secret alone is one too.
          found += [value, String(value.split(separator: " ").last ?? "")]
        }
      }
    }
    return found
  }
}

extension Configuration {
  /// Every file of MCP servers that some agent is given, as written.
  var mcpFiles: Set<String> {
    let overrides =
      Role.allCases.map { agent.roles[$0] }
      + projects.flatMap { project in [project.agent] + Role.allCases.map { project.roles[$0] } }
    return Set([agent.settings.mcpConfiguration] + overrides.compactMap(\.mcpConfiguration)).filter {
      !$0.isEmpty
    }
  }
}
