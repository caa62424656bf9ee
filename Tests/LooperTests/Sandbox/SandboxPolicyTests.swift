import Testing

@testable import Looper

@Suite("the policy of a child is a value, and of several rules the most specific one counts")
struct SandboxPolicyTests {
  /// A machine on which the named paths exist, directories with a slash at their end.
  private static func places(_ paths: [String]) -> SandboxPlaces {
    var places = SandboxPlaces(
      home: "/home/ann", layout: GitLayout(dataDirectory: "/data"), own: ["/etc/looper.toml"],
      environment: ["CODEX_HOME": "/srv/codex"])
    places.look = { path in
      if paths.contains(path) { return SandboxPath(real: path, isDirectory: false) }
      return paths.contains("\(path)/") ? SandboxPath(real: path, isDirectory: true) : nil
    }
    return places
  }

  private static let machine = [
    "/tmp/", "/data/", "/data/sessions/R1/", "/data/sessions/R1/scratch/", "/data/worktrees/h/o/n/L1/",
    "/data/worktrees/h/o/n/L1/.git", "/data/mirrors/h/o/n.git/", "/data/mirrors/h/o/n.git/worktrees/",
    "/data/mirrors/h/o/n.git/worktrees/L1/", "/data/mirrors/h/o/n.git/worktrees/L1/gitdir",
    "/data/mirrors/h/o/n.git/objects/", "/home/ann/.ssh/", "/home/ann/.netrc", "/home/ann/.claude/",
    "/home/ann/.claude.json", "/home/ann/.claude/settings.json", "/home/ann/.claude/skills/",
    "/home/ann/.claude/projects/", "/home/ann/.claude/projects/-data-worktrees-h-o-n-L1/",
    "/home/ann/.codex/", "/srv/codex/", "/etc/looper.toml", "/home/ann/.cache/",
    "/home/ann/private/",
  ]

  private static func session(_ vendor: Vendor, isReadOnly: Bool = false) -> SandboxPolicy.Session {
    SandboxPolicy.Session(
      vendor: vendor, isReadOnly: isReadOnly, worktree: "/data/worktrees/h/o/n/L1",
      directory: "/data/sessions/R1",
      scratch: "/data/sessions/R1/scratch", programs: ["/usr/bin/claude"])
  }

  private func lines(_ policy: SandboxPolicy) -> [String] { policy.rules.map { "\($0.access) \($0.path)" } }

