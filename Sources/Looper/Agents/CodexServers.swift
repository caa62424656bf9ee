/// MCP servers as codex takes them: each as a table in an argument `-c mcp_servers.<name>={…}`.
///
/// Arguments can be read by every process of the machine, so what a server is handed goes through the environment:
/// codex passes on the variables that are named in `env_vars`, and fills headers from those in `env_http_headers`. Its
/// documentation of 2026; not observed.
struct CodexServers: Hashable, Sendable {
  private(set) var arguments: [String] = []
  private(set) var environment: [String: String] = [:]

  /// - Parameters:
  ///   - document: `{"mcpServers": {…}}`; nil for none.
  ///   - reserved: the variables codex itself has, which no server may bend.
  init(_ document: JSONValue?, reserved: ChildEnvironment.Allowance) {
    let own = ChildEnvironment.Allowance.agent.union(reserved)
    for (name, server) in (document?["mcpServers"]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
      let table = server["url"] == nil ? process(server, own) : remote(server)
      arguments += ["-c", "mcp_servers.\(Self.key(name))=\(TOMLText.literal(.object(table)))"]
    }
  }

  private mutating func process(
    _ server: JSONValue, _ own: ChildEnvironment.Allowance
  ) -> [String: JSONValue] {
    var table: [String: JSONValue] = ["command": server["command"] ?? ""]
    if let arguments = server["args"] { table["args"] = arguments }
    var passed: [JSONValue] = []
    var inline: [String: JSONValue] = [:]
    for (name, value) in Self.texts(server["env"]) {
      // A name that means something to codex, or that another server has with another value, cannot be passed on.
      if own.allows(name) || name.hasPrefix("LOOPER_") || environment[name].map({ $0 != value }) ?? false {
        inline[name] = .string(value)
      } else {
        environment[name] = value
        passed.append(.string(name))
      }
    }
    if !passed.isEmpty { table["env_vars"] = .array(passed) }
    if !inline.isEmpty { table["env"] = .object(inline) }
    return table
  }

  private mutating func remote(_ server: JSONValue) -> [String: JSONValue] {
    var table: [String: JSONValue] = ["url": server["url"] ?? ""]
    var headers: [String: JSONValue] = [:]
    for (name, value) in Self.texts(server["headers"]) {
      let variable = "MCP_HEADER_\(environment.count + 1)"
      environment[variable] = value
      headers[name] = .string(variable)
    }
    if !headers.isEmpty { table["env_http_headers"] = .object(headers) }
    return table
  }

  private static func texts(_ value: JSONValue?) -> [(String, String)] {
    (value?.objectValue ?? [:]).sorted { $0.key < $1.key }.compactMap { name, value in
      value.stringValue.map { (name, $0) }
    }
  }

  /// Codex takes no other characters in the name of a server.
  private static func key(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") ? $0 : "_" })
  }
}
