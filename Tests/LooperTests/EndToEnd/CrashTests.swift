import Foundation
import Testing

@testable import Looper

@Suite("kill -9 at any point of the way changes nothing about its end", .serialized)
struct CrashTests {
  private static let repository = "demo/crash"

  @Test("killed after every step, one loop does everything exactly once", .timeLimit(.minutes(10)))
  func killedEverywhere() async throws {
    try await EndToEndScene.run { scene in
      try await scene.forge.createRepository(Self.repository)
      let issue = try await scene.forge.createIssue(in: Self.repository, title: "Do it", as: DemoSample.owner)
      let notes = "\(scene.directory.path)/notes"
      try FileManager.default.createDirectory(atPath: notes, withIntermediateDirectories: true)
      try scene.configure(
        projects: [(Self.repository, nil)], agent: EndToEndAgent.script(notes: notes, pause: "0.3"))
      try await scene.start()
      try await scene.forge.addLabel("looper:plan", to: issue, in: Self.repository, as: DemoSample.owner)
      try await Self.crashOnTheWay(scene)
      try await scene.ready()
      try await Self.expectOneOfEach(scene, issue: issue)
      await scene.stop()
      let facts = try await scene.facts()
      #expect(facts.map(\.loop.phase) == [.ready])
      #expect(facts.map(\.loop.counters.agentFailures) == [0])
      #expect(facts.map(\.openEffects) == [0])
    }
  }

  @Test(
    "an agent that is cut off goes on with its own session, and all it used is in the ledger",
    .timeLimit(.minutes(10)))
  func resumed() async throws {
    try await EndToEndScene.run { scene in
      try await scene.forge.createRepository(Self.repository)
      let issue = try await scene.forge.createIssue(in: Self.repository, title: "Do it", as: DemoSample.owner)
      let notes = "\(scene.directory.path)/notes"
      try FileManager.default.createDirectory(atPath: notes, withIntermediateDirectories: true)
      try scene.configure(
        projects: [(Self.repository, nil)], agent: Self.cutOff(notes: notes), vendor: .claudeCode)
      try await scene.start()
      try await scene.forge.addLabel("looper:implement", to: issue, in: Self.repository, as: DemoSample.owner)
      try await scene.event(.agentProgress, "half done")
      try await scene.crashAndRestart()
      try await scene.event(.agentResumed, "goes on with session 1 of claude-code")
      try await scene.ready()
      let calls = try String(contentsOfFile: "\(notes)/calls", encoding: .utf8).split(separator: "\n")
      #expect(calls.count == 3)
      #expect(calls.map { $0.contains("--resume S1") } == [false, true, false])
      #expect(calls.map { $0.contains("half.txt") } == [false, true, false])
      let usage = try await scene.client { try await $0.usage(by: .day, days: nil) }
      #expect(usage.total.sessions == 3)
      #expect(usage.total.inputTokens == 100 + 1000 + 1000)
      #expect(usage.total.sessionsWithoutTokens == 0)
      await scene.stop()
      #expect(try await scene.facts().map(\.loop.counters.agentFailures) == [0])
    }
  }

