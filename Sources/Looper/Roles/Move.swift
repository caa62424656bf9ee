/// What the coordinator wants for a loop, before limits decide when.
enum Move: Equatable, Sendable {
  /// Nothing to do: it is queued or running as it should.
  case stay
  case run(Job, notBefore: Timestamp)
  case wait(WaitReason, until: Timestamp?)
  /// A person must move it; at `until` the reason may be gone by itself.
  case block(BlockReason, String, until: Timestamp? = nil)
  /// Enter a phase and publish what that means, then decide again.
  case enter(Phase, [EffectDraft])
  /// Publish these, then decide again.
  case write([EffectDraft])
  case finish(Outcome, because: String? = nil)
  /// Take this as the answer to the open question, then decide again.
  case answer(String, by: String)
  /// Go another way than it was started for, because a label says so; then decide again.
  case redirect(Redirection, because: String)

  /// Whether a person said to keep the hands off.
  var isFence: Bool {
    switch self {
    case .wait(.paused, _), .wait(.hold, _), .wait(.takeover, _): true
    case .stay, .run, .wait, .block, .enter, .write, .finish, .answer, .redirect: false
    }
  }

  /// Whether it says that something has to be done about what was ready.
  var leavesReady: Bool {
    switch self {
    case .run, .block: true
    case .stay, .wait, .enter, .write, .finish, .answer, .redirect: false
    }
  }
}

/// Which way a live loop is sent instead of the one it was started for.
enum Redirection: Equatable, Sendable {
  /// With a spec first.
  case plan
  /// Without a spec.
  case implement
  /// Taking over the pull request that was only to be reviewed.
  case adopt
}
