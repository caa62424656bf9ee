/// Whether sessions of one vendor may start: fed by what its sessions come to, one probe when it may work again. Pure.
///
/// ```
///   open ──refused, shut, failed twice──▶ closed(until) ──claimed after `until`──▶ probing(run) ──answered──▶ open
///                                            ▲                                          │
///                                            └── refused, shut, failed, unanswered, ended ┘
/// ```
struct VendorGate: Equatable, Sendable {
  /// Failures in a row that close it: a CLI has tried several times by itself before it fails once.
  static let failuresMax = 2

  private(set) var state = State.open(failures: 0)

  /// Where the gate stands.
  enum State: Equatable, Sendable {
    /// - Parameter failures: in a row, of the kind that says nothing about the agent's work.
    case open(failures: Int)
    case closed(Closure)
    /// One run finds out; the others wait for it.
    case probing(Closure, by: Run.ID)
  }

  /// Why nothing starts, and when it is tried again.
  struct Closure: Equatable, Sendable {
    var cause: Cause
    var until: Timestamp
    var since: Timestamp
    /// Times it was closed without having been open in between.
    var tries: Int
    /// The vendor's words.
    var message: String
  }

  /// What keeps a vendor from working.
  enum Cause: String, Sendable, CaseIterable {
    /// Its plan is used up.
    case limit
    /// Its provider does not answer.
    case outage
    /// A person must see to its login, its credit or how it is set up.
    case account
  }

  /// What a gate is told.
  enum Event: Equatable, Sendable {
    /// A run was given to the vendor.
    case claimed(Run.ID)
    /// The provider said to wait, until then when it said so.
    case refused(Run.ID, until: Timestamp?, message: String)
    /// The provider could not be reached or failed.
    case failed(Run.ID, message: String)
    /// It wants a person: nobody's session would do better until one has come.
    case shut(Run.ID, message: String)
    /// Its model answered.
    case answered(Run.ID)
    /// The session failed before its model was heard: that may be its agent's fault, and proves nothing.
    case unanswered(Run.ID)
    /// The run is over, whatever it came to.
    case ended(Run.ID)
    /// A person wants it tried at once.
    case hurried
  }

  /// What an event changed for others.
  enum Change: Equatable, Sendable {
    case none
    case closed(Closure)
    case opened
  }

  init(_ state: State = .open(failures: 0)) { self.state = state }

  /// Takes an event in. Events of sessions that began before the gate closed come late; they are ordinary.
  mutating func apply(_ event: Event, at now: Timestamp) -> Change {
    let before = state
    state = next(event, at: now)
    switch (before, state) {
    case (.open, .closed(let closure)): return .closed(closure)
    case (.closed, .open), (.probing, .open): return .opened
    case (.open, _), (.closed, _), (.probing, _): return .none
    }
  }

