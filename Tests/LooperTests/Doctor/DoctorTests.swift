import Foundation
import Testing

@testable import Looper

@Suite("The doctor finds what is wrong, says how to mend it, and changes nothing")
struct DoctorTests {
  /// What the scripts on PATH say.
  private static let scripts = [
    "git": "echo git version 2.39.5",
    "gh": """
    case "$1 $2" in
      "--version "*) echo "gh version 2.23.0 (2023-02-27)";;
      "auth status") exit 0;;
      "api --hostname") case $4 in
        repos/acme/app) echo '{"permissions":{"push":true},"default_branch":"main"}';;
        repos/acme/app/labels/looper%3Aplan) echo '{"name":"looper:plan"}';;
        repos/acme/app/branches/main) echo '{"name":"main","protected":false}';;
        repos/acme/open) echo '{"permissions":{"push":false},"default_branch":"trunk"}';;
        repos/acme/open/labels/*) echo '{"name":"x"}';;
        repos/acme/open/branches/trunk) echo '{"name":"trunk","protected":true}';;
        *) echo 'gh: Not Found (HTTP 404)' >&2; exit 1;;
      esac;;
      api*) printf 'HTTP/2.0 200 OK\\r\\nDate: Sun, 22 Nov 2026 12:00:05 GMT\\r\\nX-Oauth-Scopes: repo, workflow\\r\\nX-Ratelimit-Remaining: 4990\\r\\n\\r\\n{"login":"ann"}';;
    esac
    """,
    "claude": "echo 2.1.0 '(Claude Code)'",
    "bwrap": "echo bubblewrap 0.8.0",
  ]

  /// Files of a healthy system.
  private static let system = [
    "/proc/self/limits": "Max processes  4096  8192  processes\nMax open files  4096  8192  files\n",
    "/proc/meminfo": "MemTotal: 8000000 kB\nMemAvailable: 4000000 kB\n",
    "/proc/sys/fs/inotify/max_user_watches": "65536\n", "/proc/sys/fs/inotify/max_user_instances": "128\n",
    "/proc/sys/user/max_user_namespaces": "1000\n", "/run/systemd/system/x": "",
    "/run/user/\(getuid())/systemd/x": "", "/var/lib/systemd/linger/ann": "",
    "/etc/systemd/system/looper.service": "",
  ]

  /// A doctor in a home of its own.
  private func report(
    in scene: CommandScene, scripts: [String: String] = scripts, system: [String: String] = system,
    daemon: Doctor.Daemon? = nil, at socket: String? = nil,
    configuration: String = "[validation]\ncommands = [\"make\"]\n[server]\nport = 0\n"
  ) async throws -> DoctorReport {
    for (name, body) in scripts {
      try scene.write("#!/bin/sh\n\(body)\n", to: "\(scene.home)/bin/\(name)", mode: 0o700)
    }
    for (path, text) in system { try scene.write(text, to: "\(scene.home)/root\(path)") }
    try scene.write("{}", to: "\(scene.home)/.claude/.credentials.json")
    try scene.write(configuration, to: scene.file)
    let variables = ["PATH": "\(scene.home)/bin", "LANG": "C.UTF-8", "USER": "ann", "HOME": scene.home]
    let commands = CommandRunner(
      shim: ShimLauncher(
        executablePath: ShimLocation.executablePath, scratchDirectory: scene.home, tag: [:]))
    let doctor = Doctor(
      sources: ConfigurationSources(
        environment: variables, homeDirectory: scene.home, currentDirectory: scene.home),
      probe: DoctorProbe(commands: commands, environment: variables),
      files: DoctorFiles(systemRoot: "\(scene.home)/root"), time: FixedTime(),
      daemon: { socket == nil || $0 == socket ? daemon : nil })
    return await doctor.report()
  }

  private func find(_ code: String, in report: DoctorReport) throws -> DoctorFinding {
    try #require(report.findings.first { $0.code == code }, "\(code)")
  }

