/// MCP servers as codex takes them: each as a table in an argument `-c mcp_servers.<name>={…}`.
///
/// Arguments can be read by every process of the machine, so what a server is handed goes through the environment:
/// codex passes on the variables that are named in `env_vars`, and fills headers from those in `env_http_headers`. Its
/// documentation of 2026; not observed. A variable that another server has with another value, or that means something to
/// codex itself, travels under a name of ours, and a shell gives it its own name before it becomes the server.
struct CodexServers: Hashable, Sendable {
  private(set) var arguments: [String] = []
  private(set) var environment: [String: String] = [:]
  /// Variables of our own making.
  private var carried = 0

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
    var command = [server["command"] ?? ""] + (server["args"]?.arrayValue ?? [])
    var passed: [JSONValue] = []
    var inline: [String: JSONValue] = [:]
    var renamed: [String] = []
    for (name, value) in Self.texts(server["env"]) {
      if own.allows(name) || name.hasPrefix("LOOPER_") || name.hasPrefix("MCP_")
        || environment[name].map({ $0 != value }) ?? false
      {
        guard Self.isShellName(name) else {
          inline[name] = .string(value)
          continue
        }
        let carrier = carry(value, as: "MCP_VALUE")
        passed.append(.string(carrier))
        renamed.append("\(name)=\"$\(carrier)\"; export \(name); unset \(carrier)")
      } else {
        environment[name] = value
        passed.append(.string(name))
      }
    }
    if !renamed.isEmpty {
      let script = (renamed + [#"exec "$0" "$@""#]).joined(separator: "; ")
      command = ["/bin/sh", "-c", .string(script)] + command
    }
    var table: [String: JSONValue] = ["command": command[0]]
    if command.count > 1 { table["args"] = .array(Array(command.dropFirst())) }
    if !passed.isEmpty { table["env_vars"] = .array(passed) }
    if !inline.isEmpty { table["env"] = .object(inline) }
    return table
  }

  private mutating func remote(_ server: JSONValue) -> [String: JSONValue] {
    var table: [String: JSONValue] = ["url": server["url"] ?? ""]
    var headers: [String: JSONValue] = [:]
    for (name, value) in Self.texts(server["headers"]) {
      headers[name] = .string(carry(value, as: "MCP_HEADER"))
    }
    if !headers.isEmpty { table["env_http_headers"] = .object(headers) }
    return table
  }

  /// Puts a value under a name that nobody else has.
  private mutating func carry(_ value: String, as prefix: String) -> String {
    carried += 1
    let name = "\(prefix)_\(carried)"
    environment[name] = value
    return name
  }

  /// Whether a shell can have a variable of that name.
  private static func isShellName(_ name: String) -> Bool {
    name.first?.isNumber == false
      && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
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
