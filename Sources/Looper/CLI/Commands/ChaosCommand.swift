import ArgumentParser

/// `looper chaos`: kills a daemon of its own again and again and looks at what is left. For `scripts/chaos`.
struct ChaosCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chaos",
    abstract: "Kill a daemon over a local GitHub again and again; nothing may happen twice or be lost.",
    discussion: "Example: looper chaos --minutes 2",
    shouldDisplay: false)

  @OptionGroup var global: GlobalOptions
  @Option(help: "How long it is killed, in minutes.") var minutes = 1
  @Option(help: "How many issues it works on.") var issues = 20
  @Option(help: "Decides when it is killed.") var seed: UInt64 = 1

  func validate() throws {
    guard minutes >= 0, issues >= 1 else {
      throw ValidationError("--minutes is at least 0, --issues at least 1")
    }
  }

  func run() async throws {
    let around = CommandEnvironment.current
    let global = global
    let chaos = Chaos(
      duration: .seconds(60 * minutes), issues: issues, seed: seed,
      searchPath: around.variables["PATH"] ?? "/usr/local/bin:/usr/bin:/bin", time: around.time,
      say: { try around.write(.error, $0 + "\n") })
    let verdict = try await chaos.run()
    try global.show(verdict) { _ in verdict.text }
    if !verdict.problems.isEmpty { throw ExitCode.failure }
  }
}
