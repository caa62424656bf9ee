/// The task and the rubric of each job.
enum PromptTask {
  static func text(for input: PromptInput) -> String {
    switch input.job {
    case .plan: plan(input)
    case .reviewSpec: ReviewTask.spec(input)
    case .reviewCode: ReviewTask.code(input)
    case .implement: implement(input)
    case .fixFindings, .fixChecks, .fixThreads, .fixConflict: FixTask.text(for: input)
    }
  }

  private static func plan(_ input: PromptInput) -> String {
    """
    ## Task: write the spec for \(subject(input))

    Read the issue below, then the code it touches, until you know how the change is best made here. Then write the \
    spec to exactly this path and commit it: `\(input.specPath)`. Change nothing else; you plan, you do not implement.

    The spec is Markdown, at most 300 lines, with these sections in this order:

    1. `## Problem`: what is wrong or missing, for whom, and how it shows. Name what you verified in the code.
    2. `## Goals`: what will be true afterwards; then what is deliberately not done.
    3. `## Approach`: the design, precise enough that another engineer would build the same thing: the types, \
    functions, formats and interfaces that change, behaviour at the edges and on errors, compatibility and migration. \
    Name the alternative you rejected and why.
    4. `## Files to change`: one line per file: its path and what changes in it, tests and documentation included.
    5. `## Risks`: what could break, how it would be noticed, how it is contained.
    6. `## Acceptance criteria`: a list numbered `AC1`, `AC2`, … Each is one observable, testable statement, with how \
    it is checked (a command, a test, an input and its output). Together they cover the goals, the error cases and \
    what must stay as it is. No criterion says only "works" or "is clean".

    What makes it good: it solves the issue and nothing more; it follows the conventions of this repository; every \
    path and name in it exists or is marked as new; it leaves no decision open. Where the issue is vague, choose the \
    smallest sensible reading and say so under Goals.\(retry(input))
    """
  }

  private static func implement(_ input: PromptInput) -> String {
    let source =
      input.worktree.spec == nil
      ? """
      There is no spec: the issue below is the request. First settle for yourself, as a short numbered list, what must \
      be true when it is done; then make each point true.
      """
      : """
      The approved spec is `\(input.specPath)` (below, and in the worktree). Implement every acceptance criterion of it, \
      in the way it describes. Where it turns out to be wrong in a detail, do what its goals demand and say so in your \
      summary; where it is wrong in principle, ask.
      """
    return """
      ## Task: implement \(subject(input))

      \(source)

      - Look at the surrounding code first and follow its conventions, structure and style.
      - Every new behaviour and every error path that matters has a test that fails without your change. Never weaken, \
      skip or delete a test to get it to pass.
      - Keep documentation, examples and changelogs true where the repository has them.
      - Change nothing that the task does not need: no reformatting, no drive-by refactoring, no new dependency unless \
      the spec names it.
      - Leave nothing for later: no empty bodies, no commented-out code, no debug output.
      - When everything is committed, go through the criteria one by one against the final code and report each with \
      the evidence (a test's name, a command and what it printed). Report `pass` only for what you verified.

      \(validation(input))

      `title` is what the pull request should be called: imperative, specific, at most 72 characters.\(retry(input))
      """
  }

  /// `issue #7 of owner/name`.
  static func subject(_ input: PromptInput) -> String {
    switch input.loop.subject {
    case .issue(let number): "issue #\(number)"
    case .pull(let number): "pull request #\(number)"
    }
  }

  /// What the daemon runs afterwards, so that the agent runs it before.
  static func validation(_ input: PromptInput) -> String {
    guard !input.validationCommands.isEmpty else {
      return
        "Find out how this repository is built and tested, and run what your change can affect before you end."
    }
    let commands = input.validationCommands.map { "    \($0)" }.joined(separator: "\n")
    return """
      Before you end, run these commands from the top of the worktree; they are run again on your commits, and one \
      that fails means that nothing is published:

      \(commands)
      """
  }

  /// Told to whoever tries again what went wrong last time.
  static func retry(_ input: PromptInput) -> String {
    guard input.previousFailure != nil else { return "" }
    let kept =
      input.worktree.adoptedEarlierWork
      ? " Its work is still in the worktree (`git status`, `git log`): look at it and build on what is good."
      : ""
    return """


      An earlier attempt at this very task failed; why is told below under "The previous attempt".\(kept) Do not repeat \
      its mistake.
      """
  }
}