  @Test("a healthy machine is sound, every check has a code of its own and every problem a fix")
  func healthy() async throws {
    try await CommandScene.with { scene in
      let report = try await report(in: scene)
      #expect(report.isSound)
      let codes = report.findings.map(\.code)
      #expect(Set(codes).count == codes.count)
      #expect(codes.count >= 45)
      let problems = report.findings.filter { $0.status == .warning || $0.status == .failed }
      Self.expectCommands(problems)
      // The tests may run as root, and on a disk that is nearly full.
      let ignored: Set<String> = ["user", "disk-space", "disk-nodes", "linger"]
      #expect(Set(problems.map(\.code)).subtracting(ignored) == ["daemon"])
      #expect(try find("github-clock", in: report).message == "5 s apart")
      #expect(try find("github-api", in: report).message == "github.com answers as ann")
      #expect(try find("agent-planner", in: report).message == "claude-code 2.1.0 (Claude Code)")
      #expect(!FileManager.default.fileExists(atPath: "\(scene.home)/.looper"))
    }
  }

  /// A fix is something to type.
  private static func expectCommands(_ problems: [DoctorFinding]) {
    let programs = [
      "chmod", "export", "gh", "kill", "looper", "mv", "sudo", "ulimit",
    ]
    for problem in problems where !problem.code.hasPrefix("agent") {
      let first = problem.fix?.split(separator: " ").first.map(String.init) ?? ""
      #expect(programs.contains(first), "\(problem.code): \(problem.fix ?? "")")
    }
  }

