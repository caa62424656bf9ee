/// Everything a user can decide about Looper, as typed values; the defaults are the ones written here.
///
/// ``ConfigurationSchema`` gives every field its key, bounds and sentence; nothing else reads configuration.
struct Configuration: Sendable, Equatable {
  var server = Server()
  var daemon = Daemon()
  var storage = Storage()
  var github = GitHub()
  var agent = Agent()
  var limits = Limits()
  var flow = Flow()
  var merge = Merge()
  var labels = Labels()
  var trust = Trust()
  var sandbox = SandboxSettings()
  var budget = Budget()
  var validation = Validation()
  var upgrade = Upgrade()
  var projects: [Project] = []
  var auto: [Auto] = []
}

extension Configuration {
  /// Where the API is served.
  struct Server: Sendable, Equatable {
    var host = "127.0.0.1"
    /// 0 means any free port.
    var port = 7391
    /// Whether TCP is served; the Unix socket always is.
    var isEnabled = true
    /// Empty: `looper.sock` in the data directory. Use ``ConfigurationPaths``.
    var socketPath = ""
    /// Empty: `api-token` in the data directory. Use ``ConfigurationPaths``.
    var tokenFile = ""
  }

  /// How the daemon runs.
  struct Daemon: Sendable, Equatable {
    /// As written, with `~`. Use ``ConfigurationPaths``.
    var dataDirectory = "~/.looper"
    var pollInterval = Duration.seconds(30)
    var shutdownGrace = Duration.seconds(20)
    var logLevel = LogLevel.info
    var logFormat = LogFormat.text
    /// Nothing new starts while less than this is free where the data directory lies.
    var diskFloor = ByteCount.mebibytes(512)
    /// Nothing new starts while less memory than this is available.
    var memoryFloor = ByteCount.mebibytes(256)

    /// The least severe message that is logged; the names are those of swift-log.
    enum LogLevel: String, Sendable, CaseIterable {
      case trace, debug, info, notice, warning, error, critical
    }

    /// How a log line looks.
    enum LogFormat: String, Sendable, CaseIterable {
      case text, json
    }
  }

  /// What is kept on disk.
  struct Storage: Sendable, Equatable {
    /// Empty: `looper.db` in the data directory. Use ``ConfigurationPaths``.
    var databasePath = ""
    var transcriptMax = ByteCount.mebibytes(64)
    var transcriptKeep = Duration.seconds(14 * 86_400)
  }

  /// How GitHub and git are reached, and how fast GitHub is written to.
  struct GitHub: Sendable, Equatable {
    /// A name looked up on PATH, or a path.
    var ghPath = "gh"
    /// A name looked up on PATH, or a path.
    var gitPath = "git"
    var writeInterval = Duration.milliseconds(1000)
    var writesPerMinute = 80
    var writesPerHour = 500
    var commandTimeout = Duration.seconds(60)
  }

  /// The agent every role uses, and what single roles change about it.
  struct Agent: Sendable, Equatable {
    var settings = AgentSettings()
    var vendors = AgentSettings.VendorTable()
    var roles = AgentSettings.RoleOverrides()
  }

  /// How many runs may be live at once.
  struct Limits: Sendable, Equatable {
    var runs = 4
    var runsPerProject = 4
    var runsPerRole = 4
    var runsPerVendor = 4
  }

  /// How a loop goes from its trigger to ready.
  struct Flow: Sendable, Equatable {
    var specApproval = SpecApproval.auto
    var specReviewRounds = 2
    var codeReviewRounds = 3
    /// How long a head must have stood still before its checks and reviews are judged.
    var quietPeriod = Duration.seconds(10)
    var branchPrefix = "looper/"
    var specDirectory = "specs"
    /// How long pending checks are waited for before a human is told.
    var checksWait = Duration.seconds(120 * 60)

    /// When a head is brought up to its base.
    var update = UpdatePolicy.whenRequired

    /// Who lets a clean spec through.
    enum SpecApproval: String, Sendable, CaseIterable {
      case auto, human
    }
  }

