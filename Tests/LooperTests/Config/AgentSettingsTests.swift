import Testing

@testable import Looper

@Suite("an agent's settings come from general to particular")
struct AgentSettingsTests {
  @Test("agent, its role, the project, the project's role: the later one wins")
  func layering() throws {
    let name = try #require(ProjectName("o/r"))
    var configuration = Configuration()
    configuration.agent.settings.timeout = .seconds(1)
    configuration.agent.roles.fixer.timeout = .seconds(2)
    var project = Configuration.Project(name: name)
    project.agent.timeout = .seconds(3)
    project.roles.fixer.timeout = .seconds(4)
    #expect(configuration.agentSettings(for: .worker, project: [name]).timeout == .seconds(1))
    #expect(configuration.agentSettings(for: .fixer, project: [name]).timeout == .seconds(2))
    configuration.projects = [project]
    #expect(configuration.agentSettings(for: .worker, project: [name]).timeout == .seconds(3))
    #expect(
      configuration.agentSettings(for: .fixer, project: [try #require(ProjectName("O/R"))]).timeout
        == .seconds(4))
    #expect(configuration.agentSettings(for: .fixer, project: []).timeout == .seconds(2))
    #expect(
      configuration.agentSettings(for: .fixer, project: [try #require(ProjectName("x/y"))]).timeout
        == .seconds(2))
  }

  @Test("a renamed project has the entry of either name, the one it was added with first")
  func renamed() throws {
    let (old, new) = (try #require(ProjectName("o/r")), try #require(ProjectName("o/s")))
    var loop = try WhyAnswerTests.loop(.queued)
    loop.project = old
    loop.projectNow = new
    var configuration = Configuration()
    var project = Configuration.Project(name: new, validationCommands: ["make"])
    project.agent.model = "opus"
    configuration.projects = [project]
    let settings = EngineSettings(configuration)
    #expect(settings.terms(of: loop, .worker).model == "opus")
    #expect(settings.validationCommands(loop.projectNames) == ["make"])
    project.name = old
    project.agent.model = "sonnet"
    configuration.projects.append(project)
    #expect(EngineSettings(configuration).terms(of: loop, .worker).model == "sonnet")
  }

  @Test("another vendor does not inherit the command, model and arguments of the first")
  func vendorChange() {
    var settings = AgentSettings()
    settings.command = ["my-claude"]
    settings.model = "opus"
    settings.attempts = 7
    let changed = settings.overridden(by: .init(vendor: .codex))
    #expect(changed.command.isEmpty && changed.model.isEmpty)
    #expect(changed.attempts == 7)
    #expect(settings.overridden(by: .init(vendor: .claudeCode)) == settings)
    #expect(settings.overridden(by: .init(vendor: .codex, model: "o")).model == "o")
  }

  @Test("what belongs to a vendor is used wherever it is named and nothing nearer says otherwise")
  func vendorDefaults() throws {
    let name = try #require(ProjectName("o/r"))
    var configuration = Configuration()
    configuration.agent.settings.model = "opus"
    configuration.agent.vendors.claudeCode = .init(command: ["my-claude"], model: "sonnet")
    configuration.agent.vendors.codex = .init(model: "gpt", extraArguments: ["--oss"])
    configuration.agent.roles.fixer = .init(vendor: .codex)
    configuration.agent.roles.reviewer = .init(vendor: .codex, model: "", extraArguments: [])
    var project = Configuration.Project(name: name)
    project.roles.fixer.vendor = .claudeCode
    configuration.projects = [project]
    func line(_ role: Role, _ project: ProjectName?, _ vendor: Vendor? = nil) -> String {
      let settings = configuration.agentSettings(
        for: role, project: [project].compactMap(\.self), vendor: vendor)
      return ([settings.vendor.rawValue, settings.model] + settings.command + settings.extraArguments)
        .joined(separator: " ")
    }
    #expect(line(.worker, nil) == "claude-code opus my-claude")
    #expect(line(.fixer, nil) == "codex gpt --oss")
    #expect(line(.reviewer, nil) == "codex ")
    #expect(line(.fixer, name) == "claude-code sonnet my-claude")
    #expect(line(.worker, name, .codex) == "codex gpt --oss")
    #expect(line(.worker, name, .claudeCode) == "claude-code opus my-claude")
    #expect(line(.worker, name, .cursor) == "cursor ")
  }

  @Test("a model is never given to another vendor than the one it was set for")
  func models() throws {
    var configuration = Configuration()
    configuration.agent.settings.model = "opus"
    configuration.agent.settings.fallback = [.cursor, .codex]
    configuration.agent.vendors.codex.model = "gpt"
    let settings = EngineSettings(configuration)
    var loop = try WhyAnswerTests.loop(.queued)
    #expect(settings.terms(of: loop, .worker).model == "opus")
    loop.vendor = .cursor
    #expect(settings.terms(of: loop, .worker) == ClaimTerms(vendor: .cursor, model: nil))
    loop.vendor = .codex
    loop.extraArguments = ["-c", "x=1"]
    #expect(
      settings.terms(of: loop, .worker)
        == ClaimTerms(vendor: .codex, model: "gpt", extraArguments: ["-c", "x=1"]))
    loop.model = "mini"
    #expect(settings.terms(of: loop, .worker).model == "mini")
  }

  @Test("each role has substitutes of its own, in their order, and in a project others")
  func roleFallback() throws {
    try ConfigurationHome.with { home in
      try home.write(
        """
        [agent]
        fallback = ["cursor"]
        [agent.roles.reviewer]
        fallback = ["opencode", "codex"]
        [agent.roles.planner]
        fallback = []
        [[projects]]
        name = "o/r"
        [projects.agent]
        fallback = ["codex"]
        [projects.agent.roles.worker]
        fallback = ["opencode"]
        """)
      let settings = EngineSettings(try home.load().configuration)
      func vendors(_ name: String) throws -> [[Vendor]] {
        let project = try #require(ProjectName(name))
        return [Role.planner, .reviewer, .worker, .fixer].map { settings.terms($0, [project]).fallback }
      }
      #expect(try vendors("x/y") == [[], [.opencode, .codex], [.cursor], [.cursor]])
      #expect(try vendors("o/r") == [[.codex], [.codex], [.opencode], [.codex]])
    }
  }

  @Test("a substitute gets the model of its own, and nothing that was asked for of the first")
  func substitutes() throws {
    let now = Timestamp(milliseconds: 0)
    var configuration = Configuration()
    configuration.agent.settings.fallback = [.cursor, .codex]
    configuration.agent.vendors.codex.model = "gpt"
    var loop = try WhyAnswerTests.loop(.queued)
    loop.model = "opus"
    loop.extraArguments = ["--x"]
    let terms = EngineSettings(configuration).terms(of: loop, .worker)
    var shut = VendorGate()
    _ = shut.apply(.refused(Run.ID(1), until: nil, message: "m"), at: now)
    #expect(
      terms.choice([.claudeCode: shut, .cursor: shut], at: now)?.terms
        == ClaimTerms(vendor: .codex, model: "gpt", reason: "claude-code is limited"))
    #expect(
      terms.choice([.claudeCode: shut], at: now)?.terms
        == ClaimTerms(vendor: .cursor, model: nil, reason: "claude-code is limited"))
  }
}
