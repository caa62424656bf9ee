@testable import Looper

extension SimulationMutation {
  static let all = published + stored + transitions + decided + demanded

  private static let published: [Self] = [
    Self(
      name: "probes find nothing", flaw: .probesFindNothing, rule: OncePerKey().sentence, faults: [.lost],
      seeds: [8, 20]),
    Self(
      name: "pull requests are not looked for", flaw: .pullsAreNotLookedFor,
      rule: OnePullPerBranch().sentence,
      faults: [.lost], seeds: [45]),
    Self(
      name: "a push ignores the expected head", flaw: .pushIgnoresTheExpectedHead,
      rule: NothingIsOverwritten().sentence, faults: [.people], seeds: [1, 24, 27]),
    Self(
      name: "removal forgets to rescue", flaw: .removalForgetsToRescue, rule: WorkIsNeverLost().sentence,
      faults: [.agents, .people], seeds: [1, 5, 8]),
    Self(
      name: "the last look sees no labels", flaw: .guardSeesNoLabels, rule: Simulation.fenceRule,
      faults: [.people], seeds: [2, 4]),
    Self(
      name: "the last look sees no head", flaw: .guardSeesNoHead, rule: EvidencedWrite.judged,
      faults: [.people], seeds: [3, 8, 13]),
    Self(
      name: "the pace is ignored", flaw: .paceIsIgnored, rule: WritesArePaced().sentence),
    Self(
      name: "the ledger forgets a review",
      flaw: .sabotage(
        "CREATE TEMP TRIGGER flaw AFTER INSERT ON main.review BEGIN DELETE FROM review WHERE id = NEW.id; END"
      ),
      rule: OneReviewPerRound().sentence),
    Self(
      name: "checks look green", flaw: .checksLookGreen, rule: EvidencedWrite.merge, faults: [.agents],
      seeds: [13, 62]),
    Self(
      name: "nobody looks into a thread before it is resolved", flaw: .resolutionLooksAway,
      rule: EvidencedWrite.thread, faults: [.people], seeds: [22, 28]),
    Self(
      name: "a reviewer's silence is taken for a clean review", flaw: .silenceIsClean,
      rule: VerdictsAreGiven().sentence, faults: [.agents], seeds: [4, 7, 9]),
    Self(
      name: "agents get the daemon's environment", flaw: .environmentIsInherited,
      rule: AgentsSeeWhatIsAllowed().sentence),
    Self(
      name: "labels are not taken away",
      flaw: .sabotage(
        """
        CREATE TEMP TRIGGER flaw AFTER INSERT ON main.effect WHEN NEW.kind = 'remove-label'
        BEGIN UPDATE effect SET state = 'cancelled', endedAt = 0 WHERE id = NEW.id; END
        """), rule: LabelsTellTheState().sentence, seeds: [3, 15]),
  ]

