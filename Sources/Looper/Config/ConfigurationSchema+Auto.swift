extension ConfigurationSchema {
  /// The member that holds the `[[auto]]` tables; it has no single value.
  static let autoKey = "auto"

  /// The keys of one `[[auto]]` table.
  static let auto: [ConfigurationKey<Configuration.Auto>] = [
    .init(
      "repositories", \.repositories, .list(.names, "a list of repositories") { ProjectName($0) != nil },
      "The watched repositories the rule is for; empty means all of them."),
    .init(
      "labels", \.labels, .list(.whole),
      "An issue with any of these is worked on, when somebody with write access set it."),
    .init(
      "authors", \.authors, .list(.names),
      "Only issues by one of these logins; without labels, all of theirs."),
    .init(
      "per-day", \.perDay, .integer(1...1000),
      "Loops that the rule may start in a repository on one day, which begins at midnight UTC."),
    .init(
      "look-back-days", \.lookBack, .duration(.days, 1...3650),
      "Only issues that changed within this time."),
    .init("plan", \.hasPlan, .boolean, "Whether a spec comes first."),
  ]
}

extension Configuration {
  /// One `[[auto]]` entry: issues that are worked on though nobody set a label of Looper's on them.
  struct Auto: Sendable, Equatable {
    /// As written; empty for all.
    var repositories: [String] = []
    var labels: [String] = []
    var authors: [String] = []
    var perDay = 5
    var lookBack = Duration.seconds(7 * 86_400)
    var hasPlan = true
  }
}