  private func next(_ event: Event, at now: Timestamp) -> State {
    switch (state, event) {
    case (.open, .refused(_, let until, let message)):
      return .closed(Self.limit(until, tries: 1, since: now, message, at: now))
    case (.open(let failures), .failed(_, let message)):
      guard failures + 1 >= Self.failuresMax else { return .open(failures: failures + 1) }
      return .closed(Self.outage(tries: 1, since: now, message, at: now))
    case (.open, .shut(_, let message)):
      return .closed(Self.account(tries: 1, since: now, message, at: now))
    case (.open, .answered): return .open(failures: 0)
    case (.open, .claimed), (.open, .unanswered), (.open, .ended), (.open, .hurried): return state

    case (.closed(let closure), .claimed(let run)):
      return closure.until <= now ? .probing(closure, by: run) : state
    case (.closed(let closure), .refused(_, let until, let message)):
      var limit = Self.limit(until, tries: closure.tries, since: closure.since, message, at: now)
      if closure.cause == .limit { limit.until = max(limit.until, closure.until) }
      return .closed(limit)
    case (.closed(let closure), .shut(_, let message)):
      // Sessions that began before say the same.
      guard closure.cause != .account else { return state }
      return .closed(Self.account(tries: closure.tries, since: closure.since, message, at: now))
    // A session that began before the limit may still come to a good end; an outage is over then. An account is not
    // proved by a session that began while it was in order.
    case (.closed(let closure), .answered): return closure.cause == .outage ? .open(failures: 0) : state
    case (.closed(var closure), .hurried):
      closure.until = min(closure.until, now)
      return .closed(closure)
    case (.closed, .failed), (.closed, .unanswered), (.closed, .ended): return state

    case (.probing(let closure, _), .refused(_, let until, let message)):
      return .closed(Self.limit(until, tries: closure.tries + 1, since: closure.since, message, at: now))
    case (.probing(let closure, let probe), .failed(let run, let message)):
      guard run == probe else { return state }
      return .closed(Self.outage(tries: closure.tries + 1, since: closure.since, message, at: now))
    case (.probing(let closure, _), .shut(_, let message)):
      return .closed(Self.account(tries: closure.tries + 1, since: closure.since, message, at: now))
    case (.probing(var closure, let probe), .unanswered(let run)):
      // The next would most likely find out as little.
      guard run == probe else { return state }
      closure.tries += 1
      closure.until = RetryPolicy.probe(after: closure.cause.kind, count: closure.tries, at: now)
      return .closed(closure)
    case (.probing(let closure, let probe), .answered(let run)):
      return run == probe || closure.cause == .outage ? .open(failures: 0) : state
    case (.probing(var closure, let probe), .ended(let run)):
      // It found nothing out: the next one does.
      guard run == probe else { return state }
      closure.until = min(closure.until, now)
      return .closed(closure)
    case (.probing, .claimed), (.probing, .hurried): return state
    }
  }

  private static func limit(
    _ until: Timestamp?, tries: Int, since: Timestamp, _ message: String, at now: Timestamp
  ) -> Closure {
    let end = RetryPolicy.probe(after: .usageLimited(until: until), count: tries, at: now)
    return Closure(cause: .limit, until: end, since: since, tries: tries, message: message)
  }

  private static func account(
    tries: Int, since: Timestamp, _ message: String, at now: Timestamp
  ) -> Closure {
    let end = RetryPolicy.probe(after: .needsHuman, count: tries, at: now)
    return Closure(cause: .account, until: end, since: since, tries: tries, message: message)
  }

  private static func outage(
    tries: Int, since: Timestamp, _ message: String, at now: Timestamp
  ) -> Closure {
    let end = RetryPolicy.probe(after: .transient, count: tries, at: now)
    return Closure(cause: .outage, until: end, since: since, tries: tries, message: message)
  }
}

extension VendorGate.Cause {
  /// How long it is waited for, as ``RetryPolicy`` knows it.
  fileprivate var kind: Failure.Kind {
    switch self {
    case .limit: .usageLimited(until: nil)
    case .outage: .transient
    case .account: .needsHuman
    }
  }
}

extension VendorGate {
  /// Whether a run may be given to the vendor.
  enum Admission: Equatable, Sendable {
    case free
    /// One run may, and finds out whether the vendor works again.
    case asProbe
    case no
  }

  func admission(at now: Timestamp) -> Admission {
    switch state {
    case .open: .free
    case .closed(let closure): closure.until <= now ? .asProbe : .no
    case .probing: .no
    }
  }

  /// Nil when it is open.
  var closure: Closure? {
    switch state {
    case .open: nil
    case .closed(let closure), .probing(let closure, _): closure
    }
  }

  /// The run that finds out whether the vendor works again.
  var probe: Run.ID? {
    if case .probing(_, let run) = state { run } else { nil }
  }

  /// Why a session of `run` must not start; nil when it may.
  func refusal(of run: Run.ID, at now: Timestamp) -> Failure? {
    switch state {
    case .open: return nil
    case .probing(_, let probe) where probe == run: return nil
    case .closed(let closure) where closure.until <= now: return nil
    case .closed(let closure), .probing(let closure, _):
      let until = closure.until > now ? closure.until : nil
      let kind: Failure.Kind = closure.cause == .limit ? .usageLimited(until: until) : .transient
      return Failure(kind, closure.message)
    }
  }
}
