import Foundation
import Testing

@testable import Looper

@Suite("from inside the sandbox what must fail fails, and what an agent needs works", .serialized)
struct SandboxProbeTests {
  /// Each succeeds without the sandbox, so that it would be noticed if it did not hold.
  static let forbidden = [
    "cat ~/.ssh/id_ed25519", "cat ~/.config/gh/hosts.yml", "cat ~/.netrc", "cat ~/.codex/auth.json",
    "cat $DATA/looper.db", "cat $DATA/api-token", "test -e $DATA/looper.sock",
    "cat $DATA/worktrees/github.com/acme/tool/L13/a", "cat $MIRROR/worktrees/L13/HEAD",
    "cat $DATA/sessions/R2/prompt.md",
    "readlink /proc/$OUTSIDE/exe | grep -q xctest && cat /proc/$OUTSIDE/environ",
    "readlink /proc/$OUTSIDE/exe | grep -q xctest && kill -0 $OUTSIDE",
    "git push -q $REMOTE HEAD:refs/heads/stolen", "git update-ref refs/heads/x HEAD",
    "git config user.name x",
    "mkdir -p $MIRROR/hooks; echo x > $MIRROR/hooks/pre-push", "echo x > $DATA/planted", "echo x > ~/planted",
    "echo x >> $SESSION/prompt.md", "echo x >> ~/.claude.json", "echo x >> ~/.claude/settings.json",
    "echo x > ~/.claude/CLAUDE.md", "echo x > ~/.claude/skills/x", "rm ~/.claude/settings.json",
    "mv ~/.claude/plugins ~/.claude/x", "cat ~/.claude/projects/other/x",
    "echo x > ~/.claude/projects/other/y",
    "cp .git x; echo x >> .git; cp x .git; rm x",
  ]

  @Test("a worker can do nothing of it", arguments: forbidden)
  func worker(script: String) async throws {
    try await SandboxScene.with { scene in
      #expect(try await !scene.agent(script).status.isSuccess)
      let control = try await scene.outside(script)
      #expect(control.status.isSuccess, "\(control.errorText)")
    }
  }

  @Test("neither can a reviewer or a validation command")
  func others() async throws {
    try await SandboxScene.with { scene in
      for script in Self.forbidden {
        let review = try await scene.agent(script, role: .reviewer, vendor: .custom)
        #expect(!review.status.isSuccess, "\(script)")
        let validation = try await scene.validation(script)
        #expect(!validation.status.isSuccess, "\(script)")
      }
    }
  }

  @Test("the kernel's settings, root's privileges and other processes are out of reach")
  func kernel() async throws {
    try await SandboxScene.with { scene in
      for script in [
        "cat /proc/sys/kernel/hostname > /proc/sys/kernel/hostname", "mount -o remount,rw /",
        "mount -t tmpfs x /mnt",
        "cat ~/.claude/credentials; grep -q 'CapEff:.*[1-9a-f]' /proc/self/status",
      ] {
        #expect(try await !scene.agent(script).status.isSuccess, "\(script)")
      }
      let processes = try await scene.agent("ls /proc | grep -c '^[0-9]'")
      #expect((Int(processes.outputText.trimmingCharacters(in: .newlines)) ?? 99) < 8)
    }
  }

  @Test("a worker reads its task, edits, looks at git, commits on its detached HEAD and leaves a result")
  func commits() async throws {
    try await SandboxScene.with { scene in
      let before = try await scene.git.commit("HEAD", in: scene.git.worktreePath)
      let result = try await scene.agent(
        """
        grep -q task $SESSION/prompt.md; echo 4 >> a; git status --short; git diff --stat; git add -A
        git commit -q -m "A change"; git log --oneline | head -n 3; echo {} > $SCRATCH/result.json
        echo x > ~/.claude/session; cat ~/.claude.json ~/notes; echo x > /dev/null
        """)
      #expect(result.status.isSuccess, "\(result.errorText)")
      let after = try await scene.git.commit("HEAD", in: scene.git.worktreePath)
      #expect(after != before)
      #expect(try await scene.git.commit("HEAD^", in: scene.git.worktreePath) == before)
      #expect(scene.git.exists(scene.session.agentResult))
      #expect(scene.git.text("\(scene.home)/.claude/session") == "x\n")
    }
  }

  @Test("a vendor that never ran here finds a directory of its own that it can write")
  func firstRun() async throws {
    try await SandboxScene.with { scene in
      let path = "\(scene.home)/.cursor"
      #expect(!scene.git.exists(path))
      let result = try await scene.agent("echo x > ~/.cursor/session", vendor: .cursor)
      #expect(result.status.isSuccess, "\(result.errorText)")
      #expect(scene.git.text("\(path)/session") == "x\n")
    }
  }