  @Test("each repository is looked at: may we push, are the labels there, is its base protected")
  func repositories() async throws {
    try await CommandScene.with { scene in
      let names = ["acme/app", "acme/open", "acme/gone"]
      let projects = names.map { "[[projects]]\nname = \"\($0)\"\n" }.joined()
      let report = try await report(in: scene, configuration: "[server]\nport = 0\n\(projects)")
      let found = report.findings.filter { $0.group == "projects" }
      #expect(
        found.map { "\($0.code) \($0.status.rawValue): \($0.message)\($0.fix.map { " -> \($0)" } ?? "")" }
          == [
            "project-access ok: acme/app can be pushed to",
            "labels warning: acme/app lacks the label looper:implement -> "
              + "gh label create 'looper:implement' --repo acme/app",
            "branch-protection warning: main of acme/app is not protected: what is pushed to it needs no review and "
              + "no check -> gh browse --settings --repo acme/app",
            "project-access failed: this login may not push to acme/open -> gh browse --settings --repo acme/open",
            "labels ok: acme/open has looper:plan and looper:implement",
            "branch-protection ok: trunk of acme/open is protected",
            "project-access failed: acme/gone is not there, or not for this login -> gh repo view acme/gone",
            "labels skipped: acme/gone cannot be read", "branch-protection skipped: acme/gone cannot be read",
            "webhooks skipped: GitHub is asked every 30 s and calls nobody",
          ])
    }
  }

  @Test("missing and old programs fail with the way to install them")
  func missingTools() async throws {
    try await CommandScene.with { scene in
      let report = try await report(in: scene, scripts: ["git": "echo git version 2.20.1"])
      #expect(!report.isSound)
      let version = try find("git-version", in: report)
      #expect(version.status == .failed)
      #expect(version.message == "git version 2.20.1 is older than 2.39")
      #expect(version.fix == "sudo apt-get install git")
      #expect(try find("gh", in: report).status == .failed)
      #expect(try find("github-login", in: report).status == .skipped)
      #expect(try find("agent-worker", in: report).message == "there is no claude for claude-code")
      #expect(try find("bubblewrap", in: report).status == .warning)
    }
  }

  @Test("a gh that is not logged in is told with its own words")
  func loggedOut() async throws {
    try await CommandScene.with { scene in
      var scripts = Self.scripts
      scripts["gh"] =
        "case \"$1\" in --version) echo gh version 2.23.0;; *) echo 'gh: To get started, run gh auth login' >&2; exit 4;; esac"
      let report = try await report(in: scene, scripts: scripts)
      let login = try find("github-login", in: report)
      #expect(login.status == .failed)
      #expect(login.message == "gh is not logged in to github.com: gh: To get started, run gh auth login")
      #expect(login.fix == "gh auth login --hostname github.com")
      #expect(try find("github-rate", in: report).status == .skipped)
    }
  }

  private static let complaint = "gh: To get started, run gh auth login"
  private static let loggedOut = scripts.merging([
    "gh": "case \"$1\" in --version) echo gh version 2.23.0;; *) echo '\(complaint)' >&2; exit 4;; esac"
  ]) { $1 }

  /// A daemon whose gh is not logged in.
  private static var loggedOutDaemon: Doctor.Daemon {
    var status = Sample.status()
    status.health = [HealthView(name: "github", state: .degraded, message: "not logged in", since: nil)]
    var project = Sample.project("acme/shop")
    project.problem = complaint
    return Doctor.Daemon(status: status, projects: [project])
  }

  @Test("without a login that is told once, and each repository only refers to it")
  func loggedOutRepositories() async throws {
    let daemon = Self.loggedOutDaemon
    let findings = try await CommandScene.with { scene in
      let report = try await report(
        in: scene, scripts: Self.loggedOut, daemon: daemon,
        configuration: "[[projects]]\nname = \"acme/app\"\n")
      return report.findings
    }
    #expect(findings.filter { $0.message.contains(Self.complaint) }.map(\.code) == ["github-login"])
    let found = findings.filter { ["project-access", "labels", "projects"].contains($0.code) }
    #expect(
      found.map { "\($0.code) \($0.status.rawValue): \($0.message)" } == [
        "projects skipped: acme/shop: not looked at, because of github-login",
        "project-access skipped: acme/app: not looked at, because of github-login",
        "labels skipped: acme/app: not looked at, because of github-login",
        "project-access skipped: acme/shop: not looked at, because of github-login",
        "labels skipped: acme/shop: not looked at, because of github-login",
      ])
  }

  @Test(
    "what keeps from looking at repositories is the first thing that failed",
    arguments: [
      (.ok, .ok, nil), (.failed, .skipped, "github-login-h.example"), (.failed, .ok, nil),
      (.ok, .failed, "github-api-h.example"), (.skipped, .skipped, "gh"),
    ] as [(DoctorFinding.Status, DoctorFinding.Status, String?)])
  func obstacle(login: DoctorFinding.Status, answer: DoctorFinding.Status, expected: String?) {
    let findings = [("github-login-h.example", login), ("github-api-h.example", answer)].map {
      DoctorFinding(code: $0.0, group: "github", status: $0.1, message: "")
    }
    #expect(Doctor.obstacle(on: "h.example", findings) == expected)
    #expect(Doctor.obstacle(on: "github.com", findings) == nil)
  }

  @Test("low limits and open files are told")
  func limits() async throws {
    try await CommandScene.with { scene in
      var system = Self.system
      system["/proc/self/limits"] =
        "Max processes  unlimited  unlimited  processes\nMax open files  256  8192  files\n"
      system["/proc/sys/fs/inotify/max_user_watches"] = "100\n"
      try scene.write("secret", to: "\(scene.home)/.looper/api-token", mode: 0o644)
      let report = try await report(in: scene, system: system)
      #expect(try find("descriptor-limit", in: report).fix == "ulimit -Sn 1024")
      #expect(try find("process-limit", in: report).message == "no limit")
      #expect(
        try find("inotify-watches", in: report).fix == "sudo sysctl fs.inotify.max_user_watches=8192")
      let token = try find("token", in: report)
      #expect(token.status == .failed)
      #expect(token.fix == "chmod 600 \(scene.home)/.looper/api-token")
    }
  }

  @Test("a broken configuration fails and the rest is still looked at")
  func brokenConfiguration() async throws {
    try await CommandScene.with { scene in
      let report = try await report(in: scene, configuration: "[server]\nprot = 1\nport = \"x\"\n")
      let finding = try find("config-valid", in: report)
      #expect(finding.status == .failed)
      #expect(
        finding.message
          == "\(scene.file):2: server.prot: unknown key; the nearest known one is server.port and 1 more")
      #expect(try find("git", in: report).status == .ok)
    }
  }

  @Test("the daemon is found where a broken configuration still says")
  func brokenConfigurationDaemon() async throws {
    try await CommandScene.with { scene in
      let report = try await report(
        in: scene, daemon: .init(status: Sample.status(), projects: []), at: "\(scene.home)/own/s",
        configuration: "[server]\nprot = 1\nsocket-path = \"~/own/s\"\n")
      #expect(try find("config-valid", in: report).status == .failed)
      #expect(try find("daemon", in: report).status == .ok)
    }
  }

  @Test("a database is read through, a damaged or newer one fails, and it is not changed")
  func database() async throws {
    try await CommandScene.with { scene in
      let path = "\(scene.home)/.looper/looper.db"
      try scene.write("", to: "\(scene.home)/.looper/x")
      let store = try Store(path: path)
      try await store.append(EventDraft(.daemonStarted, "x"), at: Sample.now)
      try store.close()
      let sound = try await report(in: scene)
      #expect(try find("database", in: sound).message == "\(path), 1 events")
      #expect(try find("database-integrity", in: sound).status == .ok)
      #expect(try find("database-version", in: sound).message == "as this looper writes it")
      #expect(try find("worktrees-missing", in: sound).status == .ok)
      // The write-ahead log still holds the pages that the file is about to lose.
      for suffix in ["-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
        try FileManager.default.removeItem(atPath: path + suffix)
      }
      try scene.write("no database at all, but long enough to be looked at", to: path)
      let damaged = try await report(in: scene)
      #expect(try find("database", in: damaged).status == .failed)
    }
  }

  @Test("what a running daemon says counts too")
  func daemon() async throws {
    try await CommandScene.with { scene in
      var project = Sample.project()
      project.problem = "no write access"
      let daemon = Doctor.Daemon(
        status: Sample.status(needsHuman: [Sample.needsHuman()]), projects: [project])
      let report = try await report(in: scene, daemon: daemon)
      #expect(!report.isSound)
      #expect(
        try find("daemon-health", in: report).message
          == "agent: claude is not logged in; run `claude login`")
      #expect(try find("projects", in: report).message == "acme/app: no write access")
      #expect(try find("needs-human", in: report).status == .warning)
      #expect(try find("daemon-config", in: report).status == .warning)
    }
  }

  @Test("the command prints groups, ends with 1 when something failed, and has JSON")
  func command() async throws {
    try await CommandScene.with { scene in
      try scene.write("[server]\nprot = 1\n", to: scene.file)
      let result = await scene.run("doctor", variables: ["PATH": "\(scene.home)/bin"])
      #expect(result.status == 1)
      #expect(result.error.isEmpty)
      #expect(result.output.hasPrefix("MACHINE\n"))
      let json = await scene.run("doctor", "--json", variables: ["PATH": "\(scene.home)/bin"])
      #expect(json.status == 1)
      let report = try WireCoding.decoder.decode(DoctorReport.self, from: Data(json.output.utf8))
      #expect(!report.isSound)
      #expect(report.findings.contains { $0.code == "git" && $0.status == .failed })
    }
  }

  private static let wide = """
    TOOLS
      ok       git         long long long long long long long long long…
      failed   gh-version  too old too old too old too old too old too
                           old
                           fix: get it

    DAEMON
      warning  port        taken\u{20}
                           fix: free it

    not sound: 1 ok, 1 warning, 1 failed, 0 skipped
    """
  private static let narrow = """
    TOOLS
      ok       git
        long long long long long long long …
      failed   gh-version
        too old too old too old too old too
        old too old
        fix: get it

    DAEMON
      warning  port
        taken\u{20}
        fix: free it

    not sound: 1 ok, 1 warning, 1 failed, 0 skipped
    """

  @Test(
    "fine lines are terse, problems are never cut and name the fix, below their codes where it is narrow",
    arguments: [(68, wide), (40, narrow)])
  func text(width: Int, expected: String) {
    let old = [String](repeating: "too old", count: 6).joined(separator: " ")
    let report = DoctorReport([
      DoctorFinding(
        code: "git", group: "tools", status: .ok, message: String(repeating: "long ", count: 30)),
      DoctorFinding(code: "gh-version", group: "tools", status: .failed, message: old, fix: "get it"),
      DoctorFinding(code: "port", group: "daemon", status: .warning, message: "taken\u{1B}", fix: "free it"),
    ])
    #expect(DoctorText.text(report, TextStyle(width: width, isColored: false, now: Sample.now)) == expected)
  }

  @Test("GitHub's dates and versions are read")
  func readings() {
    #expect(Doctor.moment("Sun, 22 Nov 2026 12:00:00 GMT") == Sample.now)
    #expect(Doctor.moment("yesterday") == nil)
    #expect(DoctorProbe.version(in: "git version 2.39.5 (Apple Git-154)") == [2, 39, 5])
    #expect(DoctorProbe.version(in: "none") == nil)
  }
}