  private static let stored: [Self] = [
    // Planted: the store also looks for a live loop in the transaction that starts one.
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
    // Planted: only what is queued is claimed, and the claim itself changes that.
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
      name: "a run ends without its queue item, and the next item is let in beside it",
      flaw: .sabotage("DROP INDEX queueItemOneLivePerLoop; \(itemsOutliveTheirRuns)"),
      rule: StoredRule.oneItemPerLoop.sentence, faults: [.agents], seeds: [1, 15, 18]),
    Self(
      name: "a run ends without its queue item", flaw: .sabotage(itemsOutliveTheirRuns),
      rule: StoredRule.onePlacePerSubject.sentence),
    Self(
      name: "what is queued is not withdrawn",
      flaw: .sabotage(
        """
        CREATE TEMP TRIGGER flaw BEFORE UPDATE OF state ON main.queueItem
        WHEN OLD.state = 'queued' AND NEW.state = 'cancelled' BEGIN SELECT RAISE(IGNORE); END
        """), rule: StoredRule.onePlacePerSubject.sentence, faults: [.people], seeds: [51]),
    // Planted: one function makes all keys, and what writes effects does not prepare without their index.
    Self(
      name: "a key forgets its loop",
      flaw: .sabotage(
        """
        CREATE TEMP TRIGGER flaw AFTER INSERT ON main.effect BEGIN
          UPDATE effect SET key = 'effect ' || NEW.id WHERE id = NEW.id;
        END
        """), rule: StoredRule.oneEffectPerKey.sentence),
    Self(
      name: "a claim does not take the lease over",
      flaw: .sabotage(
        "CREATE TEMP TRIGGER flaw BEFORE UPDATE ON main.lease BEGIN SELECT RAISE(IGNORE); END"),
      rule: StoredRule.leasesHaveOneHolder.sentence),
    // Planted: what an ended loop has left to say is withdrawn, and the last look refuses it besides.
    Self(
      name: "a loop that ends has one more thing to say",
      flaw: .sabotage(
        """
        CREATE TEMP TRIGGER flaw AFTER UPDATE OF state ON main.loop WHEN NEW.state = 'done' BEGIN
          INSERT INTO effect (loopID, stage, key, kind, isMaterial, writeJSON, state, notBefore, createdAt)
          VALUES (NEW.id, '', (SELECT key FROM effect WHERE loopID = NEW.id ORDER BY id LIMIT 1) || '/late', 'comment', 1, '{}', 'pending', 0, 0);
        END
        """), rule: StoredRule.endedLoopsOnlyTell.sentence, seeds: [1, 2]),
  ]

  /// What the store says of the queue item when a run ends goes unheard.
  private static let itemsOutliveTheirRuns = """
    CREATE TEMP TRIGGER flaw BEFORE UPDATE OF state ON main.queueItem WHEN NEW.state = 'done'
    BEGIN SELECT RAISE(IGNORE); END
    """

  private static let transitions: [Self] = [
    // Planted: whatever ends something compares the state in the same statement; no part of it can be left out.
    Self(
      name: "a run that succeeded fails afterwards",
      flaw: .sabotage(
        """
        CREATE TEMP TRIGGER flaw AFTER UPDATE OF state ON main.run WHEN NEW.state = 'succeeded' BEGIN
          UPDATE run SET state = 'failed' WHERE id = NEW.id;
        END
        """), rule: TransitionRules.endOnceSentence),
    // Planted: whatever a run records compares its lease in the same transaction, and the runner asks before.
    Self(
      name: "a run that ended records another stage",
      flaw: .sabotage(
        """
        CREATE TEMP TRIGGER flaw AFTER UPDATE OF state ON main.run WHEN NEW.state <> 'running' BEGIN
          INSERT INTO stage (runID, ordinal, name, state, startedAt) VALUES (NEW.id, 99, 'late', 'started', 0);
        END
        """), rule: TransitionRules.staleSentence),
    Self(
      name: "every failure is called the agent's", flaw: .failuresAreTheAgents,
      rule: TransitionRules.attemptsSentence, faults: [.errors, .lost], seeds: [2, 16]),
    // Planted: fencing takes the item back and the loop out of the queue; either keeps claims away.
    Self(
      name: "a paused loop is begun",
      flaw: .sabotage(
        """
        CREATE TEMP TRIGGER flaw BEFORE INSERT ON main.run BEGIN
          UPDATE loop SET isPaused = 1 WHERE id = NEW.loopID;
        END
        """), rule: TransitionRules.claimsSentence),
    Self(
      name: "a jump of the clock is believed", flaw: .clockIsTrusted, rule: TransitionRules.earlinessSentence,
      faults: [.clock, .errors, .agents], seeds: [29, 42]),
    Self(
      name: "nobody remembers what was settled",
      flaw: .sabotage(
        """
        CREATE TEMP TRIGGER flaw AFTER UPDATE OF isSettled ON main.finding WHEN NEW.isSettled = 1 BEGIN
          UPDATE finding SET isSettled = 0 WHERE id = NEW.id;
        END
        """), rule: TransitionRules.settledSentence, faults: [.people, .agents], seeds: [19]),
    Self(
      name: "answers are forgotten",
      flaw: .sabotage(
        """
        CREATE TEMP TRIGGER flaw BEFORE UPDATE OF explanation ON main.finding
        BEGIN SELECT RAISE(IGNORE); END
        """), rule: TransitionRules.answeredSentence),
  ]

  private static let decided: [Self] = [
    Self(
      name: "bounds are forgotten", flaw: .boundsAreForgotten, rule: RoundsAreBounded().sentence,
      faults: [.agents], seeds: [15, 20, 28]),
    Self(
      name: "nobody decides on news about what is ready",
      flaw: .sabotage(
        """
        CREATE TEMP TRIGGER flaw BEFORE UPDATE OF changeSeq ON main.loop
        WHEN OLD.state = 'waiting' AND OLD.stateReason = 'merge' BEGIN SELECT RAISE(IGNORE); END
        """), rule: ReadyNeedsEvidence().sentence, faults: [.people], seeds: [1, 2, 5]),
    Self(
      name: "what is queued is never due",
      flaw: .sabotage(
        """
        CREATE TEMP TRIGGER flaw AFTER INSERT ON main.queueItem BEGIN
          UPDATE queueItem SET dueAt = dueAt + 1000000000000 WHERE id = NEW.id;
        END
        """), rule: EverythingComesToRest().sentence),
    Self(
      name: "work on a fork is no patch", flaw: .workIsNoPatch, rule: Simulation.bugRule,
      seeds: [10], hours: 24),
    Self(
      name: "every sweep sees news", flaw: .sweepsAlwaysSeeNews, rule: Simulation.idlenessRule,
      seeds: [8, 13, 16]),
    Self(
      name: "a restarted daemon puts nothing right", flaw: .noRecovery,
      rule: EverythingComesToRest().sentence,
      faults: [.crash], seeds: [1, 3]),
  ]

  /// Of seeds whose repository demands more than the usual.
  private static let demanded: [Self] = [
    Self(
      name: "nobody sees what an issue depends on", flaw: .blockersAreNotSeen,
      rule: BlockersComeFirst().sentence, seeds: [24, 26]),
    Self(
      name: "the last look sees nothing that is closed", flaw: .guardSeesNoEnd, rule: Simulation.overRule,
      faults: [.people], seeds: [72]),
    Self(
      name: "changes look harmless", flaw: .changesLookHarmless, rule: EvidencedWrite.unattended,
      faults: [.people], seeds: [5, 15]),
    Self(
      name: "it is forgotten that Looper may merge", flaw: .mergingIsForgotten,
      rule: WhatMayMergeMerges().sentence, seeds: [4, 8]),
    // Planted: the order is that of the one query that selects.
    Self(
      name: "the newest write goes first",
      flaw: .sabotage(
        """
        CREATE TEMP TRIGGER flaw AFTER INSERT ON main.effect BEGIN
          UPDATE effect SET id = 1000000000 - NEW.id WHERE id = NEW.id;
        END
        """), rule: TransitionRules.orderSentence),
    Self(
      name: "an older status is not withdrawn",
      flaw: .sabotage(
        """
        CREATE TEMP TRIGGER flaw BEFORE UPDATE OF state ON main.effect
        WHEN OLD.kind = 'status-comment' AND NEW.state = 'cancelled'
        BEGIN SELECT RAISE(IGNORE); END
        """), rule: TransitionRules.newestSentence, faults: [.errors]),
  ]
}
