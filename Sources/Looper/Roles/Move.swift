/// What the coordinator wants for a loop, before limits decide when.
enum Move: Equatable, Sendable {
  /// Nothing to do: it is queued or running as it should.
  case stay
  case run(Job, notBefore: Timestamp)
  case wait(WaitReason, until: Timestamp?)
  case block(BlockReason, String)
  /// Enter a phase and publish what that means, then decide again.
  case enter(Phase, [EffectDraft])
  /// Publish these, then decide again.
  case write([EffectDraft])
  case finish(Outcome)
  /// Take this as the answer to the open question, then decide again.
  case answer(String, by: String)

  /// Whether it says that something has to be done about what was ready.
  var leavesReady: Bool {
    switch self {
    case .run, .block: true
    case .stay, .wait, .enter, .write, .finish, .answer: false
    }
  }
}