  /// Who merges what is ready.
  struct Merge: Sendable, Equatable {
    var mode = MergePolicy.Mode.off
    /// Globs, besides those of the repository's own configuration.
    var protectedPaths: [String] = []
    /// 0 means no limit.
    var changedLinesMax = 0
  }

  /// The names of the labels; compared without regard to case.
  struct Labels: Sendable, Equatable {
    var plan = "looper:plan"
    var implement = "looper:implement"
    var specReviewing = "looper:spec-reviewing"
    var specReady = "looper:spec-ready"
    var needsHuman = "looper:needs-human"
    var hold = "looper:hold"
    var review = "looper:review"
    var adopt = "looper:adopt"
  }

  /// What is done with other people's text, and what Looper says about itself.
  struct Trust: Sendable, Equatable {
    var untrustedText = UntrustedText.quote
    /// Whether what Looper publishes says that Looper wrote it.
    var isDisclosed = true
    /// Empty: the built-in sentence.
    var disclosureText = ""
    /// A file with one secret a line that is never published, as written, with `~`; empty for none.
    var secretsFile = ""

    /// What becomes of text by people without write access.
    enum UntrustedText: String, Sendable, CaseIterable {
      case quote, omit
    }
  }

  /// What may be spent; 0 means no limit, everywhere.
  struct Budget: Sendable, Equatable {
    var runTokens = 0
    var runCostUSD = 0.0
    var runMinutes = 0
    var loopTokens = 0
    var loopCostUSD = 0.0
    var loopMinutes = 0
    var projectDayTokens = 0
    var projectDayCostUSD = 0.0
    var projectDayMinutes = 0
    var dayTokens = 0
    var dayCostUSD = 0.0
    var dayMinutes = 0
  }

  /// What the daemon itself runs to prove that work is complete.
  struct Validation: Sendable, Equatable {
    /// Each is run by `/bin/sh -c` in the worktree.
    var commands: [String] = []
    var timeout = Duration.seconds(900)
  }

  /// Where newer versions come from.
  struct Upgrade: Sendable, Equatable {
    /// `owner/name` on GitHub; empty when there is none.
    var source = ""
  }

  /// One `[[projects]]` entry: a repository to watch and what differs there.
  struct Project: Sendable, Equatable {
    var name: ProjectName
    /// A local checkout to fetch from faster, as written; empty for none.
    var path = ""
    /// The branch to work against; empty for the repository's default branch.
    var base = ""
    /// In place of `validation.commands`; nil when not given.
    var validationCommands: [String]?
    var agent = AgentSettings.Overrides()
    var roles = AgentSettings.RoleOverrides()
  }
}

extension Configuration {
  /// The `[[projects]]` entry under the first of a repository's names that has one.
  func project(_ names: [ProjectName]) -> Project? {
    names.lazy.compactMap { name in projects.first { $0.name == name } }.first
  }

  /// The agent that `role` uses: `agent.*`, then `agent.roles.<role>`, then the same two of the project, and where
  /// these say nothing about the vendor they come to, `agent.vendors.<vendor>`.
  ///
  /// - Parameters:
  ///   - names: of the project; none is what holds without one.
  ///   - vendor: who does it although these say otherwise: a run's own vendor, or a substitute.
  func agentSettings(for role: Role, project names: [ProjectName], vendor: Vendor? = nil) -> AgentSettings {
    agentSettings(for: role, in: project(names), vendor: vendor)
  }

  /// The same for a project that has been looked up.
  func agentSettings(for role: Role, in project: Project?, vendor: Vendor? = nil) -> AgentSettings {
    var layers = [agent.roles[role]]
    if let project { layers += [project.agent, project.roles[role]] }
    layers.append(AgentSettings.Overrides(vendor: vendor))
    return layers.reduce(agent.settings.completed(from: agent.vendors)) {
      $0.overridden(by: $1, vendors: agent.vendors)
    }
  }

  /// The commands that prove work in a project of these names, unless the repository brings its own.
  func validationCommands(for names: [ProjectName]) -> [String] {
    project(names)?.validationCommands ?? validation.commands
  }
}
