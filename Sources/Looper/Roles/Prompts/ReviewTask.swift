/// The reviewer's tasks and rubrics.
enum ReviewTask {
  static func spec(_ input: PromptInput) -> String {
    """
    ## Task: review the spec for \(PromptTask.subject(input))

    The spec is `\(input.specPath)`. A worker will implement it as it stands, so judge whether that would solve the \
    issue well. Read the issue, the spec and the code it speaks of; verify its claims instead of trusting them.

    \(scope(input))

    Check, in this order:

    1. Does it solve the problem the issue states: all of it, and nothing beside it?
    2. Is it true? Files, functions, formats and behaviours it names exist as it says or are marked as new.
    3. Would it work? Think through the errors, edge cases, concurrency, compatibility, security and migration that \
    apply here.
    4. Is it decided? No open choice, no "as needed"; two engineers would build the same.
    5. Are the acceptance criteria (`AC1`, …) observable and testable, and do they together cover the goals and the \
    error cases?
    6. Is it the simplest design that does it, and one that fits this repository?

    \(severities(
      blocker: "implementing it would do harm or not solve the issue",
      major: "a wrong claim, a missing case or an untestable criterion that would lead the worker astray",
      minor: "an unclear or incomplete place that would cost the worker a wrong turn",
      nit: "wording, order, taste"))

    Set `path` to the spec's path and `line` to the line in it. Report under `criteria` whether each criterion is \
    testable as written (`pass`, `fail`).

    \(verdicts)\(history(input))\(PromptTask.retry(input))
    """
  }

  static func code(_ input: PromptInput) -> String {
    let wanted =
      input.worktree.spec == nil
      ? "The request is below; work out what must be true when it is done, and check that."
      : "The spec is `\(input.specPath)`. Check every acceptance criterion against the code and report it under `criteria`."
    return """
      ## Task: review the change for \(PromptTask.subject(input))

      \(wanted)

      \(scope(input))

      Check, in this order:

      1. Correctness: does each path do what is meant, with empty, large, wrong and concurrent input, and when a call \
      fails? Follow the data; read the code around the diff, callers included.
      2. Completeness: every criterion implemented, every place that had to change changed.
      3. Security: untrusted input, injection, secrets, permissions, paths.
      4. Tests: would they fail without the change? Are the error paths tested? Was a test weakened or removed?
      5. Fit: the repository's conventions and structure; no needless change, dependency or complexity; documentation \
      still true.

      Run what you doubt: build it, run the tests that matter, try the input. An observed failure is the best evidence.

      \(severities(
        blocker: "data loss, a security hole, a crash or wrong result in ordinary use, a criterion not met",
        major: "a bug in a case that will occur, a missing test for essential behaviour, a broken interface",
        minor: "a bug in a rare case, misleading naming or documentation, a real maintenance burden",
        nit: "style and taste, anything a formatter or linter would settle"))

      Give each finding the place of its cause: `line` is a line of the new file that is part of the diff, or with \
      `"side": "LEFT"` a removed line of the old one. A `suggestion` must be the exact replacement of those lines; leave \
      it out when the fix lies elsewhere as well.

      \(verdicts)\(history(input))\(PromptTask.retry(input))
      """
  }

  /// Round one sees the whole change; later rounds what is new, and what was open.
  private static func scope(_ input: PromptInput) -> String {
    let base = input.worktree.mergeBase.rawValue
    guard let last = input.lastReview else {
      return
        "This is the first round: review the whole change, `git diff \(base) HEAD` (and `git log \(base)..HEAD`)."
    }
    return """
      This is round \(last.round + 1). Earlier rounds covered the change up to `\(last.headSHA)`. Review what is new \
      since, `git diff \(last.headSHA) HEAD`, in the light of the whole, `git diff \(base) HEAD`. (When that older \
      commit is not in the worktree, review the whole.) Then judge each open finding listed below. Do not go looking \
      for more in code that earlier rounds covered; report there only a blocker that was overlooked.
      """
  }

  private static func severities(blocker: String, major: String, minor: String, nit: String) -> String {
    """
    Severities: `blocker` (\(blocker)), `major` (\(major)), `minor` (\(minor)), `nit` (\(nit)). Everything but a nit \
    blocks, so weigh it: would you hold this back for it? Nits never block; report at most five.

    Every finding needs evidence: the input or sequence that fails and what then happens, or the line that contradicts \
    a named line of the spec or code. What you only suspect, verify; what you cannot verify, leave out or give a low \
    `confidence` and say so. One finding per cause, with a title that names the problem and stays the same however \
    lines move. Praise and summaries are not findings.
    """
  }

  private static let verdicts = """
    Verdict: `clean` when nothing but nits is open and no criterion fails; `changes` when at least one finding \
    other than a nit is open; `human` only when the decision is not yours or the author's to make (say why in the \
    summary). A verdict that contradicts the findings is refused. Do not approve what you could not look at: when the \
    change cannot be read or checked, that is `human`.
    """

  /// What earlier rounds found, and how to speak of it.
  private static func history(_ input: PromptInput) -> String {
    guard !input.ledger.isEmpty else { return "" }
    return """


      The ledger of earlier findings is below. For each one that is not settled: if the problem is still there, report \
      it again with its `id` (`F3`), and with the same `title` and `path` (the line may have moved); if it is gone, leave \
      it out. A new finding has no `id`. \
      `fixed` means the author says so: verify. `declined` means the author gave a reason: if the reason holds, leave \
      it out, and it is settled; if not, report it again and answer the reason. Findings marked `closed` or `deferred` \
      are settled: do not raise them again in any wording.
      """
  }
}
