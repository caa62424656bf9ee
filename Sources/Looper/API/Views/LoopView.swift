/// A loop: one subject on its way from the trigger to its end.
struct LoopView: Codable, Equatable, Sendable {
  /// Handle, `L12`; also its id in paths.
  var id: String
  var project: String
  var subject: SubjectView
  /// `plan`, `spec-review`, `work`, `code-review`, `ready`, `done`.
  var phase: String
  /// `queued`, `running`, `waiting`, `blocked`, `done`.
  var state: String
  /// The code of what it waits for or is blocked by; nil in other states.
  var reason: String?
  /// When the state was entered.
  var since: Timestamp
  /// When it is looked at again; nil when only an event or a person moves it.
  var wakesAt: Timestamp?
  var pullNumber: Int?
  var pullURL: String?
  var branch: String?
  /// `manual`, `planned`, `auto`.
  var lane: String
  var vendor: String?
  var model: String?
  /// Arguments that were asked for; nil for none.
  var extraArgs: [String]?
  /// US dollars so far; nil when unknown.
  var costUSD: Double?
  var findingsOpen: Int
  /// Handle of the run that is under way, `R34`.
  var run: String?
  var createdAt: Timestamp
  var endedAt: Timestamp?
  /// `merged`, `closed`, `cancelled`, `reviewed`; nil while it lives.
  var outcome: String?
  /// Where a person may work while the loop is taken over; absolute.
  var worktree: String?
  /// What a person left in the worktree that is handed back.
  var left: LeftWorkView?
  /// Whether what is answered started it; nil where nothing was to be started.
  var isNew: Bool?
}

/// What a person left in a worktree.
struct LeftWorkView: Codable, Equatable, Sendable {
  /// The commit of HEAD; nil when it names none.
  var head: String?
  /// Where the loop's last run began.
  var start: String?
  /// Commits that are nowhere but here, newest first, as `1234567 subject`.
  var commits: [String]
  /// Files with changes that are in no commit.
  var changedFiles: [String]
  /// Where both were kept; nil when there was no need to.
  var rescueRef: String?
}

/// What a person answers to an agent's question.
struct AnswerRequest: Codable, Equatable, Sendable {
  /// Not empty.
  var text: String
}

/// The issue or pull request a loop is about.
struct SubjectView: Codable, Equatable, Sendable {
  /// `issue` or `pull`.
  var kind: String
  var number: Int
  var title: String
  var url: String
}

/// Asks for a loop about a subject; answered by the live one when there is one.
struct StartRequest: Codable, Equatable, Sendable {
  /// Web address of the issue or pull request, or `owner/name#12`.
  var url: String
  var vendor: String?
  var model: String?
  /// Arguments for every start of the agent, after those of the configuration; at most 100, none with a NUL.
  var extraArgs: [String]?
  /// Start with the implementation, without a spec.
  var noPlan: Bool?
  /// The role of the first run: `planner` or `worker` for an issue, `reviewer` for a pull request that is only reviewed.
  var role: String?
}

/// Which loops are wanted.
struct LoopFilter: Equatable, Sendable {
  /// A state code; nil is every live state. `all` includes ended loops.
  var state: String?
  var project: ProjectName?
}

/// What an operator does with a loop.
enum LoopAction: String, Codable, Sendable, CaseIterable {
  /// Nothing automatic happens any more; a run under way is stopped.
  case pause
  case resume
  /// Ends the loop; answered when its processes are gone.
  case cancel
  /// Resets the counters and looks again.
  case retry
  case takeover
  /// Refused while the worktree holds what is not pushed.
  case handback
  /// What is not pushed is kept on a rescue ref.
  case handbackKeeping = "handback-keep"

  /// Whether it takes a worktree back from a person, also that of a loop that has ended meanwhile.
  var isHandback: Bool {
    switch self {
    case .handback, .handbackKeeping: true
    case .pause, .resume, .cancel, .retry, .takeover: false
    }
  }
}

/// What an operator does with every live loop that it applies to.
enum BulkAction: String, Codable, Sendable, CaseIterable {
  /// Besides, nothing new starts any more, until everything is resumed.
  case pause
  case resume
  case cancel
  /// Those that are blocked.
  case retry

  /// What is done to each.
  var action: LoopAction {
    switch self {
    case .pause: .pause
    case .resume: .resume
    case .cancel: .cancel
    case .retry: .retry
    }
  }
}

/// What became of a command on every loop.
struct BulkView: Codable, Equatable, Sendable {
  /// By loop, oldest first.
  var items: [BulkItemView]
  /// Whether the pause of everything began or ended with this; nil for what has nothing to do with it.
  var changed: Bool?
}

/// What became of it at one loop.
struct BulkItemView: Codable, Equatable, Sendable {
  /// Handle, `L12`.
  var loop: String
  var ok: Bool
  /// Why it was refused; nil when it was not.
  var error: String?
}
