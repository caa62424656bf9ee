/// Whether `bwrap` works on this machine, found out by trying and remembered.
actor Bubblewrap {
  /// What a try came to.
  enum State: Hashable, Sendable {
    case works(path: String)
    /// Why not, and what to do.
    case unusable(String)
  }

  /// How long a failure is believed; somebody may install it meanwhile.
  static let failureKept: Duration = .seconds(30)
  private static let deadline: Duration = .seconds(10)

  private let commands: CommandRunner
  private let searchPath: String
  private let time: any TimeSource
  private var known: (state: State, at: Timestamp)?

  /// - Parameter searchPath: where `bwrap` is looked for.
  init(commands: CommandRunner, searchPath: String, time: any TimeSource) {
    self.commands = commands
    self.searchPath = searchPath
    self.time = time
  }

  /// Asked by several at once it may try several times; the answers are the same.
  func state() async -> State {
    if let known {
      if case .works = known.state { return known.state }
      if time.now < known.at + Self.failureKept { return known.state }
    }
    var state = await probe()
    // Once more: a machine that is busy may have let the first try run into its deadline.
    if case .unusable = state, ShimLauncher.resolve(bare) != nil { state = await probe() }
    known = (state, time.now)
    return state
  }

  private var bare: Command {
    Command(executable: BubblewrapCommand.name, environment: ["PATH": searchPath])
  }

  private func probe() async -> State {
    guard let path = ShimLauncher.resolve(bare) else {
      return .unusable("\(BubblewrapCommand.name) not found; \(BubblewrapCommand.remedy)")
    }
    var policy = SandboxPolicy(network: .none)
    policy.set("/tmp", .temporary)
    let trial = Command(
      executable: "/bin/sh", arguments: ["-c", "exit 0"], environment: ["PATH": searchPath])
    do {
      let result = try await commands.run(
        BubblewrapCommand.wrap(trial, policy, bubblewrap: path), deadline: Self.deadline,
        outputLimit: .kibibytes(64))
      if result.status.isSuccess { return .works(path: path) }
      let said = BubblewrapCommand.firstLine(String(decoding: result.standardError, as: UTF8.self))
      return .unusable("\(path) does not work here (\(said)); \(BubblewrapCommand.remedy)")
    } catch {
      return .unusable("\(path) does not work here (\(error)); \(BubblewrapCommand.remedy)")
    }
  }
}
