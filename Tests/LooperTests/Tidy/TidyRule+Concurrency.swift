extension TidyRule {
  /// The one file that may start a task which outlives a cancellation.
  static let shieldedPath = "Sources/Looper/Engine/Shielded.swift"

  static let concurrencyRules: [TidyRule] = [
    .tokens(
      "tasks are child tasks: none is started by hand outside Shielded.swift",
      at: ["Task"],
      bad: ["Task { await f() }", "Task.detached { }", "Task(priority: .high) { }", "Task<Void, Never> { }"],
      good: [
        "await Task.yield()", "let task: Task<Void, Never>", "group.addTask { }", "let a = FixTask { }",
        TidySample(shieldedPath, "Task { await f() }"),
      ]
    ) { source, index in
      guard source.path != shieldedPath else { return false }
      if source.reads(".", "detached", at: index + 1) || source.reads(".", "immediate", at: index + 1) {
        return true
      }
      return source.startsTask(after: index)
    },
    .tokens(
      "no dispatch queues, no semaphores",
      at: ["Dispatch", "DispatchQueue", "DispatchSemaphore", "DispatchGroup"],
      bad: ["DispatchQueue.main.async {}", "let a = DispatchSemaphore(value: 1)", "import Dispatch"],
      good: ["// DispatchQueue", "let a = \"DispatchSemaphore\""]
    ) { _, _ in true },
  ]

  static let testRules: [TidyRule] = [
    .tokens(
      "no test sleeps",
      at: ["sleep", "usleep", "nanosleep"],
      bad: [
        .test("try await Task.sleep(for: .seconds(1))"), .test("Thread.sleep(forTimeInterval: 1)"),
        .test("sleep(1)"), .test("usleep(1)"), .test("nanosleep(&a, nil)"),
      ],
      good: [
        "try await Task.sleep(for: .seconds(1))", .test("try await time.sleep(until: later)"),
        .test("let script = \"sleep 1\""), .test("func sleep(for: Duration) {}"),
      ]
    ) { source, index in
      guard source.isTest else { return false }
      switch source.text(index) {
      case "sleep":
        return ["Task", "Thread"].contains(source.text(index - 2)) && source.text(index - 1) == "."
          || ![".", "func"].contains(source.text(index - 1)) && source.text(index + 1) == "("
      case "usleep", "nanosleep": return source.text(index + 1) == "("
      default: return false
      }
    },
    .tokens(
      "every test runs: none is switched off or excused",
      at: ["@Test", "@Suite", "withKnownIssue"],
      bad: [
        .test("@Test(\"a\", .disabled(\"later\")) func a() {}"),
        .test("@Suite(.enabled(if: isCI)) struct A {}"),
        .test("withKnownIssue { }"),
      ],
      good: [
        .test("@Test(\"a\", arguments: [1]) func a() { #expect(x == .disabled) }"), "let a = A.disabled",
      ]
    ) { source, index in
      guard source.isTest else { return false }
      if source.text(index) == "withKnownIssue" { return true }
      guard source.text(index + 1) == "(",
        let close = source.closing(of: index + 1)
      else { return false }
      return (index..<close).contains {
        source.text($0) == "." && ["disabled", "enabled"].contains(source.text($0 + 1))
      }
    },
  ]
}

extension TidySource {
  /// Whether `Task` is called with a closure: directly, after generic arguments or after a priority.
  fileprivate func startsTask(after index: Int) -> Bool {
    var next = index + 1
    if text(next) == "<" {
      while next < tokens.count, text(next) != ">" { next += 1 }
      next += 1
    }
    return text(next) == "{" || text(next) == "("
  }
}
