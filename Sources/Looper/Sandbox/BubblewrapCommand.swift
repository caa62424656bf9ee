/// Renders a policy to arguments of `bwrap`. Written for 0.8.
///
/// Everything a child starts is in a process table of its own, so it sees no other process's environment, and ends when
/// the first process ends.
enum BubblewrapCommand {
  static let name = "bwrap"
  /// What to do when it is missing.
  static let remedy = "install bubblewrap, or set sandbox.mode to off"

  /// `command` inside the sandbox. Its executable must be an absolute path.
  static func wrap(_ command: Command, _ policy: SandboxPolicy, bubblewrap: String) -> Command {
    var wrapped = command
    wrapped.executable = bubblewrap
    wrapped.arguments = arguments(policy)
    if let directory = command.workingDirectory { wrapped.arguments += ["--chdir", directory] }
    wrapped.arguments += ["--", command.executable] + command.arguments
    return wrapped
  }

  /// Everything before the command.
  static func arguments(_ policy: SandboxPolicy) -> [String] {
    let rules = policy.rules
    return system + (policy.network == .none ? ["--unshare-net"] : [])
      + rules.flatMap(mount)
      // Last, because what lies in them had to be mounted before.
      + rules.filter { $0.access == .hiddenDirectory }.flatMap { ["--remount-ro", $0.path] }
  }

  /// The whole file system read-only, devices and processes of its own, no privilege left.
  ///
  /// As root `bwrap` keeps every capability unless told otherwise, and leaves `/proc/sys` writable: root owns it.
  private static let system = [
    "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys",
    "--ro-bind-try", "/proc/sysrq-trigger", "/proc/sysrq-trigger",
    "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
    "--cap-drop", "ALL", "--die-with-parent", "--new-session",
  ]

  private static func mount(_ rule: SandboxPolicy.Rule) -> [String] {
    switch rule.access {
    case .writable: ["--bind", rule.path, rule.path]
    case .readable: ["--ro-bind", rule.path, rule.path]
    case .hiddenDirectory, .temporary: ["--tmpfs", rule.path]
    // A device inside a sandbox cannot be opened.
    case .hiddenFile: ["--ro-bind", "/dev/null", rule.path]
    }
  }

  /// The failure of a sandbox that did not start, told from what it printed; nil when that is not what happened.
  static func complaint(in standardError: String) -> Failure? {
    guard standardError.hasPrefix("\(name): ") else { return nil }
    return Failure(.needsHuman, "the sandbox could not start: \(firstLine(standardError)); see sandbox.mode")
  }

  static func firstLine(_ text: String) -> String {
    String(text.split(whereSeparator: \.isNewline).first?.prefix(300) ?? "")
  }
}
