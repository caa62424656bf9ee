import Foundation
import Testing

@testable import Looper

@Suite("the configuration is made of layers, key by key")
struct ConfigurationLoaderTests {
  static let example = """
    [server]
    host = "127.0.0.1"
    port = 7391

    [daemon]
    data-dir = "~/.looper"
    poll-interval-secs = 30

    [storage]
    db-path = "~/.looper/looper.db"

    [github]
    gh-path = "/usr/local/bin/gh"

    [agent]
    vendor = "claude-code"
    timeout-secs = 300
    """

  @Test("the documented example loads without problem or warning")
  func documentedExample() throws {
    try ConfigurationHome.with { home in
      let file = try home.write(Self.example)
      let loaded = try home.load()
      var expected = Configuration()
      expected.storage.databasePath = "~/.looper/looper.db"
      expected.github.ghPath = "/usr/local/bin/gh"
      #expect(loaded.configuration == expected)
      #expect(loaded.warnings.isEmpty)
      #expect(loaded.origins["agent.timeout-secs"] == .file(path: file, line: 17))
      #expect(loaded.origins["server.enabled"] == nil)
      #expect(loaded.paths.databasePath == "\(home.path)/.looper/looper.db")
      #expect(loaded.paths.socketPath == "\(home.path)/.looper/looper.sock")
      #expect(loaded.fileURL?.path == file)
    }
  }

  @Test(
    "no file and an empty file both mean the defaults",
    arguments: [nil, "", "\n# nothing\n", "[server]\n[agent]\n"])
  func defaults(text: String?) throws {
    try ConfigurationHome.with { home in
      if let text { try home.write(text) }
      let loaded = try home.load()
      #expect(loaded.configuration == Configuration())
      #expect(loaded.origins.isEmpty)
      #expect((loaded.fileURL == nil) == (text == nil))
    }
  }

