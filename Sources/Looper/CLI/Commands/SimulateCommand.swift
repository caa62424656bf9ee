import ArgumentParser
import Foundation

/// `looper simulate`: the engine over a simulated world, to find what must never happen.
struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Run the engine over simulated faults and check what must always be true.",
    discussion:
      "Everything follows from the seed: a seed that breaks a rule breaks it again. Nothing is started, nothing is "
      + "written and nothing leaves this process."
      + "\n\nExample: looper simulate --seed 7 --hours 48")

  @OptionGroup var global: GlobalOptions
  @Option(help: "The first seed.") var seed: UInt64 = 1
  @Option(help: "How many seeds.") var seeds: UInt64 = 1
  @Option(help: "Simulated hours per seed, the last six without trouble; at least seven.") var hours = 24
  @Option(help: "How many seeds at a time; as many as there are processors unless told.") var jobs: Int?
  @Option(help: "Kinds of trouble by name, with commas between, or all, or none.") var faults = "all"

  func validate() throws {
    guard hours >= 1, hours <= 24 * 366 else { throw ValidationError("--hours is 1 to 8784") }
    guard jobs.map({ $0 >= 1 }) ?? true else { throw ValidationError("--jobs is at least 1") }
    guard seeds >= 1 else { throw ValidationError("--seeds is at least 1") }
  }

  func run() async throws {
    let faults = try SimulatedFault.parse(faults)
    let series = SimulationSeries(
      first: seed, count: seeds, hours: hours, faults: faults,
      jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount)
    let summary = try await series.run { try global.note($0) }
    try global.show(summary) { _ in summary.text }
    if !summary.broken.isEmpty { throw ExitCode.failure }
  }
}
