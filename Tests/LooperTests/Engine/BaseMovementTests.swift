import Testing

@testable import Looper

@Suite("when the base moves, a pull request follows by policy and conflicts are resolved or told")
struct BaseMovementTests {
  private static func agents(_ fixer: [ScriptedAgents.Script] = []) -> ScriptedAgents {
    ScriptedAgents([.reviewer: [AgentScript.clean], .fixer: fixer])
  }

  private func isReady(_ loop: Loop) -> Bool { loop.state == .waiting(.merge, wakeAt: nil) }

  /// Merges the base by hand, as a fixer would, and writes `text` into the file both sides changed.
  private static func resolve(_ scene: EngineScene, leaving text: String) -> ScriptedAgents.Script {
    { assignment in
      let base = assignment.context["diff"]?["base"]?.stringValue ?? ""
      let commands = """
        git merge --no-edit \(base) >/dev/null || true
        printf '%s' '\(text)' > list.txt
        git add -A && git commit -qm "Merge the base"
        """
      _ = try await scene.forgeScene.runner.run(
        Command(
          executable: "sh", arguments: ["-ec", commands],
          environment: ["PATH": "/usr/bin:/bin", "HOME": scene.forgeScene.directory],
          workingDirectory: assignment.worktree),
        deadline: .seconds(30), outputLimit: .mebibytes(1))
      return .reported(.fix(FixReport(summary: "merged", items: [])))
    }
  }

  @Test(
    "a conflict is sized by git and goes to the fixer with both sides named; what it leaves is checked by git"
  )
  func conflict() async throws {
    let agents = Self.agents()
    try await EngineScene.with(agents) { scene in
      let number = try await scene.adoptPull()
      try await scene.rounds(until: isReady)
      let base = try await scene.forgeScene.push(
        ["list.txt": ForgeScene.list().replacing("line 2\n", with: "line two\n")], to: "main")
      agents.set(.fixer, [Self.resolve(scene, leaving: ForgeScene.list(changing: 2) + "both\n")])
      try await scene.rounds { $0.pushedSHA != nil }
      try await scene.rounds(until: isReady)
      #expect(agents.started.map(\.role) == [.reviewer, .fixer, .reviewer])
      let prompt = try #require(agents.started.first { $0.role == .fixer }?.prompt)
      let lines = prompt.split(separator: "\n")
      #expect(lines.contains("|   list.txt"))
      #expect(lines.contains("|   \(base.short) Change list.txt"))
      #expect(lines.contains { $0.hasSuffix("Change list.txt, new.txt") })
      _ = number
    }
  }

