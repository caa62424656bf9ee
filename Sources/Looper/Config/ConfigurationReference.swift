/// The texts about configuration that are made from the schema: the sample file and `docs/configuration.md`.
enum ConfigurationReference {
  /// Where the longest sample comment breaks.
  private static let commentWidth = 108

  /// `config/looper.toml`: every key at its default, behind a `#` without a space so that it can be switched on.
  static var sample: String {
    let values = Configuration()
    var lines = [
      "# Looper's configuration. Every key is shown at its default; remove the # before a key to change it.",
      "# Looper looks for looper.toml, looper.yaml or looper.json in $LOOPER_CONFIG, $XDG_CONFIG_HOME/looper,",
      "# ~/.config/looper and ~/.looper. The environment (LOOPER_SERVER_PORT=…) and --set server.port=… come after it.",
    ]
    for section in ConfigurationSchema.sections {
      lines += ["", "# \(section.summary)", "[\(section.name)]"]
      for key in ConfigurationSchema.keys where key.section == section.name {
        guard let value = key.value(values) else { continue }
        lines += comment(
          "\(key.summary) It must be \(key.expectation).\(key.needsRestart ? " Needs a restart." : "")")
        lines.append("#\(key.name) = \(TOMLText.literal(value))")
      }
      if section.name == "agent" { lines += vendorSample + roleSample }
    }
    return (lines + projectSample + autoSample).joined(separator: "\n") + "\n"
  }

  private static let vendorSample = [
    "",
    "# How one vendor is run, whoever names it: a role, a project, a run or agent.fallback. Command, model and extra-args",
    "# can be given; they count where nothing nearer says otherwise.",
    "#[agent.vendors.codex]",
    "#model = \"\"",
  ]

  private static let roleSample = [
    "",
    "# One role can differ: planner, reviewer, worker or fixer. vendor, fallback, command, model, extra-args, mcp-config,",
    "# timeout-secs and max-runtime-secs can be given; another vendor starts without the command, model and extra-args",
    "# from above, with those of its own [agent.vendors.<vendor>].",
    "#[agent.roles.reviewer]",
    "#model = \"\"",
  ]

  private static let projectSample = [
    "",
    "# A repository to watch; repeat the block for each. agent and agent.roles.<role> below it work as above.",
    "#[[projects]]",
    "#name = \"owner/name\"",
    "#path = \"\"",
    "#base = \"\"",
    "#validation-commands = []",
    "#[projects.agent]",
    "#vendor = \"claude-code\"",
  ]

  private static let autoSample = [
    "",
    "# Issues to work on though nobody set a label of Looper's on them; repeat the block for each rule. It needs labels",
    "# or authors; repositories limits it to some of the watched ones.",
    "#[[auto]]",
    "#repositories = []",
    "#labels = [\"good first issue\"]",
    "#authors = []",
    "#per-day = 5",
    "#look-back-days = 7",
    "#plan = true",
  ]

  private static func comment(_ text: String) -> [String] {
    var lines: [String] = []
    var line = "#"
    for word in text.split(separator: " ") {
      if line.count + 1 + word.count > commentWidth {
        lines.append(line)
        line = "#"
      }
      line += " \(word)"
    }
    return lines + [line]
  }

  /// `docs/configuration.md`.
  static var markdown: String {
    var lines = preamble
    let values = Configuration()
    for section in ConfigurationSchema.sections {
      lines += ["", "## `[\(section.name)]`", "", section.summary, ""]
      lines += ["| key | default | environment | meaning |", "|---|---|---|---|"]
      for key in ConfigurationSchema.keys where key.section == section.name {
        let value = key.value(values).map(TOMLText.literal) ?? ""
        lines.append(row([code(key.name), code(value), code(key.environmentName), meaning(key)]))
      }
      if section.name == "agent" { lines += vendors + roles }
    }
    lines += projects + auto
    return (lines + repository).joined(separator: "\n") + "\n"
  }

