import ArgumentParser
import Foundation

/// The options of every command.
struct GlobalOptions: ParsableArguments {
  /// When text is coloured.
  enum Color: String, ExpressibleByArgument, CaseIterable, Sendable { case auto, always, never }

  @Flag(help: "Print the data as JSON.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "The daemon's socket, instead of the configured one.", valueName: "path", visibility: .hidden))
  var socket: String?

  @Option(
    help: ArgumentHelp("The configuration file, or a directory that holds it.", valueName: "path"),
    completion: .file())
  var config: String?

  @Option(
    name: .customLong("set"), help: ArgumentHelp("Override one configuration key.", valueName: "key=value"))
  var overrides: [String] = []

  @Option(help: ArgumentHelp("Colour the text: auto, always or never.", valueName: "when"))
  var color = Color.auto
}

extension GlobalOptions {
  /// Where this invocation's configuration comes from.
  var sources: ConfigurationSources {
    let around = CommandEnvironment.current
    var variables = around.variables
    if let config { variables[ConfigurationSources.fileVariable] = config }
    return ConfigurationSources(
      environment: variables, homeDirectory: around.homeDirectory, currentDirectory: around.currentDirectory,
      overrides: overrides, hasConfigOption: config != nil)
  }

  func loadConfiguration() throws(LooperError) -> LoadedConfiguration { try loadConfiguration(sources) }

  func loadConfiguration(_ sources: ConfigurationSources) throws(LooperError) -> LoadedConfiguration {
    do {
      return try ConfigurationLoader.load(sources)
    } catch {
      throw error.looperError
    }
  }

  /// The configuration for whoever only looks for the daemon.
  ///
  /// A daemon keeps its last good configuration when the file breaks, and so must be found then: by what can still be
  /// read, and by what its lock says. The problem is told in a line. What was typed with this command must be right.
  func reachingConfiguration(_ sources: ConfigurationSources, isTold: Bool = true) throws(LooperError)
    -> LoadedConfiguration
  {
    do {
      return try ConfigurationLoader.load(sources)
    } catch {
      guard error.problems.allSatisfy(\.isOutsideCommandLine), let first = error.problems.first else {
        throw error.looperError
      }
      var loaded = ConfigurationLoader.salvage(sources)
      let holder = InstanceLock.readHolder(atPath: "\(loaded.paths.databasePath).lock")
      if let holder, holder.identity.isAlive, let socket = holder.socketPath {
        loaded.paths.socketPath = socket
      }
      if isTold {
        let more = error.problems.count == 1 ? "" : ", \(error.problems.count - 1) more"
        let text = "warning: \(first) (see `looper config check`\(more)); asking \(loaded.paths.socketPath)"
        // One line, whatever the file holds; nobody who reads it is no reason not to ask.
        try? note(TerminalText.safe(text))
      }
      return loaded
    }
  }

  /// The configuration for people and programs, without secrets: those by their looks and the operator's own.
  func configurationView() throws(LooperError) -> ConfigurationView {
    let loaded = try loadConfiguration()
    let own = OperatorSecrets(
      environment: sources.environment, token: "", configuration: { loaded.configuration })
    return loaded.view.masked(by: SecretMask(own: own.known()))
  }

  /// How text is written for this terminal.
  var style: TextStyle {
    let around = CommandEnvironment.current
    // https://no-color.org: set and not empty.
    let isRefused = around.variables["NO_COLOR"].map { !$0.isEmpty } ?? false
    let isColored =
      switch color {
      case .always: true
      case .never: false
      case .auto: around.isTerminal && !isRefused && around.variables["TERM"] != "dumb"
      }
    return TextStyle(width: around.width, isColored: isColored, now: around.time.now)
  }

  /// Asks the daemon.
  ///
  /// - Parameter deed: what takes a while, see ``telling(_:_:)``.
  func withClient<Value>(
    telling deed: String? = nil, _ body: (LooperClient) async throws -> Value
  ) async throws -> Value {
    let path = if let socket { socket } else { try reachingConfiguration(sources).paths.socketPath }
    guard let deed else { return try await LooperClient.connected(to: path, body) }
    return try await telling(deed) { try await LooperClient.connected(to: path, body) }
  }
}

extension GlobalOptions {
  /// Prints one answer: as JSON, or as the text that `render` makes of it.
  func show(_ value: some Encodable, _ render: (TextStyle) -> String) throws {
    let text = json ? try Self.pretty(value) : render(style)
    try CommandEnvironment.current.write(.output, text.hasSuffix("\n") ? text : text + "\n")
  }

  /// Prints a list; an empty one says `hint` on standard error, and more than was fetched says so too.
  ///
  /// - Parameter rest: how to see what is left out.
  func showList<Item>(
    _ page: PageView<Item>, empty hint: String, rest: String = "raise --limit",
    _ render: (TextStyle) -> String
  ) throws {
    if json || !page.items.isEmpty { try show(page, render) }
    if page.items.isEmpty { try note(hint) }
    if page.nextCursor != nil { try note("there are more than these \(page.items.count); \(rest)") }
  }

  /// Prints one element of a stream: a line of JSON, or text.
  func showLine(_ value: some Encodable, _ render: (TextStyle) -> String) throws {
    let text = json ? String(decoding: try WireCoding.encoder.encode(value), as: UTF8.self) : render(style)
    try CommandEnvironment.current.write(.output, text + "\n")
  }

  /// Says on standard error what is being done, when a person waits for it and it takes a while.
  func telling<Value>(_ deed: String, _ body: () async throws -> Value) async throws -> Value {
    let around = CommandEnvironment.current
    guard isWatched else { return try await body() }
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await around.time.sleep(until: around.time.now + CommandEnvironment.silenceMax)
        try around.write(.error, deed + " …\n")
      }
      defer { group.cancelAll() }
      return try await body()
    }
  }

  /// Says each step of something that takes a while, when a person waits for it.
  var progress: @Sendable (String) -> Void {
    let around = CommandEnvironment.current
    guard isWatched else { return { _ in } }
    // Nobody who reads it any more is no reason to stop half way.
    return { try? around.write(.error, $0 + " …\n") }
  }

  /// Whether a person looks at what is said besides the data.
  private var isWatched: Bool { CommandEnvironment.current.isErrorTerminal && !json }

  /// Says something that is not data.
  func note(_ text: String) throws {
    try CommandEnvironment.current.write(.error, text + "\n")
  }

  private static func pretty(_ value: some Encodable) throws -> String {
    String(decoding: try WireCoding.prettyEncoder.encode(value), as: UTF8.self)
  }
}
