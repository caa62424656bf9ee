import Testing

@testable import Looper

@Suite("reviewing ends, whoever insists on what")
struct ConvergenceTests {
  private static func review(_ titles: String..., line: Int = 2) -> ScriptedAgents.Script {
    { _ in
      let findings = titles.map { title in
        FindingDraft(
          path: "list.txt", line: line, side: .right, startLine: nil, severity: .major, title: title,
          body: "why",
          suggestion: nil, confidence: nil)
      }
      return .reported(
        .review(ReviewReport(verdict: .changes, summary: "not yet", findings: findings, criteria: [])))
    }
  }

  private static let decline = AgentScript.fix("", "", .declined)

  @Test("lesson 40: a reviewer that finds one more thing 25 times is stopped, and nothing is approved")
  func manyRounds() async throws {
    let words = (0..<30).map { String(repeating: "x", count: $0 + 1) }
    let reviewer = words.map { Self.review("Odd \($0)") }
    let fixer = words.map { AgentScript.fix("list.txt", ForgeScene.list(changing: 3) + $0) }
    let agents = ScriptedAgents([.reviewer: reviewer, .fixer: fixer])
    try await EngineScene.with(agents, settle: { $0.policy.codeRoundsMax = 25 }) { scene in
      let number = try await scene.adoptPull()
      let loop = try await scene.rounds(until: { $0.state.code == "blocked" }, most: 1500)
      #expect(loop.state == .blocked(.reviewRounds))
      #expect(agents.started.count { $0.role == .reviewer } == 25)
      #expect(loop.phase == .codeReview)
      let statuses = await scene.forge.snapshot().statuses.rows.map(\.state)
      #expect(statuses.allSatisfy { $0 == .failure })
      #expect(try await scene.pull(number).isMerged == false)
    }
  }

  @Test(
    "lesson 39: a silent decline is a failure: an item without an answer publishes nothing, uses an attempt")
  func silentDecline() async throws {
    let silent: ScriptedAgents.Script = { assignment in
      try AgentScript.write("list.txt", ForgeScene.list(changing: 4), in: assignment)
      return .reported(.fix(FixReport(summary: "all done", items: [])))
    }
    let agents = ScriptedAgents([.reviewer: [Self.review("Say more")], .fixer: [silent]])
    try await EngineScene.with(agents) { scene in
      let number = try await scene.adoptPull()
      let head = try await scene.head(of: number)
      let loop = try await scene.rounds { $0.state == .blocked(.agentFailures) }
      #expect(loop.counters.agentFailures == 3)
      #expect(loop.pushedSHA == nil)
      #expect(try await scene.head(of: number) == head)
      let failures = try await scene.store.runs(ofLoop: loop.id, state: "failed", before: .max, limit: 9)
      #expect(failures.map(\.state.message) == Array(repeating: "the fixer did not answer F1", count: 3))
    }
  }

  @Test("lesson 39: a dispute is decided once by the reviewer, then by a person: disagreement")
  func dispute() async throws {
    let agents = ScriptedAgents([.reviewer: [Self.review("Say more")], .fixer: [Self.decline]])
    try await EngineScene.with(agents, settle: { $0.policy.codeRoundsMax = 9 }) { scene in
      _ = try await scene.adoptPull()
      try await scene.rounds { $0.state == .blocked(.disagreement) }
      #expect(agents.started.map(\.role) == [.reviewer, .fixer, .reviewer, .fixer])
      #expect(
        try await scene.why()
          == "reviewer and fixer disagree: F1 (Say more) was declined 2 times, and the reviewer insists")
      // Raised twice, it is talked of in one place.
      let number = try await scene.loop.subject.number
      let seen = try await scene.poller.forge.observe(
        try #require(ProjectName(EngineScene.repository)), issue: nil, pull: number)
      #expect(seen.pull?.threads.count == 1)
      #expect(seen.pull?.reviews.contains { $0.body.contains("([raised before](") } == true)
      // A retry lets the reviewer decide once more, and now it gives in.
      agents.set(.reviewer, [AgentScript.clean])
      try await scene.store.retry(try await scene.loop.id, at: scene.time.now)
      try await scene.rounds { $0.phase == .ready }
    }
  }