  private static let preamble = [
    "# Configuration",
    "",
    "Made from the schema in `Sources/Looper/Config`; a test compares. `config/looper.toml` has the same keys as a file.",
    "",
    "Each key is looked up in four layers, the later one wins: the default, the file, the environment,",
    "`--set key=value`. The file is `looper.toml`, `looper.yaml` or `looper.json`, the first one found in `$LOOPER_CONFIG`",
    "(a file or a directory), `$XDG_CONFIG_HOME/looper`, `~/.config/looper` (macOS:",
    "`~/Library/Application Support/com.looper.looper`) and `~/.looper`. There need not be one.",
    "",
    "Times are whole numbers in the unit the key ends in, or a text such as `\"30s\"`, `\"5m\"` or `\"2h\"`. Paths are",
    "absolute or begin with `~/`. In the environment and `--set`, a list is a JSON list or a text that is split as in a file.",
    "",
    "A running daemon takes a changed file up once it has stood still for two seconds, so that one that is half written counts",
    "for nothing, or as it is on SIGHUP. Keys marked \"needs a restart\" keep the value it was started with until then, and",
    "`looper status` names them. A file that is broken, unreadable or gone changes nothing: the last good configuration stays",
    "in force until there is a good one again.",
  ]

  private static var vendors: [String] {
    [
      "", "### `[agent.vendors.<vendor>]`", "",
      "How one vendor (`claude-code`, `codex`, `opencode`, `cursor`, `custom`) is run, whoever names it: `agent.vendor`, a",
      "role, a project, `looper run --vendor` or `agent.fallback`; all keys are optional and count where nothing nearer says",
      "otherwise. In the environment: `LOOPER_AGENT_VENDORS_CLAUDE_CODE_MODEL`.",
      "", "| key | meaning |", "|---|---|",
    ] + ConfigurationSchema.vendorDefaults.map { row([code($0.name), meaning($0)]) }
  }

  private static var roles: [String] {
    [
      "", "### `[agent.roles.<role>]`", "",
      "What one role (`planner`, `reviewer`, `worker`, `fixer`) changes; all keys are optional. Another vendor starts without",
      "the command, model and extra-args of the general settings, with those of its own `[agent.vendors.<vendor>]`. In the",
      "environment: `LOOPER_AGENT_ROLES_REVIEWER_MODEL`.",
      "", "| key | meaning |", "|---|---|",
    ] + ConfigurationSchema.overrides.map { row([code($0.name), meaning($0)]) }
  }

  private static var projects: [String] {
    [
      "", "## `[[projects]]`", "",
      "A repository to watch; one block for each. `[projects.agent]` and `[projects.agent.roles.<role>]` take the keys of",
      "`[agent.roles.<role>]` and come after all of `[agent]`. `LOOPER_PROJECTS` takes the whole list as JSON.",
      "", "| key | meaning |", "|---|---|",
    ]
      + ConfigurationSchema.project.filter { $0.section.isEmpty }.map { row([code($0.path), meaning($0)]) }
  }

  private static var auto: [String] {
    [
      "", "## `[[auto]]`", "",
      "Issues that are worked on though nobody set a label of Looper's on them, in the lane `auto`; one block for each rule,",
      "which needs labels or authors. An issue that depends on another one, by GitHub's dependencies or by its author's",
      "words (`depends on #12`), waits until that is closed. `LOOPER_AUTO` takes the whole list as JSON.",
      "", "| key | meaning |", "|---|---|",
    ] + ConfigurationSchema.auto.map { row([code($0.path), meaning($0)]) }
  }

  private static var repository: [String] {
    [
      "", "## In a repository", "",
      "A repository can carry `.looper/looper.toml`, which is read from its default branch only, whatever the base of the work",
      "is. A mistake in it starts no agent and asks a person: what is mistyped may be what protects.",
      "", "| key | meaning |", "|---|---|",
    ] + RepositoryConfiguration.keys.map { row([code($0.path), meaning($0)]) }
  }

  private static func meaning<Root>(_ key: ConfigurationKey<Root>) -> String {
    "\(key.summary) (\(key.expectation)\(key.needsRestart ? "; needs a restart" : ""))"
  }

  private static func code(_ text: String) -> String { "`\(text)`" }

  private static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
}
