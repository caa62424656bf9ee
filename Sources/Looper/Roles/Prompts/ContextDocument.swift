/// The JSON of `$LOOPER_CONTEXT_FILE`: what the prompt says, for programs. Its reference is `docs/agent-protocol.md`.
///
/// Text in it is sanitised as in the prompt, and left out under ``UntrustedTextPolicy/omit`` likewise (then null).
enum ContextDocument {
  static func make(_ input: PromptInput) -> JSONValue {
    [
      "protocol": 1,
      "role": .string(input.job.role.rawValue),
      "phase": .string(input.phase.rawValue),
      "job": .string(input.job.code),
      "loop": .string(input.loop.id.handle),
      "project": .string(input.loop.project.display),
      "subject": subject(input),
      "pull": input.observation.pull.map { pull($0, input: input) } ?? .null,
      "spec": ["path": .string(input.specPath), "text": text(input.worktree.spec, input.fence)],
      "diff": [
        "base": .string(input.worktree.baseSHA.rawValue), "head": .string(input.worktree.startSHA.rawValue),
        "merge_base": .string(input.worktree.mergeBase.rawValue),
      ],
      "findings": .array(input.ledger.map(finding)),
      "threads": .array(input.threads.map { thread($0, input.fence) }),
      "checks": .array(input.checks.map { check($0, input.fence) }),
      "validation": ["commands": .array(input.validationCommands.map(JSONValue.string))],
      "answers": .array(
        input.answers.map {
          ["question": .string($0.question), "answer": .string($0.answer), "by": .string($0.by)]
        }),
      "previous_failure": input.previousFailure.map(failure) ?? .null,
    ]
  }

  private static func subject(_ input: PromptInput) -> JSONValue {
    let subject = input.loop.subject
    if let issue = input.observation.issue {
      let isAdmitted = input.fence.admits(issue.author)
      return [
        "kind": "issue", "number": number(issue.number),
        "title": isAdmitted ? .string(UntrustedText.line(issue.title)) : .null,
        "body": isAdmitted ? text(issue.body, input.fence) : .null,
        "url": .string(issue.url), "author": .string(issue.author.login),
        "permission": permission(issue.author),
        "comments": comments(issue.comments, input.fence),
      ]
    }
    guard let pull = input.observation.pull else {
      return ["kind": .string(subject.kind), "number": number(subject.number)]
    }
    return Self.pull(pull, input: input)
  }

  private static func pull(_ pull: PullSnapshot, input: PromptInput) -> JSONValue {
    let isAdmitted = input.fence.admits(pull.author)
    return [
      "kind": "pull", "number": number(pull.number),
      "title": isAdmitted ? .string(UntrustedText.line(pull.title)) : .null,
      "body": isAdmitted ? text(pull.body, input.fence) : .null,
      "url": .string(pull.url), "author": .string(pull.author.login), "permission": permission(pull.author),
      "head": .string(pull.headRef), "base": .string(pull.baseRef),
    ]
  }

  private static func finding(_ finding: Finding) -> JSONValue {
    let draft = finding.draft
    return [
      "id": .string(finding.id.handle), "path": .string(draft.path), "line": number(draft.line),
      "side": .string(draft.side.rawValue), "start_line": number(draft.startLine),
      "severity": .string(draft.severity.rawValue), "title": .string(draft.title),
      "body": .string(draft.body),
      "suggestion": draft.suggestion.map(JSONValue.string) ?? .null, "state": .string(finding.state.rawValue),
      "round": number(finding.round), "explanation": .string(finding.explanation),
    ]
  }

  private static func thread(_ item: PromptThread, _ fence: Fence) -> JSONValue {
    [
      "id": .string(item.id), "path": .string(item.thread.path), "line": number(item.thread.line),
      "comments": comments(item.thread.comments, fence),
    ]
  }

  private static func comments(_ comments: [CommentSnapshot], _ fence: Fence) -> JSONValue {
    .array(
      comments.map { comment in
        [
          "author": .string(comment.author.login), "permission": permission(comment.author),
          "body": fence.admits(comment.author) ? text(comment.body, fence) : .null,
        ]
      })
  }

  private static func check(_ log: CheckLog, _ fence: Fence) -> JSONValue {
    [
      "id": .string(log.id), "name": .string(log.check.name), "app": .string(log.check.app),
      "conclusion": .string(log.check.conclusion), "url": .string(log.check.url),
      "excerpt": text(log.excerpt, fence),
    ]
  }

  private static func failure(_ failure: Failure) -> JSONValue {
    ["kind": .string(failure.kind.code), "message": .string(failure.message)]
  }

  private static func permission(_ author: AuthorSnapshot) -> JSONValue {
    author.permission.map { .string($0.rawValue) } ?? .null
  }

  private static func text(_ text: String?, _ fence: Fence) -> JSONValue {
    text.map { .string(UntrustedText.sanitised($0, bytesMax: WorktreeFacts.specBytesMax)) } ?? .null
  }

  private static func number(_ number: Int?) -> JSONValue { number.map { .integer(Int64($0)) } ?? .null }
}
