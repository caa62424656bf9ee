import Testing

@testable import Looper

@Suite("What follows the daemon goes on after its restart, and gives up when it stays away")
struct FollowingCommandTests {
  private typealias Result = CommandScene.Result

  private static let away = "the daemon went away; waiting for it to come back\n"
  private static let back = "the daemon is back\n"

  /// Runs a command line over two lives of a daemon; `meanwhile` happens between them.
  private func run(
    _ arguments: [String], in scene: CommandScene, until last: String? = nil,
    meanwhile: () -> Void = {}, afterwards: () -> Void
  ) async throws -> Result? {
    let operations = scene.operations
    func followed() async { while operations.read({ $0.hints.isEmpty }) { await Task.yield() } }
    return try await withThrowingTaskGroup(of: Result.self) { group in
      try await ServedOperations.serving(operations, at: scene.socket) { _, _ in
        group.addTask { await scene.run(arguments, in: .init(closingAfter: last)) }
        await followed()
      }
      operations.change { $0.hints = [] }
      meanwhile()
      return try await ServedOperations.serving(operations, at: scene.socket) { _, _ in
        await followed()
        afterwards()
        return try await group.next()
      }
    }
  }

  @Test("events go on after the last one seen, without loss or repetition")
  func events() async throws {
    try await CommandScene.with { scene in
      let operations = scene.operations
      operations.record([Sample.event(1)])
      let result = try await run(
        ["events", "--follow", "--json"], in: scene, until: "event 3",
        meanwhile: { operations.record([Sample.event(2)]) },
        afterwards: { operations.record([Sample.event(3)]) })
      let lines = (1...3).map { number in
        "{\"at\":\"\(Sample.now.iso8601)\",\"kind\":\"run.started\",\"loop\":\"L12\",\"message\":\"event \(number)\","
          + "\"project\":\"acme/app\",\"run\":\"R34\",\"sequence\":\(number)}\n"
      }
      #expect(result == Result(status: 0, output: lines.joined(), error: Self.away + Self.back))
    }
  }

  @Test("a watched loop is watched on")
  func watch() async throws {
    try await CommandScene.with { scene in
      let operations = scene.operations
      let result = try await run(
        ["run", "acme/app#34", "--watch"], in: scene,
        afterwards: { operations.record([Sample.event(1, kind: "loop.ready")]) })
      #expect(result?.status == 0)
      #expect(result?.error.hasSuffix(Self.away + Self.back) == true)
    }
  }

  @Test(
    "a daemon that stays away is 3", arguments: [["events", "--follow"], ["run", "acme/app#34", "--watch"]])
  func givesUp(arguments: [String]) async throws {
    try await CommandScene.with { still in
      var scene = still
      // Moves when somebody sleeps.
      scene.time = ManualTime()
      let waiting = scene
      let result = try await withThrowingTaskGroup(of: Result.self) { group in
        try await ServedOperations.serving(waiting.operations, at: waiting.socket) { _, _ in
          group.addTask { await waiting.run(arguments) }
          while waiting.operations.read({ $0.hints.isEmpty }) { await Task.yield() }
        }
        return try await group.next()
      }
      #expect(result?.status == 3)
      // How the connection ended decides between two sentences.
      let lines = result?.error.split(separator: "\n").suffix(2) ?? []
      #expect(lines.first.map { $0 + "\n" } == Self.away)
      #expect(lines.last?.hasPrefix("error: the daemon ") == true)
    }
  }
}

@Suite("Colour and notes are for people at a terminal")
struct TerminalCommandTests {
  /// Where a list is shown, and whether it is coloured there.
  struct Case: Sendable {
    var arguments: [String] = []
    var variables: [String: String] = [:]
    var isTerminal = true
    var isColored: Bool
  }

  @Test(
    "colour is on at a terminal, and NO_COLOR, TERM and --color decide otherwise",
    arguments: [
      Case(isColored: true), Case(isTerminal: false, isColored: false),
      Case(variables: ["NO_COLOR": "1"], isColored: false),
      Case(variables: ["NO_COLOR": ""], isColored: true),
      Case(variables: ["TERM": "dumb"], isColored: false),
      Case(arguments: ["--color", "never"], isColored: false),
      Case(
        arguments: ["--color", "always"], variables: ["NO_COLOR": "1"], isTerminal: false, isColored: true),
      Case(arguments: ["--json"], isColored: false),
    ])
  func color(example: Case) async throws {
    try await CommandScene.with { scene in
      scene.operations.change { $0.loops = [Sample.loop()] }
      let result = try await scene.served(
        ["loops"] + example.arguments, variables: example.variables,
        in: .init(width: example.isTerminal ? 200 : nil))
      #expect(result.output.contains("\u{1B}[") == example.isColored)
    }
  }

  @Test(
    "what takes a while says so on standard error, to people only",
    arguments: [(true, [], true), (false, [], false), (true, ["--json"], false)] as [(Bool, [String], Bool)])
  func telling(isTerminal: Bool, options: [String], isTold: Bool) async throws {
    try await CommandScene.with { scene in
      let asked = AsyncStream.makeStream(of: Void.self)
      let global = try GlobalOptions.parse(options)
      let written = AsyncStream.makeStream(of: String.self)
      let around = CommandEnvironment(
        variables: [:], homeDirectory: scene.home, currentDirectory: scene.home, time: FixedTime(),
        isTerminal: false, isErrorTerminal: isTerminal, terminalWidth: nil,
        write: {
          written.continuation.yield("\($0) \($1)")
          asked.continuation.finish()
        })
      try await CommandEnvironment.$current.withValue(around) {
        if !isTold { asked.continuation.finish() }
        // The deed lasts until the note is there.
        try await global.telling("digging") { for await _ in asked.stream {} }
      }
      written.continuation.finish()
      var notes: [String] = []
      for await note in written.stream { notes.append(note) }
      #expect(notes == (isTold ? ["error digging …\n"] : []))
    }
  }
}
