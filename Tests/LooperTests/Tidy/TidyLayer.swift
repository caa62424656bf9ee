/// What one folder of `Sources/Looper` may use: the layer table.
struct TidyLayer: Sendable {
  /// Below `Sources/Looper`; a deeper folder's row goes before its parent's, and "" is the entry point itself.
  let folder: String
  /// Beyond the standard library and Foundation.
  let imports: Set<String>
  /// Whether it is computation only: no concurrency, no clock, no files, no processes, no randomness.
  let isPure: Bool

  init(_ folder: String, imports: Set<String> = [], isPure: Bool = false) {
    self.folder = folder
    self.imports = imports
    self.isPure = isPure
  }

  static let table: [TidyLayer] = [
    TidyLayer("", imports: ["CLooper", "Darwin", "Glibc"]),
    TidyLayer(
      "API",
      imports: [
        "HTTPTypes", "Hummingbird", "HummingbirdCore", "Logging", "NIOCore", "NIOHTTPTypes",
        "ServiceLifecycle",
      ]),
    TidyLayer("Agents"),
    TidyLayer("CLI", imports: ["ArgumentParser", "CLooper", "Darwin", "Glibc"]),
    TidyLayer("Client", imports: ["AsyncHTTPClient", "Logging", "NIOCore", "NIOHTTP1"]),
    TidyLayer("Config", imports: ["TOMLKit", "Yams"]),
    TidyLayer(
      "Daemon",
      imports: [
        "CLooper", "Darwin", "GRDB", "Glibc", "Hummingbird", "Logging", "Metrics", "ServiceLifecycle",
        "UnixSignals",
      ]),
    TidyLayer("Demo", imports: ["Darwin", "Glibc", "Logging", "ServiceLifecycle", "UnixSignals"]),
    TidyLayer("Doctor", imports: ["Darwin", "Glibc"]),
    TidyLayer("Domain", isPure: true),
    TidyLayer("Engine", imports: ["AsyncAlgorithms", "Logging", "Metrics", "ServiceLifecycle"]),
    TidyLayer("Git", imports: ["Darwin", "Glibc"]),
    TidyLayer("GitHub"),
    TidyLayer(
      "LocalForge/Server", imports: ["HTTPTypes", "Hummingbird", "Logging", "NIOCore", "ServiceLifecycle"]),
    TidyLayer("LocalForge"),
    TidyLayer("Process", imports: ["CLooper", "Darwin", "Glibc", "SystemPackage"]),
    TidyLayer("Roles", isPure: true),
    TidyLayer("Sandbox"),
    TidyLayer("Service", imports: ["CLooper", "Darwin", "Glibc"]),
    TidyLayer("Simulation", imports: ["GRDB", "Logging"]),
    TidyLayer("Storage", imports: ["GRDB"]),
    TidyLayer("Upgrade"),
  ]

  /// Modules every folder may import. With NIO in the build the overlay of `stat` counts as CDispatch's.
  static let common: Set<String> = ["CDispatch", "Foundation", "Swift", "Synchronization"]

  /// The row for a file; nothing for one outside `Sources/Looper` or in a folder that has none.
  static func row(for path: String) -> TidyLayer? {
    let prefix = "Sources/Looper/"
    guard path.hasPrefix(prefix) else { return nil }
    let rest = path.dropFirst(prefix.count)
    guard rest.contains("/") else { return table.first { $0.folder.isEmpty } }
    return table.first { !$0.folder.isEmpty && rest.hasPrefix($0.folder + "/") }
  }
}