  @Test("the environment overrides one key and not its section, --set overrides the environment")
  func layers() throws {
    try ConfigurationHome.with { home in
      let file = try home.write("[server]\nport = 1\nhost = \"::1\"\n[flow]\nspec-review-rounds = 5\n")
      let loaded = try home.load(
        ["LOOPER_SERVER_PORT": "2", "LOOPER_FLOW_SPEC_REVIEW_ROUNDS": "6", "PATH": "/bin"],
        set: ["flow.spec-review-rounds=7"])
      #expect(loaded.configuration.server.port == 2)
      #expect(loaded.configuration.server.host == "::1")
      #expect(loaded.configuration.flow.specReviewRounds == 7)
      #expect(
        loaded.origins == [
          "server.port": .environment(name: "LOOPER_SERVER_PORT"),
          "server.host": .file(path: file, line: 3),
          "flow.spec-review-rounds": .override,
        ])
    }
  }

  @Test("texts from the environment and --set are read as the key wants them")
  func texts() throws {
    try ConfigurationHome.with { home in
      let configuration = try home.load(
        [
          "LOOPER_SERVER_ENABLED": "no", "LOOPER_AGENT_COMMAND": "my-agent --flag 'two words'",
          "LOOPER_AGENT_ENV": "HTTP_PROXY,NO_PROXY", "LOOPER_VALIDATION_COMMANDS": "make test, or not",
          "LOOPER_AGENT_EXTRA_ARGS": "[\"-c\", \"a b\"]", "LOOPER_BUDGET_RUN_COST_USD": "2.5",
          "LOOPER_DAEMON_POLL_INTERVAL_SECS": "2m", "LOOPER_AGENT_ROLES_FIXER_MODEL": "big",
        ],
        set: ["agent.vendor=\"custom\"", "github.write-interval-ms=1s", "labels.hold=stop = now"]
      ).configuration
      #expect(!configuration.server.isEnabled)
      #expect(configuration.agent.settings.command == ["my-agent", "--flag", "two words"])
      #expect(configuration.agent.settings.environment == ["HTTP_PROXY", "NO_PROXY"])
      #expect(configuration.validation.commands == ["make test, or not"])
      #expect(configuration.agent.settings.extraArguments == ["-c", "a b"])
      #expect(configuration.budget.runCostUSD == 2.5)
      #expect(configuration.daemon.pollInterval == .seconds(120))
      #expect(configuration.agent.roles.fixer.model == "big")
      #expect(configuration.agent.settings.vendor == .custom)
      #expect(configuration.github.writeInterval == .seconds(1))
      #expect(configuration.labels.hold == "stop = now")
    }
  }

  @Test("TOML, YAML and JSON mean the same, and each knows its lines")
  func formats() throws {
    let toml = """
      [agent]
      vendor = "codex"
      extra-args = ["--a", "no"]
      [agent.roles.fixer]
      model = "1:30"
      [budget]
      day-cost-usd = 3
      [[projects]]
      name = "o/r"
      [projects.agent]
      max-runtime-secs = "1h"
      """
    let yaml = """
      agent:
        vendor: codex
        extra-args: [--a, no]
        roles: {fixer: {model: 1:30}}
      # comment
      server:
      budget: {day-cost-usd: 3}
      projects:
        - name: o/r
          agent:
            max-runtime-secs: 1h
      """
    let json = """
      {"agent": {"vendor": "codex", "extra-args": ["--a", "no"],
        "roles": {"fixer": {"model": "1:30"}}},
       "budget": {"day-cost-usd": 3},
       "projects": [{"name": "o/r",
          "agent": {"max-runtime-secs": "1h"}}]}
      """
    var results: [Configuration] = []
    for (text, name, line) in [
      (toml, "looper.toml", 11), (yaml, "looper.yaml", 11), (json, "looper.json", 5),
    ] {
      try ConfigurationHome.with { home in
        let file = try home.write(text, to: ".looper/\(name)")
        let loaded = try home.load()
        #expect(loaded.origins["projects[0].agent.max-runtime-secs"] == .file(path: file, line: line))
        results.append(loaded.configuration)
      }
    }
    #expect(results[0] == results[1])
    #expect(results[1] == results[2])
    #expect(results[0].agent.roles.fixer.model == "1:30")
    #expect(results[0].projects.first?.agent.maxRuntime == .seconds(3600))
  }

  @Test("the first file in the documented order is read")
  func searchOrder() throws {
    try ConfigurationHome.with { home in
      let places = ["explicit", "xdg/looper", ".config/looper", ".looper"]
      for (index, place) in places.enumerated() {
        try home.write("[server]\nport = \(index + 1)\n", to: "\(place)/looper.toml")
      }
      let environment = ["LOOPER_CONFIG": "explicit", "XDG_CONFIG_HOME": "\(home.path)/xdg"]
      for (index, place) in places.enumerated() {
        #expect(try home.load(environment).configuration.server.port == index + 1)
        try FileManager.default.removeItem(atPath: "\(home.path)/\(place)/looper.toml")
      }
      #expect(try home.load(environment).fileURL == nil)
      try home.write("{\"server\": {\"port\": 9}}", to: "any.json")
      #expect(try home.load(["LOOPER_CONFIG": "~/any.json"]).configuration.server.port == 9)
      #expect(
        home.problems(["LOOPER_CONFIG": "/nowhere/x"]) == [
          "environment LOOPER_CONFIG: there is no /nowhere/x"
        ])
    }
  }

  @Test("a limit of money that holds not everybody who may be given work draws a warning")
  func unknownCost() throws {
    try ConfigurationHome.with { home in
      try home.write(
        """
        [agent]
        fallback = ["codex"]

        [budget]
        run-cost-usd = 5
        day-cost-usd = 50
        day-tokens = 1000000
        """)
      #expect(
        try home.load().warnings.map { "\($0.path ?? "-"): \($0.message)" } == [
          "budget.run-cost-usd: does not hold codex, which tells no cost; set budget.run-tokens as well",
          "budget.run-cost-usd: ends no session of claude-code, which tells its cost at the end; set budget.run-tokens as well",
        ])
      try home.write("[budget]\nrun-cost-usd = 5\n[agent]\nvendor = \"opencode\"\n")
      #expect(try home.load().warnings.isEmpty)
    }
  }

  @Test("a file that others can read and a second file draw warnings")
  func warnings() throws {
    try ConfigurationHome.with { home in
      try home.write("", to: ".looper/looper.toml", mode: 0o644)
      try home.write("", to: ".looper/looper.json")
      let warnings = try home.load(["LOOPER_SERVR_PORT": "1", "LOOPER_ROLE": "worker"]).warnings
      #expect(
        warnings.map { home.tilde($0.description) } == [
          "~/.looper/looper.json: not used, because ~/.looper/looper.toml is there",
          "~/.looper/looper.toml: can be read by other users; run chmod 600 ~/.looper/looper.toml",
          "environment LOOPER_SERVR_PORT: unknown key; the nearest known one is LOOPER_SERVER_PORT",
        ])
    }
  }

  @Test("all problems of all layers are reported at once, each with key and source")
  func allProblems() throws {
    try ConfigurationHome.with { home in
      try home.write(
        """
        server = 5
        [daemon]
        poll_interval_secs = 3
        log-level = "loud"
        [sever]
        port = 1
        [agent]
        vendor = "custom"
        [agent.roles.tester]
        model = "x"
        [labels]
        plan = "Looper:Hold"
        [[projects]]
        path = "relative"
        [[projects]]
        name = "a/b"
        [[projects]]
        name = "A/B"
        """)
      let file = "~/.config/looper/looper.toml"
      #expect(
        home.problems(
          ["LOOPER_SERVER_PROT": "1", "LOOPER_LIMITS_RUNS": "many"], set: ["nonsense", "flow.quiet-period=1"])
          == [
            "\(file):1: server: must be a table",
            "\(file):3: daemon.poll_interval_secs: unknown key; the nearest known one is daemon.poll-interval-secs",
            "\(file):4: daemon.log-level: must be \"trace\", \"debug\", \"info\", \"notice\", \"warning\", \"error\" or \"critical\", not \"loud\"",
            "\(file):5: sever: unknown key; the nearest known one is server",
            "\(file):9: agent.roles.tester: unknown key; the nearest known one is agent.roles.fixer",
            "\(file):14: projects[0].path: must be an absolute path or one that begins with ~/, or empty, not \"relative\"",
            "\(file):13: projects[0].name: is missing",
            "environment LOOPER_LIMITS_RUNS: limits.runs: must be a whole number from 1 to 1000, not \"many\"",
            "environment LOOPER_SERVER_PROT: unknown key; the nearest known one is LOOPER_SERVER_PORT",
            "--set: expected key=value, not nonsense",
            "--set: flow.quiet-period: unknown key; the nearest known one is flow.quiet-period-secs",
            "\(file):12: labels.plan: is the same label as labels.hold",
            "\(file):18: projects[2].name: is the same repository as projects[1]",
            "\(file):8: agent.command: must be given, because agent.vendor is custom",
          ])
    }
  }

  @Test("projects can come from the environment as JSON")
  func projectsFromEnvironment() throws {
    try ConfigurationHome.with { home in
      try home.write("[[projects]]\nname = \"a/b\"\n")
      let loaded = try home.load(["LOOPER_PROJECTS": "[{\"name\": \"c/d\"}]"])
      #expect(loaded.configuration.projects.map(\.name.display) == ["c/d"])
      #expect(loaded.origins == ["projects[0].name": .environment(name: "LOOPER_PROJECTS")])
    }
  }
}

