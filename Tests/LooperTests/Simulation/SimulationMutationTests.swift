import Testing

@testable import Looper

/// A guard that is taken away, and the rule that notices.
struct SimulationMutation: Sendable, CustomTestStringConvertible {
  var name: String
  var flaw: SimulationFlaw
  /// The sentence of the rule.
  var rule: String
  var faults: Set<SimulatedFault> = []
  /// Tried one after the other: not every course of things needs the guard, and these did. When the engine changes,
  /// courses change; `looper simulate` over a hundred seeds in a release build finds others.
  var seeds: [UInt64] = [1, 2, 3, 4]
  var hours = 10
  var calmHours = 3

  var testDescription: String { name }
}

@Suite("taking a guard away makes the simulator fail, by the rule that the guard is for")
struct SimulationMutationTests {
  @Test("each guard", arguments: SimulationMutation.all)
  func noticed(mutation: SimulationMutation) async throws {
    var others: Set<String> = []
    for seed in mutation.seeds {
      let plan = SimulationPlan(
        seed: seed, hours: mutation.hours, faults: mutation.faults, calmHours: mutation.calmHours,
        flaw: mutation.flaw)
      guard let breach = try await Simulation(plan).run().breach else { continue }
      if breach.rule == mutation.rule { return }
      others.insert(breach.rule)
    }
    Issue.record("not noticed; others: \(others.sorted())")
  }

  @Test("every rule notices something")
  func complete() {
    let rules = Set(
      Simulation.rules.map(\.sentence) + StoredRule.all.map(\.sentence) + TransitionRules.sentences
        + [
          EverythingComesToRest().sentence, StandingOrdersAreEarned().sentence, WhatMayMergeMerges().sentence,
          LabelsTellTheState().sentence, EvidencedWrite.judged, EvidencedWrite.merge,
          EvidencedWrite.unattended, EvidencedWrite.thread, Simulation.fenceRule, Simulation.overRule,
          Simulation.idlenessRule,
          Simulation.bugRule,
        ])
    let shown = StoredRuleTests.covered.union(StandingOrderRuleTests.covered)
    #expect(shown.union(SimulationMutation.all.map(\.rule)) == rules)
  }
}

@Suite("rules that a constraint of the database keeps find their breach in a database without it")
struct StoredRuleTests {
  /// Without these constraints the engine's own statements do not even prepare, or another rule speaks first.
  static let covered: Set<String> = [StoredRule.noSlotLeaks.sentence]

  @Test("a key that is open twice, and a slot that nobody uses")
  func found() throws {
    let store = try Store.scratch()
    let found = try store.database.write { db in
      try db.execute(
        sql: """
          DROP INDEX effectOncePerKey;
          INSERT INTO project (id, key, name, addedAt) VALUES (1, 'github.com/acme/shop', 'acme/shop', 5);
          INSERT INTO loop (id, projectID, subjectKind, subjectNumber, title, lane, phase, state, stateReason, stateSince,
            skipsPlan, createdAt) VALUES (7, 1, 'issue', 3, 'Old', 'planned', 'plan', 'waiting', 'paused', 5, 0, 5);
          INSERT INTO queueItem (id, loopID, job, lane, state, dueAt, enqueuedAt) VALUES (9, 7, 'plan', 'planned', 'claimed', 0, 0);
          INSERT INTO effect (loopID, stage, key, kind, isMaterial, writeJSON, state, notBefore, createdAt)
            VALUES (7, '', 'key', 'comment', 1, '{}', 'pending', 0, 0), (7, '', 'key', 'comment', 1, '{}', 'done', 0, 0);
          """)
      return try StoredRule.breaches(db).map(\.rule)
    }
    #expect(Self.covered.union([StoredRule.oneEffectPerKey.sentence]).isSubset(of: Set(found)))
  }
}
