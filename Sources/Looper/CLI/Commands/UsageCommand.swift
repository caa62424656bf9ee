import ArgumentParser

/// `looper usage`: what agents consumed.
struct UsageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "usage", abstract: "Add up the tokens and the money that agents used.",
    discussion: "A ? stands for what no agent told. A + means that some sessions did not tell: it was more."
      + "\n\nExample: looper usage --by project --days 7")

  @OptionGroup var global: GlobalOptions
  @Option(help: "day (in UTC), project, loop, role or vendor.") var by = UsageGrouping.day
  @Option(parsing: .unconditional, help: "Only of the last so many days.") var days: Int?

  func run() async throws {
    let usage = try await global.withClient { try await $0.usage(by: by, days: days) }
    if global.json || !usage.rows.isEmpty { try global.show(usage) { UsageText.text(usage, $0) } }
    if usage.rows.isEmpty { try global.note("no agent session has ended yet; see `looper run list`") }
  }
}

extension UsageGrouping: ExpressibleByArgument {}
