/// The environment of one agent, built from an allow-list; what is not named here does not leak.
struct AgentEnvironment: Sendable {
  /// The daemon's own environment.
  var parent: [String: String]
  /// Names the operator lets through (`agent.env`).
  var extraNames: Set<String> = []

  /// Never passed, whatever the configuration says: ways to act as the operator on GitHub, ways to bend git, and
  /// the daemon's own settings.
  private static let refusedPrefixes = ["GH_", "GITHUB_", "GIT_", "LOOPER_"]
  private static let refusedNames: Set<String> = ["SSH_AUTH_SOCK", "SSH_AGENT_PID", "PWD", "OLDPWD"]

  /// The variables for a session.
  func variables(for spec: AgentSessionSpec, directory: SessionDirectory, isRoot: Bool) -> [String: String] {
    variables(asking: spec.adapter, isRoot: isRoot)
      .merging(spec.extraEnvironment) { $1 }
      .merging(Self.contract(of: spec, directory: directory)) { $1 }
  }

  /// The variables of a command that only asks the agent's executable about itself.
  func variables(asking adapter: any VendorAdapter, isRoot: Bool) -> [String: String] {
    let allowance = ChildEnvironment.Allowance.agent.union(adapter.allowance).adding(extraNames)
    let inherited = ChildEnvironment.base(from: parent, allowing: allowance).filter {
      !Self.isRefused($0.key)
    }
    return adapter.environment(isRoot: isRoot).merging(inherited) { $1 }.merging(Self.quiet) { $1 }
  }

  private static func isRefused(_ name: String) -> Bool {
    refusedNames.contains(name) || refusedPrefixes.contains { name.hasPrefix($0) }
  }

  /// Nothing may wait for a person at a terminal.
  private static let quiet = [
    "GIT_EDITOR": "true", "GIT_PAGER": "cat", "GIT_TERMINAL_PROMPT": "0", "PAGER": "cat",
  ]

  /// Agent protocol v1.
  private static func contract(of spec: AgentSessionSpec, directory: SessionDirectory) -> [String: String] {
    let assignment = spec.assignment
    var variables = [
      "LOOPER_CONTEXT_FILE": directory.context,
      "LOOPER_LOOP_ID": assignment.loopID.handle,
      "LOOPER_PHASE": assignment.phase.rawValue,
      "LOOPER_PROMPT_FILE": directory.prompt,
      "LOOPER_PROTOCOL": "1",
      "LOOPER_RESULT_FILE": directory.agentResult,
      "LOOPER_ROLE": assignment.role.rawValue,
      "LOOPER_RUN_ID": assignment.runID.handle,
      "LOOPER_SCRATCH_DIR": directory.scratch,
      "LOOPER_WORKTREE": assignment.worktree,
      "TMPDIR": directory.scratch,
    ]
    variables["LOOPER_MODEL"] = spec.launch.model
    return variables
  }
}
