/// The fenced part of a prompt: what people, logs and earlier agents said.
enum PromptData {
  /// How many of an issue's comments are shown, newest last.
  static let commentsMax = 30
  static let commentBytesMax: ByteCount = .kibibytes(8)

  static func text(for input: PromptInput) -> String {
    let sections = [
      subject(input), comments(input), pull(input), spec(input), findings(input), conflict(input),
      checks(input),
      threads(input),
      answers(input), previousFailure(input),
    ]
    return (["## Data"] + sections.compactMap { $0 }).joined(separator: "\n\n")
  }

  private static func subject(_ input: PromptInput) -> String? {
    guard let issue = input.observation.issue else { return nil }
    return section(
      "The issue",
      [
        input.fence.quote(
          "\(issue.title)\n\n\(issue.body)", label: "issue #\(issue.number)", author: issue.author)
      ])
  }

  /// Looper's own questions are shown, for people's answers speak of them; its status comment says nothing new.
  private static func comments(_ input: PromptInput) -> String? {
    guard let issue = input.observation.issue else { return nil }
    let others = issue.comments.filter { comment in
      let key = WriteMarker.key(in: comment.body, by: comment.author.login, viewer: input.observation.viewer)
      return key != WriteMarker.statusCommentKey
    }
    guard !others.isEmpty else { return nil }
    var blocks = others.suffix(commentsMax).map {
      quote($0, label: "comment on issue #\(issue.number)", input)
    }
    if issue.areCommentsTruncated || others.count > commentsMax {
      blocks.insert("[older comments are left out]", at: 0)
    }
    return section("Comments on the issue", blocks)
  }

  /// A pull request of ours says only what the spec and the issue say already.
  private static func pull(_ input: PromptInput) -> String? {
    guard let pull = input.observation.pull else { return nil }
    let isOurs = pull.author.login == input.observation.viewer && input.observation.issue != nil
    guard !isOurs else { return nil }
    return section(
      "The pull request",
      [
        input.fence.quote(
          "\(pull.title)\n\n\(pull.body)", label: "pull request #\(pull.number)", author: pull.author)
      ])
  }

  private static func spec(_ input: PromptInput) -> String? {
    guard let spec = input.worktree.spec, input.job != .plan else { return nil }
    return section(
      "The spec",
      [input.fence.block(spec, label: "file \(input.specPath)", bytesMax: WorktreeFacts.specBytesMax)])
  }

  private static func findings(_ input: PromptInput) -> String? {
    guard !input.ledger.isEmpty else { return nil }
    switch input.job {
    case .fixFindings:
      // Nits are shown to people; they are nothing to spend a run on.
      let open = input.ledger.filter { $0.state == .open && $0.draft.severity.blocks }
      return open.isEmpty ? nil : section("Findings to fix", open.map { finding($0, input) })
    case .reviewSpec, .reviewCode:
      let isSettled = { (finding: Finding) in finding.state == .closed || finding.state == .deferred }
      let open = input.ledger.filter { !isSettled($0) }.map { finding($0, input) }
      let settled = input.ledger.filter(isSettled).map {
        "\($0.id.handle) \($0.state.rawValue): \($0.draft.path): \($0.draft.title)"
      }
      let list =
        settled.isEmpty ? [] : [input.fence.block(settled.joined(separator: "\n"), label: "settled findings")]
      return section("Findings of earlier rounds", open + list)
    case .plan, .implement, .fixChecks, .fixThreads, .fixConflict: return nil
    }
  }

  private static func finding(_ finding: Finding, _ input: PromptInput) -> String {
    let draft = finding.draft
    let place = draft.line.map { "\(draft.path):\($0)" } ?? draft.path
    var text = "\(draft.title)\n\(place) (\(draft.side.rawValue))\n\n\(draft.body)"
    if let suggestion = draft.suggestion { text += "\n\nSuggestion:\n\(suggestion)" }
    if !finding.explanation.isEmpty { text += "\n\nThe author's answer:\n\(finding.explanation)" }
    let label = "finding \(finding.id.handle), \(draft.severity.rawValue), \(finding.state.rawValue)"
    return input.fence.block(text, label: label)
  }

  /// Both sides by name: which files, and which commits of each side touch them.
  private static func conflict(_ input: PromptInput) -> String? {
    guard let size = input.conflict, !size.isClean else { return nil }
    func list(_ commits: [MergeSize.Commit]) -> [String] {
      commits.isEmpty ? ["  (none)"] : commits.map { "  \($0.sha.short) \($0.subject)" }
    }
    let lines =
      ["Conflicting files:"] + size.conflictPaths.map { "  \($0)" }
      + ["Commits of the base up to \(size.base.short) that touch them:"] + list(size.baseCommits)
      + ["Commits of this change up to \(size.head.short) that touch them:"] + list(size.headCommits)
    return section(
      "The conflict", [input.fence.block(lines.joined(separator: "\n"), label: "trial merge of both sides")])
  }

  private static func checks(_ input: PromptInput) -> String? {
    guard !input.checks.isEmpty else { return nil }
    return section(
      "Failing checks",
      input.checks.map { log in
        let app = log.check.app.isEmpty ? "" : " (\(log.check.app))"
        return input.fence.block(
          log.excerpt.isEmpty ? log.check.title : log.excerpt,
          label: "check \(log.id), \(log.check.name)\(app): \(log.check.conclusion)")
      })
  }

  private static func threads(_ input: PromptInput) -> String? {
    guard !input.threads.isEmpty else { return nil }
    return section(
      "Review threads",
      input.threads.map { item in
        let path = item.thread.isRemark ? "no place: it is about the whole change" : item.thread.path
        let place = item.thread.line.map { "\(path):\($0)" } ?? path
        let comments = item.thread.comments.suffix(commentsMax).map { comment in
          quote(comment, label: "thread \(item.id) at \(place)", input)
        }
        return "\(item.id):\n\(comments.joined(separator: "\n"))"
      })
  }

  private static func answers(_ input: PromptInput) -> String? {
    guard !input.answers.isEmpty else { return nil }
    return section(
      "Answers to earlier questions",
      input.answers.map { answered in
        input.fence.block(
          "Question: \(UntrustedText.sanitised(answered.question))\n\nAnswer: \(UntrustedText.sanitised(answered.answer))",
          label: "answered by \(answered.by)")
      })
  }

  private static func previousFailure(_ input: PromptInput) -> String? {
    guard let failure = input.previousFailure else { return nil }
    return section(
      "The previous attempt", [input.fence.block(failure.description, label: "how the last run failed")])
  }

  private static func quote(_ comment: CommentSnapshot, label: String, _ input: PromptInput) -> String {
    let text = UntrustedText.sanitised(comment.body, bytesMax: commentBytesMax)
    return input.fence.quote(text, label: "\(label), \(comment.createdAt.iso8601)", author: comment.author)
  }

  private static func section(_ title: String, _ blocks: [String]) -> String {
    (["### \(title)"] + blocks).joined(separator: "\n\n")
  }
}
