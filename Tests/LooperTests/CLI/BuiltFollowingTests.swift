import Testing

@testable import Looper

@Suite("The built program follows what happens until there is nothing more, or Ctrl-C")
struct BuiltFollowingTests {
  /// Types `lines` beside a daemon; `meanwhile` happens once somebody follows it.
  private func typed(
    _ lines: String, in scene: CommandScene,
    when isFollowed: @escaping @Sendable (FakeOperations.State) -> Bool = { !$0.hints.isEmpty },
    meanwhile: @escaping @Sendable () -> Void
  ) async throws -> String {
    let operations = scene.operations
    return try await ServedOperations.serving(operations, at: scene.socket) { _, _ in
      try await withThrowingTaskGroup(of: String.self) { group in
        group.addTask { try await BuiltScript(scene).text(lines) }
        while !operations.read(isFollowed) { await Task.yield() }
        meanwhile()
        return try await group.next() ?? ""
      }
    }
  }

  private static func json(_ number: Int, _ kind: String = "run.started") -> String {
    "  {\"at\":\"TIME\",\"kind\":\"\(kind)\",\"loop\":\"L12\",\"message\":\"event \(number)\","
      + "\"project\":\"acme/app\",\"run\":\"R34\",\"sequence\":\(number)}\n"
  }

  private static let watching = "! watching L12: acme/app#34, code-review, queued\n"

  @Test("events: the past, then what comes, and 130 after Ctrl-C", arguments: [false, true])
  func events(isJSON: Bool) async throws {
    try await CommandScene.with { scene in
      scene.operations.record([Sample.event(1)])
      let options = isJSON ? "--follow --json" : "-f"
      let text = try await typed("begin events \(options); hear; hear; signal INT; end", in: scene) {
        scene.operations.record([Sample.event(2, kind: "loop.ready")])
      }
      let lines =
        isJSON
        ? Self.json(1) + Self.json(2, "loop.ready")
        : "  TIME  run.started        acme/app L12 R34  event 1\n"
          + "  TIME  loop.ready         acme/app L12 R34  event 2\n"
      #expect(text == "$ looper events \(options)\n\(lines)= 130\n")
    }
  }

  @Test("a watched loop: its events until it is ready, 5 when it is blocked, 130 after Ctrl-C")
  func watch() async throws {
    let blocked =
      #"{"error":{"code":"conflict","message":"L12 is blocked; see `looper why L12`"},"ok":false}"#
    for (kind, lines, ending) in [
      ("loop.ready", "", "= 0\n"), ("loop.blocked", "", "! \(blocked)\n= 5\n"),
      ("run.started", "signal INT; ", "= 130\n"),
    ] {
      try await CommandScene.with { scene in
        let text = try await typed(
          "begin run acme/app#34 --watch --json; hear; \(lines)end", in: scene
        ) {
          scene.operations.record([Sample.event(1, kind: kind)])
        }
        let expected =
          "$ looper run acme/app#34 --watch --json\n\(Self.json(1, kind))\(Self.watching)\(ending)"
        #expect(text == expected)
      }
    }
  }

  @Test("a transcript: as it grows, to the end of its run, or 130 after Ctrl-C", arguments: [false, true])
  func transcript(isInterrupted: Bool) async throws {
    try await CommandScene.with { scene in
      scene.operations.change {
        $0.log = "one\n"
        $0.isLogGrowing = true
      }
      let lines = "begin run logs R34 -f; hear; hear; \(isInterrupted ? "signal INT; " : "")end"
      let text = try await typed(lines, in: scene, when: { $0.logReads > 1 }) {
        scene.operations.change {
          $0.log += "two\n"
          $0.isLogGrowing = isInterrupted
        }
      }
      #expect(text == "$ looper run logs R34 -f\n  one\n  two\n= \(isInterrupted ? 130 : 0)\n")
    }
  }

  @Test("the log: its end, then the events, and 130 after Ctrl-C")
  func log() async throws {
    try await CommandScene.with { scene in
      try scene.write("begun\n", to: "\(scene.home)/.looper/daemon.log")
      let text = try await typed("begin daemon logs -f; hear; hear; signal INT; end", in: scene) {
        scene.operations.record([Sample.event(1)])
      }
      let line = "TIME  run.started        acme/app L12 R34  event 1"
      #expect(text == "$ looper daemon logs -f\n  begun\n  \(line)\n= 130\n")
    }
  }

  @Test("a reader that goes away ends a command in silence, as done or as by SIGPIPE")
  func brokenPipe() async throws {
    try await CommandScene.with { scene in
      scene.operations.record((1...2000).map { Sample.event($0) })
      let commands = [
        "events --limit 1000", "events --follow --limit 1000", "config view", "--help", "completions bash",
      ]
      let lines = commands.map { command in
        """
        { looper \(command) 2>said/err; echo $? >said/status; } | exec true
        typed \(command); sed 's/^/! /' said/err; sed 's/^141$/0/; s/^/= /' said/status

        """
      }
      let text = try await ServedOperations.serving(scene.operations, at: scene.socket) { _, _ in
        try await BuiltScript(scene).text(lines.joined())
      }
      #expect(text == commands.map { "$ looper \($0)\n= 0\n" }.joined())
    }
  }
}