@Suite("MCP servers for a vendor that takes none are warned of")
struct ConfigurationServersTests {
  @Test("once for each place and vendor, substitutes included")
  func warnings() throws {
    try ConfigurationHome.with { home in
      let path = try home.write(
        """
        [agent]
        fallback = ["cursor"]
        mcp-config = "~/servers.json"
        [[projects]]
        name = "o/r"
        [projects.agent.roles.worker]
        vendor = "custom"
        command = ["/bin/agent"]
        mcp-config = "/srv/servers.json"
        fallback = []
        [[projects]]
        name = "o/none"
        [projects.agent]
        vendor = "cursor"
        mcp-config = ""
        """)
      let own = "which takes servers only from its own configuration"
      #expect(
        try home.load().warnings.map(\.description) == [
          "\(path):3: agent.mcp-config: is not given to cursor, \(own)",
          "\(path):9: projects[0].agent.roles.worker.mcp-config: is not given to custom, \(own)",
        ])
    }
  }

  @Test(
    "a host that the API would not be served on is a problem, unless TCP is switched off",
    arguments: [
      ("127.0.0.1", true), ("localhost", true), ("::1", true), ("127.1.2.3", true), ("0.0.0.0", false),
      ("::", false), ("10.0.0.1", false), ("looper.example", false), ("127.evil.example", false),
      ("127.0.0.256", false),
    ])
  func loopbackOnly(host: String, isTaken: Bool) throws {
    try ConfigurationHome.with { home in
      try home.write("[server]\nhost = \"\(host)\"\n")
      let text =
        "~/.config/looper/looper.toml:2: server.host: listening on \(host) needs TLS; set server.host to 127.0.0.1 "
        + "and use a tunnel"
      #expect(home.problems() == (isTaken ? [] : [text]))
      #expect(home.problems(set: ["server.enabled=false"]) == [])
    }
  }
}
