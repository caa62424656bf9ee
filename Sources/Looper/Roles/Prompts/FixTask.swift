/// The fixer's tasks: findings, checks, threads, conflict.
enum FixTask {
  static func text(for input: PromptInput) -> String {
    """
    ## Task: \(heading(input))

    \(work(input))

    \(common(input))

    \(PromptTask.validation(input))\(PromptTask.retry(input))
    """
  }

  private static func heading(_ input: PromptInput) -> String {
    switch input.job {
    case .fixFindings(.specReview): "rework the spec after its review"
    case .fixChecks: "make the failing checks pass"
    case .fixThreads: "answer the open review threads"
    case .fixConflict: "resolve the conflict with the base branch"
    case .fixFindings, .plan, .reviewSpec, .reviewCode, .implement: "fix the findings of the review"
    }
  }

  private static func work(_ input: PromptInput) -> String {
    switch input.job {
    case .fixChecks: checks
    case .fixThreads: threads
    case .fixConflict: conflict(input)
    case .fixFindings(.specReview): findings + "\n\n" + specOnly(input)
    case .fixFindings, .plan, .reviewSpec, .reviewCode, .implement: findings
    }
  }

  private static let findings = """
    Each finding below marked `open` is one item (`F3`). For each: read the code it speaks of, establish whether it is \
    right, and then do one of these:

    - `fixed`: repair the cause, also in other places that have the same fault, and add the test that would have \
    caught it. A suggestion in a finding is a hint, not a patch to apply blindly.
    - `declined`: the finding is wrong, or against the spec. Change nothing for it, and prove it: the line, the test or \
    the sentence of the spec that shows it. The reviewer reads your reason.
    - `deferred`: right, but beyond this change. Say why it can wait and what it would take. Not for blockers.
    """

  private static func specOnly(_ input: PromptInput) -> String {
    "Change only the spec, `\(input.specPath)`; nothing is implemented yet. Keep its sections, and the numbers of its "
      + "acceptance criteria where they keep their meaning."
  }

  private static let checks = """
    Each failing check below is one item (`C1`), with the part of its log that shows the failure. For each: find the \
    cause, reproduce it here when you can, repair it, and see it pass. Several checks may fail for one cause.

    - `fixed`: you repaired the cause in this change.
    - `declined`: the failure is not of this change (a flake, an outage, a fault of the base branch). Give the evidence.
    - `deferred`: it cannot be repaired here, for a reason you name.

    Never make a check pass by weakening it: no skipped or deleted tests, no loosened assertions, no ignored errors, no \
    edits of the CI configuration, unless the check itself is wrong and you can show it.
    """

  private static let threads = """
    Each thread below is one item (`T1`): a conversation of people about a place in the change, or a remark on the \
    whole of it. The last word of \
    somebody with write access says what is wanted. For each:

    - `fixed`: do what is asked, in its spirit, and say what you changed.
    - `declined`: it is wrong, harmful or against the spec: change nothing and explain politely, with evidence. A \
    question that needs no change is answered this way as well.
    - `deferred`: right, but beyond this change; say why it can wait.

    Your explanation is posted as the answer in the thread: write it to the person, one to five sentences.
    """

  private static func conflict(_ input: PromptInput) -> String {
    """
    The pull request no longer merges into its base. Merge the base commit `\(input.worktree.baseSHA)` into the work: \
    `git merge --no-edit \(input.worktree.baseSHA)` (no rebase: published commits stay). Resolve each conflicting file so \
    that the intent of both sides holds: read what the base changed and why (`git log --merge`, \
    `git log \(input.worktree.mergeBase)..\(input.worktree.baseSHA)`) and keep it; adapt this change to it. Look also \
    for conflicts git cannot see, such as a function the base renamed. Then commit the merge. Leave no conflict marker \
    and no unmerged file. There are no items to answer: give an empty `items` list unless some are listed below.
    """
  }

  private static func common(_ input: PromptInput) -> String {
    """
    The change is `git diff \(input.worktree.mergeBase) HEAD`. Repair what is asked and leave the rest alone. Answer \
    every item exactly once, under the id it has here; an item without an answer, or `fixed` without a commit, counts \
    as a failure.
    """
  }
}
