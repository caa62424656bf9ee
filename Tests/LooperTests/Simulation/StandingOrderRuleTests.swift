import Testing

@testable import Looper

@Suite("the rule about orders to merge later finds one that nobody earned")
struct StandingOrderRuleTests {
  /// What this suite shows instead of a mutation: in a simulation a later commit is nearly always reviewed before the end.
  static let covered: Set<String> = [StandingOrdersAreEarned().sentence]

  @Test("a head that was not reviewed clean, and a pull request without a loop")
  func found() async throws {
    try await withForge { scene in
      try await scene.forge.configure(ForgeScene.repository) { repository in
        repository.allowsAutoMerge = true
        repository.protections["main"] = ForgeProtection(requiredChecks: [ForgeRequiredCheck(name: "build")])
      }
      let number = try await scene.openPull()
      let before = await scene.forge.snapshot()
      let repository = try #require(before.repository(named: ForgeScene.repository))
      let pull = try #require(before.issue(number, in: repository.id))
      let head = try #require(pull.pull?.headSHA)
      #expect(StandingOrdersAreEarned.unearned(in: before, reviewedClean: [], live: []) == nil)

      try await scene.forge.perform(as: "looper") { session in
        _ = try session.setAutoMerge(.merge, of: pull)
      }
      let state = await scene.forge.snapshot()
      #expect(
        StandingOrdersAreEarned.unearned(in: state, reviewedClean: [], live: [number])
          == "#\(number) with \(head.short)")
      #expect(
        StandingOrdersAreEarned.unearned(in: state, reviewedClean: [head], live: []) == "#\(number), no loop")
      #expect(StandingOrdersAreEarned.unearned(in: state, reviewedClean: [head], live: [number]) == nil)
    }
  }
}
