extension ConfigurationSchema {
  static let flow: [ConfigurationKey<Configuration>] = [
    .init(
      "flow.spec-approval", \.flow.specApproval, .choice,
      "Whether a clean spec goes on by itself or waits for a person."),
    .init(
      "flow.spec-review-rounds", \.flow.specReviewRounds, .integer(1...20),
      "Review rounds of a spec before a person is asked."
    ),
    .init(
      "flow.code-review-rounds", \.flow.codeReviewRounds, .integer(1...20),
      "Review rounds of code before a person is asked."
    ),
    .init(
      "flow.quiet-period-secs", \.flow.quietPeriod, .duration(.seconds, 0...3600),
      "How long a head must have stood still before its checks and reviews are judged."),
    .init(
      "flow.branch-prefix", \.flow.branchPrefix, .branchPrefix,
      "What the branches that Looper makes begin with."),
    .init(
      "flow.spec-directory", \.flow.specDirectory, .directoryInside,
      "Where in a repository specs are written."),
    .init(
      "flow.checks-wait-mins", \.flow.checksWait, .duration(.minutes, 1...10_080),
      "How long pending checks are waited for before a person is told."),
    .init(
      "flow.update", \.flow.update, .choice,
      "When a pull request whose base moved is brought up to it, as long as that goes without a conflict."),
  ]

  static let merge: [ConfigurationKey<Configuration>] = [
    .init(
      "merge.mode", \.merge.mode, .choice,
      "Who merges what is ready: a person, Looper (or GitHub for it), or the base's merge queue."),
    .init(
      "merge.protected-paths", \.merge.protectedPaths, .list(.names),
      "Globs of paths whose change only a person merges, besides paths.protected of the repository."),
    .init(
      "merge.max-changed-lines", \.merge.changedLinesMax, .integer(0...10_000_000),
      "Changed lines above which only a person merges; 0 means no limit."),
  ]

  static let labels: [ConfigurationKey<Configuration>] = [
    .init("labels.plan", \.labels.plan, .label, "On an issue, by a person: start, with a spec first."),
    .init("labels.implement", \.labels.implement, .label, "On an issue, by a person: start, without a spec."),
    .init(
      "labels.spec-reviewing", \.labels.specReviewing, .label, "On a pull request: its spec is under review."),
    .init("labels.spec-ready", \.labels.specReady, .label, "On a pull request: its spec is approved."),
    .init("labels.needs-human", \.labels.needsHuman, .label, "On either, by Looper: a person has to act."),
    .init("labels.hold", \.labels.hold, .label, "On either, by a person: nothing automatic happens."),
    .init("labels.review", \.labels.review, .label, "On a pull request, by a person: review it, never push."),
    .init("labels.adopt", \.labels.adopt, .label, "On a pull request, by a person: take it over to ready."),
  ]

  static let trust: [ConfigurationKey<Configuration>] = [
    .init(
      "trust.untrusted-text", \.trust.untrustedText, .choice,
      "Whether text by people without write access reaches agents as quoted data or not at all."),
    .init("trust.disclosure", \.trust.isDisclosed, .boolean, "Whether what Looper publishes says so."),
    .init(
      "trust.disclosure-text", \.trust.disclosureText, .text(),
      "The sentence that says so; empty means the built-in one."
    ),
    .init(
      "trust.secrets-file", \.trust.secretsFile, .path(orEmpty: true),
      "A file that only you can read (0600) with one secret a line, none of which is ever published; empty means none."
    ),
  ]

  static let budget: [ConfigurationKey<Configuration>] = [
    .init("budget.run-tokens", \.budget.runTokens, .integer(0...Int.max), "Tokens of one run."),
    .init("budget.run-cost-usd", \.budget.runCostUSD, .amount, "Dollars of one run."),
    .init("budget.run-minutes", \.budget.runMinutes, minutes, "Minutes that agents may work in one run."),
    .init("budget.loop-tokens", \.budget.loopTokens, .integer(0...Int.max), "Tokens of one loop."),
    .init("budget.loop-cost-usd", \.budget.loopCostUSD, .amount, "Dollars of one loop."),
    .init(
      "budget.loop-minutes", \.budget.loopMinutes, .integer(0...1_000_000),
      "Minutes that agents may work for one loop."),
    .init(
      "budget.project-day-tokens", \.budget.projectDayTokens, .integer(0...Int.max),
      "Tokens of one project in a day."),
    .init(
      "budget.project-day-cost-usd", \.budget.projectDayCostUSD, .amount, "Dollars of one project in a day."),
    .init(
      "budget.project-day-minutes", \.budget.projectDayMinutes, minutes,
      "Minutes that agents may work for one project in a day."),
    .init("budget.day-tokens", \.budget.dayTokens, .integer(0...Int.max), "Tokens of everything in a day."),
    .init("budget.day-cost-usd", \.budget.dayCostUSD, .amount, "Dollars of everything in a day."),
    .init(
      "budget.day-minutes", \.budget.dayMinutes, minutes, "Minutes that all agents may work in a day."),
  ]

  private static let minutes = ConfigurationCodec<Int>.integer(0...1_000_000)
}

extension ConfigurationCodec<String> {
  fileprivate static var branchPrefix: Self {
    text("the beginning of a branch name") { text in
      !text.isEmpty && !text.hasPrefix("/") && !text.hasPrefix("-") && !text.hasPrefix(".")
        && !text.contains("..") && !text.contains("//") && !text.contains("/.")
        && text.unicodeScalars.allSatisfy { $0.value > 0x20 && !"~^:?*[\\@{".unicodeScalars.contains($0) }
    }
  }

  /// A relative path that cannot leave the repository.
  fileprivate static var directoryInside: Self {
    text("a directory inside the repository") { text in
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      return !ConfigurationText.isRooted(text)
        && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && $0.lowercased() != ".git" }
    }
  }
}
