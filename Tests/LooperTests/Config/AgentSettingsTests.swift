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
    #expect(configuration.agentSettings(for: .worker, project: name).timeout == .seconds(1))
    #expect(configuration.agentSettings(for: .fixer, project: name).timeout == .seconds(2))
    configuration.projects = [project]
    #expect(configuration.agentSettings(for: .worker, project: name).timeout == .seconds(3))
    #expect(configuration.agentSettings(for: .fixer, project: ProjectName("O/R")).timeout == .seconds(4))
    #expect(configuration.agentSettings(for: .fixer, project: nil).timeout == .seconds(2))
    #expect(configuration.agentSettings(for: .fixer, project: ProjectName("x/y")).timeout == .seconds(2))
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
}
