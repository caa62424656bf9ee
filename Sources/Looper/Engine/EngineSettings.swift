import Synchronization

/// What the engine takes from the configuration, as plain values.
struct EngineSettings: Sendable {
  var policy = FlowPolicy()
  var limits = Admission.Limits()
  /// Which issues start without a label of ours.
  var auto: [AutoRule] = []
  /// ``Run/configurationHash``.
  var configurationHash = ""
  /// The operator's commands for a project, by its names; the repository's own go first.
  var validationCommands: @Sendable ([ProjectName]) -> [String] = { _ in [] }
  var validationLimit: Duration = .seconds(900)
  var pollInterval: Duration = .seconds(30)
  var pacing = Pacing()
  /// Why the machine has no room in memory for another run; nil when it has.
  var shortage: @Sendable () -> String? = { nil }
  /// The same of its disk.
  var diskShortage: @Sendable () -> String? = { nil }
  /// Vendor and model for a role in a project, by its names, unless the loop was started with its own.
  var terms: @Sendable (Role, [ProjectName]) -> ClaimTerms = { _, _ in
    ClaimTerms(vendor: .custom, model: nil)
  }
  /// Reads `.looper/looper.toml` for one role.
  ///
  /// Throws `needsHuman` when anything in it is wrong: a mistyped key must not drop the protection it was meant for.
  var rules: @Sendable (String?, Role) throws(Failure) -> RepositoryRules = { _, _ in RepositoryRules() }

  /// Who runs a role of a loop. A vendor that the loop was started with has no substitute: somebody asked for it. The
  /// configured model is one of the configured vendor, and means nothing to another.
  func terms(of loop: Loop, _ role: Role) -> ClaimTerms {
    var terms = terms(role, loop.projectNames)
    if let vendor = loop.vendor {
      let model = vendor == terms.vendor ? terms.model : terms.models[vendor]
      terms = ClaimTerms(vendor: vendor, model: model)
    }
    terms.model = loop.model ?? terms.model
    terms.extraArguments = loop.extraArguments
    return terms
  }

  /// How fast GitHub is written to.
  struct Pacing: Equatable, Sendable {
    var interval: Duration = .seconds(1)
    var perMinute = 80
    var perHour = 500
  }
}

/// The settings in force; replaced whole when the configuration file changes.
final class LiveSettings: Sendable {
  private let state: Mutex<EngineSettings>

  init(_ settings: EngineSettings) { state = Mutex(settings) }

  var current: EngineSettings { state.withLock { $0 } }
  func replace(with settings: EngineSettings) { state.withLock { $0 = settings } }
}
