/// What an agent is told first when an earlier session of the same task was cut off.
enum Checkpoint {
  /// For the conversation that is gone on with. The whole task follows, because its files lie elsewhere now.
  static func goingOn(_ prompt: String) -> String {
    """
    You were cut off in the middle of this task, through no fault of yours. Go on where you stopped: the worktree is \
    as you left it, unless `git status` and `git log` say otherwise. The task is told again below; the paths of its \
    files are new, so read them from there.

    \(prompt)
    """
  }

  /// For a new conversation, which knows nothing of the earlier one.
  static func startingOver(_ prompt: String) -> String {
    """
    An earlier session of this task was cut off, through no fault of its own. What it did may still be in the \
    worktree: look at `git status`, `git diff` and `git log` first, keep what is good and go on from there.

    \(prompt)
    """
  }
}