  @Test("a declined finding that is raised in other words is not settled: it is the same dispute")
  func rewordedDispute() async throws {
    let agents = ScriptedAgents([
      .reviewer: [Self.review("Say more"), Self.review("Too short by far")], .fixer: [Self.decline],
    ])
    try await EngineScene.with(agents, settle: { $0.policy.codeRoundsMax = 9 }) { scene in
      let number = try await scene.adoptPull()
      let loop = try await scene.rounds { $0.state == .blocked(.disagreement) }
      #expect(
        try await scene.why()
          == "reviewer and fixer disagree: F1 (Too short by far) was declined 2 times, and the reviewer insists"
      )
      let findings = try #require(try await scene.store.facts(of: loop.id)).findings
      #expect(findings.map(\.isSettled) == [false])
      let seen = try await scene.poller.forge.observe(loop.project, issue: nil, pull: number)
      #expect(seen.pull?.threads.contains(where: \.isResolved) == false)
    }
  }

  @Test("an accepted decline stays settled, however often it is raised again")
  func settled() async throws {
    let agents = ScriptedAgents([
      .reviewer: [Self.review("Say more", "Also this"), Self.review("Also this"), Self.review("Say more")],
      .fixer: [
        Self.decline, AgentScript.fix("list.txt", ForgeScene.list(changing: 5)),
      ],
    ])
    try await EngineScene.with(agents, settle: { $0.policy.codeRoundsMax = 9 }) { scene in
      let number = try await scene.adoptPull()
      let loop = try await scene.rounds { $0.phase == .ready }
      #expect(agents.started.map(\.role) == [.reviewer, .fixer, .reviewer, .fixer, .reviewer])
      let findings = try #require(try await scene.store.facts(of: loop.id)).findings
      #expect(findings.map(\.isSettled) == [true, false])
      #expect(findings.map(\.state) == [.closed, .closed])
      // Lesson 39: what was fixed is resolved, what was declined is people's to resolve.
      try await scene.rounds(3)
      let seen = try await scene.poller.forge.observe(loop.project, issue: nil, pull: number)
      let threads = try #require(seen.pull).threads.map { thread in
        let isDeclined = thread.comments.first?.body.contains("Say more") == true
        return "\(isDeclined ? "declined" : "fixed") \(thread.isResolved ? "resolved" : "open")"
      }
      // The other finding was raised twice, and has one thread all the same.
      #expect(threads == ["declined open", "fixed resolved"])
    }
  }

  @Test("lesson 39: a thread whose finding nobody fixed stays open when the next review does not raise it")
  func unfixed() async throws {
    let failing: ScriptedAgents.Script = { _ in throw Failure(.agent, "the agent exited with 1") }
    let agents = ScriptedAgents([
      .reviewer: [Self.review("Say more"), AgentScript.clean], .fixer: [failing],
    ])
    try await EngineScene.with(agents) { scene in
      let number = try await scene.adoptPull()
      try await scene.rounds { $0.counters.agentFailures == 1 }
      _ = try await scene.forgeScene.push(["more.txt": "x\n"], to: "feature", from: "feature")
      let loop = try await scene.rounds { $0.phase == .ready }
      try await scene.rounds(3)
      let findings = try #require(try await scene.store.facts(of: loop.id)).findings
      #expect(findings.map(\.state) == [.closed])
      let seen = try await scene.poller.forge.observe(loop.project, issue: nil, pull: number)
      #expect(seen.pull?.threads.map(\.isResolved) == [false])
    }
  }

  @Test("two reviews that ask for changes with nothing changed in between end with a person: no-progress")
  func noProgress() async throws {
    let agents = ScriptedAgents([
      .reviewer: [Self.review("One"), Self.review("Two", line: 3), Self.review("Three", line: 4)],
      .fixer: [Self.decline],
    ])
    try await EngineScene.with(agents, settle: { $0.policy.codeRoundsMax = 9 }) { scene in
      _ = try await scene.adoptPull()
      try await scene.rounds { $0.state == .blocked(.noProgress) }
      #expect(agents.started.map(\.role) == [.reviewer, .fixer, .reviewer, .fixer])
    }
  }

  @Test("a blocker cannot be put off")
  func deferredBlocker() async throws {
    let blocker: ScriptedAgents.Script = { _ in
      let finding = FindingDraft(
        path: "list.txt", line: 2, side: .right, startLine: nil, severity: .blocker, title: "Loses data",
        body: "why", suggestion: nil, confidence: nil)
      return .reported(
        .review(ReviewReport(verdict: .changes, summary: "no", findings: [finding], criteria: [])))
    }
    let agents = ScriptedAgents([.reviewer: [blocker], .fixer: [AgentScript.fix("", "", .deferred)]])
    try await EngineScene.with(agents) { scene in
      _ = try await scene.adoptPull()
      let loop = try await scene.rounds { $0.state == .blocked(.agentFailures) }
      let failed = try await scene.store.runs(ofLoop: loop.id, state: "failed", before: .max, limit: 1)
      #expect(failed.first?.state.message == "the fixer deferred F1, but a blocker is fixed or declined")
    }
  }

  @Test("a thread that somebody wrote into while it was being fixed stays open")
  func threadChanged() async throws {
    let agents = ScriptedAgents([.reviewer: [Self.review("Say more"), AgentScript.clean]])
    try await EngineScene.with(agents) { scene in
      let number = try await scene.adoptPull()
      let fix = AgentScript.fix("list.txt", ForgeScene.list(changing: 6))
      agents.set(
        .fixer,
        [
          { assignment in
            let thread = try #require(await scene.forge.snapshot().threads.rows.first)
            try await scene.forge.reply("wait, there is more", toThread: thread.id, as: "alice")
            return try await fix(assignment)
          }, fix,
        ])
      let loop = try await scene.rounds { $0.pushedSHA != nil }
      try await scene.rounds(3)
      let seen = try await scene.poller.forge.observe(loop.project, issue: nil, pull: number)
      #expect(seen.pull?.threads.map(\.isResolved) == [false])
    }
  }
}