  @Test(
    "a pull request to another branch than the project's is worked on against that one, also when it is new")
  func otherBase() async throws {
    let agents = Self.agents()
    try await EngineScene.with(agents) { scene in
      try await scene.watch()
      try await scene.forgeScene.push(["release.txt": "r\n"], to: "release")
      try await scene.forgeScene.push(["main-only.txt": "m\n"], to: "main")
      try await scene.forgeScene.push(
        ["list.txt": ForgeScene.list(changing: 2)], to: "feature", from: "release")
      let base = try await scene.forgeScene.push(
        ["list.txt": ForgeScene.list().replacing("line 2\n", with: "line two\n")], to: "release",
        from: "release")
      agents.set(.fixer, [Self.resolve(scene, leaving: ForgeScene.list(changing: 2) + "both\n")])
      let new = ForgeSession.NewPull(title: "A change", body: "", head: "feature", base: "release")
      let number = try await scene.forge.createPull(in: EngineScene.repository, new, as: "looper")
      try await scene.forge.addLabel("looper:adopt", to: number, in: EngineScene.repository, as: "alice")
      try await scene.rounds(until: isReady)
      #expect(agents.started.map(\.role) == [.fixer, .reviewer])
      #expect(
        agents.started.map { $0.context["diff"]?["base"]?.stringValue } == [base.rawValue, base.rawValue])
      let head = try await scene.head(of: number)
      let files = try await scene.forgeScene.git.output(
        ["ls-tree", "--name-only", head.rawValue], in: scene.forgeScene.barePath)
      #expect(
        String(decoding: files, as: UTF8.self).split(separator: "\n") == [
          "README.md", "list.txt", "release.txt",
        ])
    }
  }

  @Test(
    "markers that are left, or a base that is not merged, are failures; three of them block with conflict")
  func unresolved() async throws {
    let markers = "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n"
    try await expectFailures("conflict markers are left at list.txt:1") { Self.resolve($0, leaving: markers) }
    try await expectFailures("the base ") { _ in AgentScript.fix("list.txt", "something else\n") }
  }

  /// Three attempts with this script end the loop, each with a message that begins so, and push nothing.
  private func expectFailures(
    _ beginning: String, of script: (EngineScene) -> ScriptedAgents.Script
  ) async throws {
    let agents = Self.agents()
    try await EngineScene.with(agents) { scene in
      _ = try await scene.adoptPull()
      try await scene.rounds(until: isReady)
      try await scene.forgeScene.push(
        ["list.txt": ForgeScene.list().replacing("line 2\n", with: "line two\n")], to: "main")
      agents.set(.fixer, [script(scene)])
      let loop = try await scene.rounds { $0.state == .blocked(.conflict) }
      #expect(loop.pushedSHA == nil)
      let runs = try await scene.store.runs(ofLoop: loop.id, state: "failed", before: .max, limit: 9)
      #expect(runs.count == 3)
      #expect(runs.allSatisfy { $0.state.message.hasPrefix(beginning) }, "\(runs.map(\.state.message))")
    }
  }

  @Test("a clean base is merged in only where the policy says so", arguments: UpdatePolicy.allCases)
  func update(policy: UpdatePolicy) async throws {
    try await EngineScene.with(Self.agents(), settle: { $0.policy.update = policy }) { scene in
      let number = try await scene.adoptPull()
      try await scene.rounds(until: isReady)
      let head = try await scene.head(of: number)
      try await scene.forgeScene.push(["other.txt": "x\n"], to: "main")
      try await scene.rounds(10)
      try await scene.rounds(until: isReady)
      #expect((try await scene.head(of: number) != head) == (policy == .always))
      #expect(scene.agents.started.count == (policy == .always ? 2 : 1))
    }
  }

  @Test("a base whose rules want an up-to-date head gets one")
  func required() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      try await scene.forge.configure(EngineScene.repository) {
        $0.protections["main"] = ForgeProtection(isStrict: true)
      }
      let number = try await scene.adoptPull()
      try await scene.rounds(until: isReady)
      let head = try await scene.head(of: number)
      try await scene.forgeScene.push(["other.txt": "x\n"], to: "main")
      try await scene.rounds(10)
      try await scene.rounds(until: isReady)
      #expect(try await scene.head(of: number) != head)
    }
  }

  /// Whose word, in which order, about a spec that waits for approval.
  private static let words: [(events: [(ForgeSession.NewReview.Event, String)], isApproved: Bool)] = [
    ([(.approve, "alice")], true), ([(.approve, "alice"), (.requestChanges, "alice")], false),
    ([(.requestChanges, "alice"), (.approve, "alice")], true),
    ([(.approve, "alice"), (.requestChanges, "bob")], false),
    ([(.approve, "alice"), (.requestChanges, "mallory")], true),
  ]

  @Test(
    "a spec is approved by the last word of each person, and not while one of them asks for changes",
    arguments: 0..<5)
  func specWords(index: Int) async throws {
    let (events, isApproved) = Self.words[index]
    let agents = ScriptedAgents.unerring()
    try await EngineScene.with(agents, settle: { $0.policy.needsSpecApproval = true }) { scene in
      try await scene.watch()
      try await scene.forge.setPermission(.write, of: "bob", in: EngineScene.repository)
      try await scene.forge.addLabel("looper:plan", to: 1, in: EngineScene.repository, as: "alice")
      let loop = try await scene.rounds { $0.state == .waiting(.specApproval, wakeAt: nil) }
      let number = try #require(loop.pullNumber)
      for (event, login) in events {
        try await scene.forge.submitReview(
          .init(event: event, body: "words"), on: number, in: EngineScene.repository, as: login)
      }
      try await scene.rounds(10)
      #expect((try await scene.loop.phase != .specReview) == isApproved)
    }
  }

  @Test("the merge of a spec's pull request is tried too when its base moves")
  func specSized() async throws {
    let agents = ScriptedAgents([.planner: [AgentScript.plan], .reviewer: [AgentScript.clean]])
    try await EngineScene.with(agents, settle: { $0.policy.needsSpecApproval = true }) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: EngineScene.repository, as: "alice")
      let loop = try await scene.rounds { $0.state == .waiting(.specApproval, wakeAt: nil) }
      let base = try await scene.forgeScene.push(["other.txt": "x\n"], to: "main")
      try await scene.rounds(3)
      let size = try #require(try await scene.store.facts(of: loop.id)?.mergeSize)
      #expect(size.base == base)
      #expect(size.isClean)
    }
  }

  @Test("an unmoved base is sized once, and an idle hour sizes nothing")
  func idle() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      _ = try await scene.adoptPull()
      try await scene.rounds(until: isReady)
      #expect(try await scene.store.mergesToSize().isEmpty)
      try await scene.rounds(10)
      #expect(try await scene.store.mergesToSize().isEmpty)
    }
  }
}