  @Test("a worker writes its worktree, its scratch directory, its git directory and its own vendor's login")
  func worker() {
    let policy = SandboxPolicy.agent(
      Self.session(.claudeCode), Self.places(Self.machine), SandboxSettings())
    #expect(
      lines(policy) == [
        "hiddenDirectory /data", "temporary /tmp", "hiddenFile /etc/looper.toml",
        "hiddenDirectory /srv/codex", "readable /data/sessions/R1",
        "writable /home/ann/.claude", "hiddenDirectory /home/ann/.codex",
        "hiddenFile /home/ann/.netrc", "hiddenDirectory /home/ann/.ssh",
        "writable /data/sessions/R1/scratch", "hiddenDirectory /home/ann/.claude/projects",
        "readable /home/ann/.claude/settings.json", "readable /home/ann/.claude/skills",
        "readable /data/mirrors/h/o/n.git", "writable /home/ann/.claude/projects/-data-worktrees-h-o-n-L1",
        "writable /data/mirrors/h/o/n.git/objects", "hiddenDirectory /data/mirrors/h/o/n.git/worktrees",
        "writable /data/worktrees/h/o/n/L1", "writable /data/mirrors/h/o/n.git/worktrees/L1",
        "readable /data/worktrees/h/o/n/L1/.git", "readable /data/mirrors/h/o/n.git/worktrees/L1/gitdir",
      ])
  }

  @Test("a reviewer writes its scratch directory and its vendor's login alone")
  func reviewer() {
    let policy = SandboxPolicy.agent(
      Self.session(.codex, isReadOnly: true), Self.places(Self.machine), SandboxSettings())
    #expect(
      policy.rules.filter { $0.access == .writable }.map(\.path) == [
        "/srv/codex", "/home/ann/.codex", "/data/sessions/R1/scratch",
      ])
    #expect(policy.rule(for: "/home/ann/.claude/x")?.access == .hiddenDirectory)
    #expect(policy.rule(for: "/data/worktrees/h/o/n/L1/a")?.access == .readable)
    #expect(policy.rule(for: "/data/worktrees/h/o/n/L2/a")?.access == .hiddenDirectory)
  }

  @Test("a program in a temporary place brings the folder it lies in, but never the place itself")
  func programs() {
    let machine = Self.machine + ["/tmp/agents/", "/tmp/agents/run", "/tmp/alone", "/tmp/secret/"]
    var session = Self.session(.custom)
    session.programs = ["/tmp/agents/run", "/tmp/alone", "/home/ann/.ssh/run"]
    let policy = SandboxPolicy.agent(session, Self.places(machine), SandboxSettings())
    #expect(policy.rule(for: "/tmp/agents/part")?.access == .readable)
    #expect(policy.rule(for: "/tmp/alone")?.access == .readable)
    #expect(policy.rule(for: "/tmp/secret/x")?.access == .temporary)
    #expect(policy.rule(for: "/home/ann/.ssh/key")?.access == .hiddenDirectory)
  }

  @Test("a validation command has its own network setting and nobody's login")
  func validation() {
    let policy = SandboxPolicy.validation(
      worktree: "/data/worktrees/h/o/n/L1", Self.places(Self.machine), SandboxSettings())
    #expect(policy.network == .none)
    #expect(
      policy.rules.filter { $0.access == .writable }.map(\.path) == ["/data/worktrees/h/o/n/L1"])
    #expect(policy.rule(for: "/home/ann/.claude.json")?.access == .hiddenFile)
  }

  @Test("what a variable of the XDG specification moves is hidden and shown where it is")
  func movedDirectories() {
    var places = Self.places(
      Self.machine + ["/x/data/opencode/", "/x/conf/cursor/", "/x/conf/gh/", "/home/ann/.config/cursor/"])
    places.environment = [
      "XDG_DATA_HOME": "/x/data", "XDG_CONFIG_HOME": "/x/conf", "XDG_STATE_HOME": "relative",
      "XDG_CACHE_HOME": "",
    ]
    let claude = SandboxPolicy.agent(Self.session(.claudeCode), places, SandboxSettings())
    for path in ["/x/data/opencode/auth.json", "/x/conf/cursor/auth.json", "/x/conf/gh/hosts.yml"] {
      #expect(claude.rule(for: path)?.access == .hiddenDirectory, "\(path)")
    }
    let opencode = SandboxPolicy.agent(Self.session(.opencode), places, SandboxSettings())
    #expect(opencode.rule(for: "/x/data/opencode/auth.json")?.access == .writable)
    #expect(opencode.rule(for: "/x/conf/cursor/auth.json")?.access == .hiddenDirectory)
    #expect(opencode.rule(for: "/home/ann/.config/cursor/auth.json")?.access == .hiddenDirectory)
    #expect(
      places.directories(of: .opencode) == [
        "/x/data/opencode", "/x/conf/opencode", "/home/ann/.local/state/opencode",
        "/home/ann/.cache/opencode",
      ])
  }

  @Test("what commands later sessions lies in the vendor's configuration, wherever a variable has put it")
  func steering() {
    var places = Self.places([])
    places.environment = [
      "CLAUDE_CONFIG_DIR": "/c", "CODEX_HOME": "/x", "XDG_CONFIG_HOME": "/conf", "XDG_DATA_HOME": "/d",
    ]
    func paths(_ vendor: Vendor) -> Set<String> { Set(places.steering(of: vendor).map(\.path)) }
    #expect(
      paths(.claudeCode).isSuperset(of: [
        "/home/ann/.claude/settings.json", "/c/settings.json", "/c/.claude.json",
      ]))
    #expect(paths(.codex).isSuperset(of: ["/home/ann/.codex/config.toml", "/x/config.toml", "/x/AGENTS.md"]))
    #expect(paths(.opencode).contains("/conf/opencode/opencode.json"))
    #expect(paths(.opencode).allSatisfy { $0.hasPrefix("/conf/opencode/") })
    #expect(paths(.cursor).contains("/home/ann/.cursor/mcp.json"))
    #expect(paths(.cursor).allSatisfy { $0.hasPrefix("/home/ann/.cursor/") })
    #expect(paths(.custom).isEmpty)
    let long = String(repeating: "x", count: 201)
    #expect(places.transcripts(of: .claudeCode, in: "/\(long)").isEmpty)
  }

  @Test("the operator hides, shows and opens more")
  func choices() {
    var settings = SandboxSettings()
    settings.hide = ["~/private"]
    settings.show = ["~/.netrc"]
    settings.writable = ["~/.cache"]
    let policy = SandboxPolicy.agent(Self.session(.custom), Self.places(Self.machine), settings)
    #expect(policy.rule(for: "/home/ann/private/x")?.access == .hiddenDirectory)
    #expect(policy.rule(for: "/home/ann/.netrc")?.access == .readable)
    #expect(policy.rule(for: "/home/ann/.cache/x")?.access == .writable)
    #expect(policy.rule(for: "/home/ann/.claude.json")?.access == .hiddenFile)
  }

  @Test("it is rendered parents first, hidden directories closed at the end")
  func rendered() {
    var policy = SandboxPolicy(network: .none)
    policy.set("/data/tree", .writable)
    policy.set("/data", .hiddenDirectory)
    policy.set("/data/hidden", .hiddenDirectory)
    policy.set("/home/key", .hiddenFile)
    policy.set("/usr", .readable)
    policy.set("/tmp", .temporary)
    let command = Command(
      executable: "/bin/sh", arguments: ["-c", "true"], environment: ["A": "b"],
      workingDirectory: "/data/tree")
    let wrapped = BubblewrapCommand.wrap(command, policy, bubblewrap: "/usr/bin/bwrap")
    #expect(wrapped.executable == "/usr/bin/bwrap")
    #expect(wrapped.environment == ["A": "b"])
    #expect(
      wrapped.arguments.joined(separator: " ") == """
        --ro-bind / / --dev /dev --proc /proc --ro-bind /proc/sys /proc/sys \
        --ro-bind-try /proc/sysrq-trigger /proc/sysrq-trigger --unshare-pid --unshare-ipc --unshare-uts \
        --unshare-cgroup-try --cap-drop ALL --die-with-parent --new-session --unshare-net --tmpfs /data --tmpfs /tmp \
        --bind /data/tree /data/tree --ro-bind /dev/null /home/key --remount-ro /data --chdir /data/tree -- \
        /bin/sh -c true
        """)
  }

  @Test(
    "the git directories are told from the path alone",
    arguments: [
      ("/data/worktrees/h/o/n/L1", "/data/mirrors/h/o/n.git/worktrees/L1"), ("/data/worktrees/L1", nil),
      ("/data/worktrees/../mirrors/L1", nil), ("/elsewhere/h/o/n/L1", nil), ("/data/worktrees/h//n/L1", nil),
    ])
  func gitDirectories(path: String, admin: String?) {
    #expect(GitLayout(dataDirectory: "/data").gitDirectories(ofWorktree: path)?.admin == admin)
  }
}
