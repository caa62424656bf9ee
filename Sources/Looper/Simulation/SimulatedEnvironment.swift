/// What variables simulated agents get: those that the production code makes of a daemon's environment full of secrets.
struct SimulatedEnvironment: Sendable {
  /// What a mutation test takes away.
  var flaw: SimulationFlaw?

  /// What every value says that no agent may see.
  private static let mark = "not for agents"

  private static let daemons: [String: String] = [
    "HOME": "/home/looper", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "USER": "looper",
    "AWS_SECRET_ACCESS_KEY": mark, "DBUS_SESSION_BUS_ADDRESS": mark, "GH_TOKEN": mark, "GITHUB_TOKEN": mark,
    "GIT_CONFIG_PARAMETERS": mark, "GIT_DIR": mark, "GIT_SSH_COMMAND": mark, "LD_PRELOAD": mark,
    "LOOPER_SERVER_TOKEN": mark, "NOTIFY_SOCKET": mark, "OLDPWD": mark, "PWD": mark, "SSH_AGENT_PID": mark,
    "SSH_AUTH_SOCK": mark,
  ]

  /// The names of the variables that this session sees and must not; none when all is well.
  func leaks(to assignment: AgentAssignment, as plan: SessionPlan) -> [String] {
    guard let adapter = VendorAdapters.adapter(for: plan.vendor, command: ["agent"]) else { return [] }
    // An operator who lets through by mistake what acts as themselves.
    let environment = AgentEnvironment(parent: Self.daemons, extraNames: ["GH_TOKEN", "SSH_AUTH_SOCK"])
    var variables = environment.variables(
      for: AgentSessionSpec(assignment: assignment, adapter: adapter),
      directory: SessionDirectory(path: "/simulated"), isRoot: false)
    if flaw == .environmentIsInherited { variables.merge(Self.daemons) { ours, _ in ours } }
    return variables.filter { $0.value == Self.mark }.keys.sorted()
  }
}