  @Test(
    "no vendor's agent can write what commands later sessions, also where it was not there",
    arguments: Vendor.allCases)
  func steering(vendor: Vendor) async throws {
    try await SandboxScene.with { scene in
      _ = try await scene.agent("true", vendor: vendor)
      let entries = scene.sandbox.places.steering(of: vendor)
      #expect(entries.isEmpty == (vendor == .custom))
      for entry in entries {
        let path = entry.blank == nil ? "\(entry.path)/x" : entry.path
        #expect(try await !scene.agent("echo x > '\(path)'", vendor: vendor).status.isSuccess, "\(path)")
        #expect(try await scene.outside("echo x > '\(path)'").status.isSuccess, "\(path)")
      }
      // What is there already stays as it is.
      _ = try await scene.agent("true", vendor: vendor)
      for entry in entries where entry.blank != nil { #expect(scene.git.text(entry.path) == "x\n") }
    }
  }

  @Test("Claude Code keeps the transcripts of its worktree, and sees no others")
  func transcripts() async throws {
    try await SandboxScene.with { scene in
      let name = scene.git.worktreePath.replacing(/[^A-Za-z0-9]/, with: "-")
      let result = try await scene.agent("ls ~/.claude/projects; echo x > ~/.claude/projects/\(name)/s.jsonl")
      #expect(result.outputText == "\(name)\n", "\(result.errorText)")
      #expect(scene.git.text("\(scene.home)/.claude/projects/\(name)/s.jsonl") == "x\n")
    }
  }

  @Test("a reviewer reads everything of its worktree and its git, and changes nothing of either")
  func reviews() async throws {
    try await SandboxScene.with { scene in
      let result = try await scene.agent(
        "git status --short; git diff HEAD; git log -1 --format=%H; cat a; echo {} > $SCRATCH/result.json",
        role: .reviewer)
      #expect(result.status.isSuccess, "\(result.errorText)")
      for script in ["echo x > a", "echo x > new", "git commit -q --allow-empty -m x", "rm -f a"] {
        #expect(try await !scene.agent(script, role: .reviewer).status.isSuccess, "\(script)")
      }
    }
  }

  @Test("a validation command writes the worktree, has nobody's login, and no network")
  func validates() async throws {
    try await SandboxScene.with { scene in
      let script = "echo x > built; git status --short; readlink /proc/self/ns/net"
      let inside = try await scene.validation(script)
      #expect(inside.status.isSuccess, "\(inside.errorText)")
      #expect(scene.git.exists("\(scene.git.worktreePath)/built"))
      let network = try await scene.outside("readlink /proc/self/ns/net").outputText
      #expect(!inside.outputText.hasSuffix(network))
      #expect(try await scene.agent(script).outputText.hasSuffix(network))
      #expect(try await !scene.validation("cat ~/.claude.json").status.isSuccess)
    }
  }

  @Test("each vendor reads its own login and no other's", arguments: Vendor.allCases)
  func logins(vendor: Vendor) async throws {
    try await SandboxScene.with { scene in
      let owned: [(Vendor, String)] = [
        (.claudeCode, ".claude/x"), (.codex, ".codex/x"), (.opencode, ".local/share/opencode/x"),
        (.cursor, ".cursor/x"),
      ]
      for (_, path) in owned {
        try await scene.git.shell(
          "mkdir -p $(dirname home/\(path)); echo login > home/\(path)", in: scene.git.directory)
      }
      for (owner, path) in owned {
        let result = try await scene.agent("cat ~/\(path)", vendor: vendor)
        #expect(result.status.isSuccess == (owner == vendor), "\(path) by \(vendor.rawValue)")
      }
    }
  }

  @Test("the daemon's own files outside its directory are hidden, and shared places are empty")
  func ownAndShared() async throws {
    try await SandboxScene.with { scene in
      try await scene.git.shell(
        "mkdir -p conf shared/agents; echo secret > conf/looper.toml; echo socket > shared/other; echo run > shared/agents/run",
        in: scene.git.directory)
      var places = scene.sandbox.places
      places.own = ["\(scene.git.directory)/conf/looper.toml"]
      places.shared = ["\(scene.git.directory)/shared"]
      let scene = SandboxScene(
        git: scene.git,
        sandbox: Sandbox(
          bubblewrap: scene.sandbox.bubblewrap, places: places, settings: scene.sandbox.settings))
      for script in ["cat ../conf/looper.toml", "cat ../shared/other", "cat ../shared/agents/run"] {
        let there = "cd '\(scene.git.directory)/home'; \(script)"
        #expect(try await !scene.agent(there).status.isSuccess, "\(script)")
        #expect(try await !scene.validation(there).status.isSuccess, "\(script)")
        #expect(try await scene.outside(there).status.isSuccess, "\(script)")
      }
      let written = try await scene.agent("echo x > '\(scene.git.directory)/shared/mine'")
      #expect(written.status.isSuccess)
      #expect(!scene.git.exists("\(scene.git.directory)/shared/mine"))
    }
  }

  /// The status line of the API's answer to `$TOKEN`, over TCP.
  private static func call(_ port: Int) -> String {
    """
    exec bash -c 'exec 3<>/dev/tcp/127.0.0.1/\(port)
    printf "GET /api/v1/status HTTP/1.1\\r\\nHost: 127.0.0.1:\(port)\\r\\nAuthorization: Bearer $0\\r\\nConnection: close\\r\\n\\r\\n" >&3
    head -n 1 <&3' "$(cat $DATA/api-token || echo guessed)"
    """
  }

  /// Serves the API over TCP around `body`, which gets the script of a call that works outside of any sandbox.
  private func serving(_ scene: SandboxScene, _ body: (String) async throws -> Void) async throws {
    let tcp = APIServer.TCP(host: "127.0.0.1", port: 0, token: "token")
    try await ServedOperations.serving(FakeOperations(), at: "\(scene.git.dataPath)/api.sock", tcp: tcp) {
      _, listeners in
      let ports = listeners.compactMap { if case .tcp(_, let port) = $0 { port } else { nil } }
      let script = Self.call(try #require(ports.first))
      #expect(try await scene.outside(script).outputText.contains(" 200 "))
      try await body(script)
    }
  }

  @Test("the API refuses an agent that has the open network, for the token is out of its reach")
  func api() async throws {
    try await SandboxScene.with { scene in
      try await serving(scene) { script in
        for role in [Role.worker, .reviewer] {
          let call = try await scene.agent(script, role: role)
          #expect(call.outputText.contains(" 401 "))
        }
        // A validation command has no network at all.
        #expect(try await !scene.validation(script).status.isSuccess)
        let socket = "exec 3<>$DATA/api.sock || test -e $DATA/api.sock"
        #expect(try await scene.outside("test -S $DATA/api.sock").status.isSuccess)
        #expect(try await !scene.agent(socket).status.isSuccess)
      }
    }
  }

  @Test("under sandbox.network none an agent has no network, not even the machine's own loopback")
  func networkNone() async throws {
    var settings = SandboxSettings()
    settings.network = .none
    try await SandboxScene.with(settings) { scene in
      try await serving(scene) { script in
        let network = try await scene.outside("readlink /proc/self/ns/net").outputText
        for role in [Role.worker, .reviewer] {
          let own = try await scene.agent("readlink /proc/self/ns/net", role: role)
          #expect(own.status.isSuccess, "\(own.errorText)")
          #expect(own.outputText != network)
          let call = try await scene.agent(script, role: role)
          #expect(!call.status.isSuccess)
          #expect(call.outputText == "")
        }
      }
    }
  }

  @Test("files of MCP servers are nobody's to read, also those that the configuration names later")
  func servers() async throws {
    try await SandboxScene.with { scene in
      try await scene.git.shell("echo secret > mcp.json", in: scene.git.directory)
      let path = "\(scene.git.directory)/mcp.json"
      #expect(try await scene.agent("cat '\(path)'").status.isSuccess)
      var sandbox = scene.sandbox
      sandbox.privateFiles = { [path] }
      let named = SandboxScene(git: scene.git, sandbox: sandbox)
      #expect(try await !named.agent("cat '\(path)'").status.isSuccess)
      #expect(try await !named.validation("cat '\(path)'").status.isSuccess)
    }
  }

  @Test("what the configuration hides, shows and opens is so")
  func choices() async throws {
    var settings = SandboxSettings()
    settings.hide = ["~/notes"]
    settings.show = ["~/.netrc"]
    settings.writable = ["~/.codex"]
    try await SandboxScene.with(settings) { scene in
      let hidden = try await scene.agent("cat ~/notes")
      #expect(!hidden.status.isSuccess)
      let shown = try await scene.agent("cat ~/.netrc")
      #expect(shown.outputText == "secret\n")
      let opened = try await scene.agent("echo x > ~/.codex/x")
      #expect(opened.status.isSuccess)
    }
  }
}