  @Test(
    "three million tokens under kill -9: stopped at the budget, the work kept, usage and ledger equal to what was printed",
    .timeLimit(.minutes(10)))
  func budget() async throws {
    try await EndToEndScene.run { scene in
      try await scene.forge.createRepository(Self.repository)
      let issue = try await scene.forge.createIssue(in: Self.repository, title: "Do it", as: DemoSample.owner)
      try scene.configure(
        projects: [(Self.repository, nil)], agent: Self.spendthrift,
        more: "[budget]\nloop-tokens = 1000000\nloop-cost-usd = 0")
      try await scene.start()
      try await scene.forge.addLabel("looper:implement", to: issue, in: Self.repository, as: DemoSample.owner)
      try await scene.event(.budgetWarning, "of the loop's 1000000 tokens used")
      try await scene.crashAndRestart()
      try await scene.event(.loopBlocked)
      let before = try await scene.looper("usage --by loop --json")
      try await scene.crashAndRestart()
      #expect(try await scene.looper("usage --by loop --json") == before)
      let total = try await scene.client { try await $0.usage(by: .day, days: nil) }.total
      let printed = try await scene.shell(
        "grep -ho '\"input_tokens\":90000,\"output_tokens\":10000' -r \(scene.directory.data)/sessions | wc -l"
      )
      let tokens = (Int(printed.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0) * 100_000
      #expect(total.sessions == 2)
      #expect((total.inputTokens ?? 0) + (total.outputTokens ?? 0) == tokens)
      #expect((1_000_000...1_300_000).contains(tokens))
      await scene.stop()
      let facts = try #require(try await scene.facts().first)
      #expect(facts.loop.state == .blocked(.budget))
      #expect(facts.loop.counters.agentFailures == 0)
      try await Self.expectRescued(facts, in: scene)
    }
  }

  /// An agent that would use three million tokens, a tenth of a million at a time.
  private static let spendthrift = """
    #!/bin/sh
    cd "$LOOPER_WORKTREE"
    echo half > half.txt
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
      echo '{"type":"usage","input_tokens":90000,"output_tokens":10000,"cost_usd":0.5}'
      sleep 0.6
    done

    """

  private static func expectRescued(_ facts: LoopFacts, in scene: EndToEndScene) async throws {
    let message = try #require(facts.stop?.message)
    let ref = try #require(message.split(separator: " ").last { $0.hasPrefix("refs/") })
    let store = try Store(path: scene.directory.database)
    let worktree = try await store.worktree(of: facts.loop.id)
    try store.close()
    #expect(worktree?.rescueRef == String(ref))
    let path = try #require(worktree?.path)
    #expect(try await scene.shell("git -C '\(path)' show '\(ref):half.txt'") == "half\n")
  }

  /// A stand-in for claude: the first session leaves half its work and hangs, the others end well.
  private static func cutOff(notes: String) -> String {
    """
    #!/bin/sh
    set -eu
    cd "$LOOPER_WORKTREE"
    echo "$LOOPER_ROLE $(ls half.txt 2>/dev/null || true) $(printf '%s ' "$@" | tr '\\n' ' ')" >> \(notes)/calls
    cat > /dev/null
    usage() { printf '"usage":{"input_tokens":%s,"output_tokens":1}' "$1"; }
    echo '{"type":"system","subtype":"init","session_id":"S1"}'
    if [ "$LOOPER_ROLE" = worker ] && [ ! -e half.txt ]; then
      echo half > half.txt
      echo '{"type":"assistant","message":{"id":"m1","model":"m","content":[{"type":"text","text":"half done"}],'"$(usage 100)"'}}'
      exec sleep 600
    fi
    if [ "$LOOPER_ROLE" = worker ]; then
      mv half.txt work.txt; git add -A; git commit --quiet -m Work
      echo '{"summary": "Done."}' > "$LOOPER_RESULT_FILE"
    else
      echo '{"verdict": "clean", "summary": "Nothing to say.", "findings": []}' > "$LOOPER_RESULT_FILE"
    fi
    echo '{"type":"result","is_error":false,"result":"Done.","session_id":"S1",'"$(usage 1000)"'}'

    """
  }

  private static func crashOnTheWay(_ scene: EndToEndScene) async throws {
    // The plan's run: after the claim, while its worktree is made and after, while its agent works and after, while
    // its work is committed.
    try await scene.event(.runStarted, "plan")
    try await scene.crashAndRestart()
    try await scene.event(.runStage, "prepare-worktree")
    try await scene.crashAndRestart()
    try await scene.event(.runStage, "invoke-agent")
    try await scene.crashAndRestart()
    try await scene.event(.agentProgress)
    try await scene.crashAndRestart()
    try await scene.event(.agentEnded)
    try await scene.crashAndRestart()
    try await scene.event(.runStage, "inspect-tree")
    try await scene.crashAndRestart()
    // After the push, and after the pull request was made but before its receipt.
    try await scene.change { if case .pushed(_, let branch, _) = $0 { branch != "main" } else { false } }
    try await scene.crashAndRestart()
    try await scene.change { if case .pullOpened = $0 { true } else { false } }
    try await scene.crashAndRestart()
    // After the review was posted, and in the middle of the labels' swap.
    try await scene.change { if case .reviewed = $0 { true } else { false } }
    try await scene.crashAndRestart()
    try await scene.change { if case .labeled(_, _, "looper:spec-ready") = $0 { true } else { false } }
    try await scene.crashAndRestart()
  }

  private static func expectOneOfEach(_ scene: EndToEndScene, issue number: Int) async throws {
    let pull = try await scene.onlyPull(in: repository)
    let state = await scene.forge.snapshot()
    let reviews = state.reviews(of: pull.id)
    #expect(reviews.count == 2)
    #expect(Set(reviews.map(\.commit)).count == 2)
    #expect(state.threads(of: pull.id).count == 0)
    #expect(state.comments(of: pull.id).count == 0)
    let subject = try #require(state.issue(number, in: pull.repositoryID))
    #expect(state.comments(of: subject.id).count == 1)
    #expect(pull.body.contains("Closes #\(number)"))
    #expect(state.labels(of: pull).map(\.name) == [])
  }
}
