import Testing

@testable import Looper

/// A guard that is taken away, and the rule that notices.
struct SimulationMutation: Sendable, CustomTestStringConvertible {
  var name: String
  var flaw: SimulationFlaw
  /// The sentence of the rule.
  var rule: String
  var faults: Set<SimulatedFault> = []
  /// Tried one after the other: not every course of things needs every guard.
  var seeds: ClosedRange<UInt64> = 1...4
  var hours = 12

  var testDescription: String { name }
}

@Suite("taking a guard away makes the simulator fail, by the rule that the guard is for")
struct SimulationMutationTests {
  @Test("each guard", arguments: SimulationMutation.all)
  func noticed(mutation: SimulationMutation) async throws {
    var others: Set<String> = []
    for seed in mutation.seeds {
      let plan = SimulationPlan(
        seed: seed, hours: mutation.hours, faults: mutation.faults, flaw: mutation.flaw)
      guard let breach = try await Simulation(plan).run().breach else { continue }
      if breach.rule == mutation.rule { return }
      others.insert(breach.rule)
    }
    Issue.record("not noticed; others: \(others.sorted())")
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

extension SimulationMutation {
  static let all = published + stored + transitions + decided

  private static let published: [Self] = [
    Self(
      name: "the pace is ignored", flaw: .paceIsIgnored, rule: WritesArePaced().sentence),
    Self(
      name: "the ledger forgets a review",
      flaw: .sabotage(
        "CREATE TEMP TRIGGER flaw AFTER INSERT ON main.review BEGIN DELETE FROM review WHERE id = NEW.id; END"
      ),
      rule: OneReviewPerRound().sentence),
  ]

  private static let stored: [Self] = [
    Self(
      name: "a subject gets two loops",
      flaw: .sabotage(
        """
        DROP INDEX loopOneLivePerSubject;
        CREATE TEMP TRIGGER flaw AFTER INSERT ON main.loop BEGIN
          INSERT INTO loop (projectID, subjectKind, subjectNumber, title, lane, phase, state, stateReason, stateSince,
            skipsPlan, createdAt)
          VALUES (NEW.projectID, NEW.subjectKind, NEW.subjectNumber, 'twin', NEW.lane, NEW.phase, 'waiting', 'paused',
            NEW.stateSince, NEW.skipsPlan, NEW.createdAt);
        END
        """), rule: StoredRule.oneLoopPerSubject.sentence),
    Self(
      name: "a loop gets two runs",
      flaw: .sabotage(
        """
        DROP INDEX runOneLivePerLoop;
        CREATE TEMP TRIGGER flaw AFTER INSERT ON main.run BEGIN
          INSERT INTO run (loopID, itemID, job, state, vendor, generation, configurationHash, pipelineVersion, nonce,
            startedAt)
          VALUES (NEW.loopID, NEW.itemID, NEW.job, 'running', NEW.vendor, NEW.generation, NEW.configurationHash,
            NEW.pipelineVersion, NEW.nonce, NEW.startedAt);
        END
        """), rule: StoredRule.oneRunPerLoop.sentence),
    Self(
      name: "a loop gets two queue items",
      flaw: .sabotage(
        """
        DROP INDEX queueItemOneLivePerLoop;
        CREATE TEMP TRIGGER flaw AFTER INSERT ON main.queueItem BEGIN
          INSERT INTO queueItem (loopID, job, lane, state, dueAt, enqueuedAt)
          VALUES (NEW.loopID, NEW.job, NEW.lane, 'queued', NEW.dueAt, NEW.enqueuedAt);
        END
        """), rule: StoredRule.oneItemPerLoop.sentence),
    Self(
      name: "queue items get lost",
      flaw: .sabotage(
        "CREATE TEMP TRIGGER flaw AFTER INSERT ON main.queueItem BEGIN DELETE FROM queueItem WHERE id = NEW.id; END"
      ), rule: StoredRule.onePlacePerSubject.sentence),
    Self(
      name: "a key forgets its loop",
      flaw: .sabotage(
        """
        CREATE TEMP TRIGGER flaw AFTER INSERT ON main.effect BEGIN
          UPDATE effect SET key = 'effect ' || NEW.id WHERE id = NEW.id;
        END
        """), rule: StoredRule.oneEffectPerKey.sentence),
    Self(
      name: "a lease moves on by itself",
      flaw: .sabotage(
        """
        CREATE TEMP TRIGGER flaw AFTER INSERT ON main.lease BEGIN
          UPDATE lease SET generation = generation + 1 WHERE loopID = NEW.loopID;
        END
        """), rule: StoredRule.leasesHaveOneHolder.sentence),
  ]

  private static let transitions: [Self] = [
    Self(
      name: "a run that succeeded fails afterwards",
      flaw: .sabotage(
        """
        CREATE TEMP TRIGGER flaw AFTER UPDATE OF state ON main.run WHEN NEW.state = 'succeeded' BEGIN
          UPDATE run SET state = 'failed' WHERE id = NEW.id;
        END
        """), rule: TransitionRules.endOnceSentence),
    Self(
      name: "a run that ended records another stage",
      flaw: .sabotage(
        """
        CREATE TEMP TRIGGER flaw AFTER UPDATE OF state ON main.run WHEN NEW.state <> 'running' BEGIN
          INSERT INTO stage (runID, ordinal, name, state, startedAt) VALUES (NEW.id, 99, 'late', 'started', 0);
        END
        """), rule: TransitionRules.staleSentence),
    Self(
      name: "a paused loop is begun",
      flaw: .sabotage(
        """
        CREATE TEMP TRIGGER flaw BEFORE INSERT ON main.run BEGIN
          UPDATE loop SET isPaused = 1 WHERE id = NEW.loopID;
        END
        """), rule: TransitionRules.claimsSentence),
  ]

  private static let decided: [Self] = [
    Self(
      name: "waiting for checks is taken for ready",
      flaw: .sabotage(
        """
        CREATE TEMP TRIGGER flaw AFTER UPDATE OF stateReason ON main.loop WHEN NEW.stateReason = 'checks' BEGIN
          UPDATE loop SET phase = 'ready', stateReason = 'merge' WHERE id = NEW.id;
        END
        """), rule: ReadyNeedsEvidence().sentence),
    Self(
      name: "what is queued is never due",
      flaw: .sabotage(
        """
        CREATE TEMP TRIGGER flaw AFTER INSERT ON main.queueItem BEGIN
          UPDATE queueItem SET dueAt = dueAt + 1000000000000 WHERE id = NEW.id;
        END
        """), rule: EverythingComesToRest().sentence),
  ]
}
