/// What a demonstration came to, as printed by `--json`.
struct DemoResult: Codable, Equatable, Sendable {
  /// Handle of the loop, `L1`.
  var loop: String
  var phase: String
  var state: String
  var pullNumber: Int?
  /// One line per commit of the pull request, oldest first.
  var commits: [String]
  /// Submitted reviews.
  var reviews: Int
  var findings: Int
  var checksPassed: Int
  var checksFailed: Int
  var costUSD: Double?
  var inputTokens: Int?
  var outputTokens: Int?
  var seconds: Double
  /// Nil when everything was removed.
  var places: DemoPlaces?
}

/// Where what a kept demonstration made lies.
struct DemoPlaces: Codable, Equatable, Sendable {
  var directory: String
  var configuration: String
  var database: String
  var transcripts: String
  var worktree: String?
  /// The bare repository of the local GitHub.
  var repository: String
  var daemonLog: String
}

extension DemoResult {
  /// The table at the end.
  func summary(_ style: TextStyle) -> String {
    let number = pullNumber.map { "#\($0)" } ?? "-"
    var rows: [[TextTable.Cell]] = [
      ["pull request", .init("\(number) in \(DemoSample.repository), \(phase)", .green)]
    ]
    for (index, commit) in commits.enumerated() {
      rows.append([.init(index == 0 ? "commits" : ""), .init(commit)])
    }
    let tokens = "\(TextStyle.count(inputTokens)) tokens in, \(TextStyle.count(outputTokens)) out"
    rows += [
      ["reviews", .init("\(reviews), with \(findings) \(findings == 1 ? "finding" : "findings")")],
      ["checks", .init("\(checksPassed) passed, \(checksFailed) failed on the way")],
      ["cost", .init("\(TextStyle.money(costUSD)), \(tokens) (made up: the agent is a script)")],
      ["time", .init(TextStyle.duration(.milliseconds(Int64(seconds * 1000))))],
    ]
    return TextTable(rows: rows, indent: 2).text(style)
  }

  /// Where everything lies and what to type, while it runs.
  func kept(_ places: DemoPlaces, program: String, _ style: TextStyle) -> String {
    let files = TextTable(
      rows: [
        ["everything", .init(places.directory)], ["database", .init(places.database)],
        ["transcripts", .init(places.transcripts)], ["worktree", .init(places.worktree ?? "-")],
        ["GitHub's git", .init(places.repository)], ["daemon log", .init(places.daemonLog)],
      ], indent: 2
    ).text(TextStyle(width: max(style.width, 200), isColored: style.isColored, now: style.now))
    let merge = "repos/\(DemoSample.repository)/pulls/\(pullNumber ?? 0)/merge"
    return """
      \(style.paint("Where it lies", .bold))
      \(files)

      \(style.paint("What to type next, in another terminal", .bold))
        export LOOPER_CONFIG=\(places.configuration)
        \(program) status
        \(program) inspect \(loop)
        \(program) why \(loop)
        git -C \(places.repository) log -p --all
      and merge it, as its owner would in the browser:
        GH_CONFIG_DIR=\(places.directory)/gh GH_TOKEN=\(DemoSample.token) \\
          gh api -X PUT \(merge)
      """
  }

  /// What to type when nothing was kept.
  static func next(program: String, _ style: TextStyle) -> String {
    """
    \(style.paint("What to type next", .bold))
      # the same, left running for inspect, why, status and a merge
      \(program) demo --keep
      # the same with a repository and an agent of yours
      \(program) project add owner/name && \(program) serve
    """
  }
}
