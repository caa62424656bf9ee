import Foundation
import Testing

@testable import Looper

@Suite("a session is run as the configuration says for its role and its project", .serialized)
struct VendorSessionsTests {
  private func run(
    _ bench: VendorBench, _ vendor: Vendor, role: Role = .planner, in project: String = "acme/shop"
  ) async throws -> SessionEnd {
    let assignment = AgentAssignment(
      runID: Run.ID(1), loopID: Loop.ID(1), stage: "agent", role: role, phase: .plan, worktree: bench.root,
      prompt: "p", context: [:])
    let plan = SessionPlan(vendor: vendor, projectNames: [try #require(ProjectName(project))])
    let silent = SessionEvents(
      onPrepared: { _, _ in }, onStart: { _ in }, onVendorSession: { _ in }, onNews: { _ in })
    return await bench.sessions.run(assignment, as: plan, observer: silent)
  }

  /// Notes all that the agent was given: its arguments, the files they name, its variables.
  private static let tellsAll = """
    { printf '%s\\n' "$@"; for each in "$@"; do [ ! -f "$each" ] || cat "$each"; done; env; } > "$(dirname "$0")/told"
    """

  @Test("the MCP servers of a project reach the vendors that take some, and no other project's agent")
  func servers() async throws {
    for vendor in Vendor.allCases {
      try await VendorBench.with(
        vendor, script: Self.tellsAll,
        configure: { configuration, root in
          let path = "\(root)/servers.json"
          let text = #"{"mcpServers":{"files":{"command":"mcp-files","args":[],"env":{}}}}"#
          try Data(text.utf8).write(to: URL(filePath: path))
          var project = Configuration.Project(name: try #require(ProjectName("acme/shop")))
          project.agent.mcpConfiguration = path
          configuration.projects = [
            project, Configuration.Project(name: try #require(ProjectName("acme/other"))),
          ]
        }
      ) { bench in
        let takes = VendorAdapters.capabilities(of: vendor).takesMCPServers
        for (project, isGiven) in [("acme/shop", takes), ("acme/other", false)] {
          _ = try await run(bench, vendor, in: project)
          let told = try String(contentsOfFile: "\(bench.root)/told", encoding: .utf8)
          #expect(told.contains("mcp-files") == isGiven, "\(vendor.rawValue) in \(project)")
        }
      }
    }
  }

  @Test(
    "no agent is started without the MCP servers it was meant to have", arguments: [nil, "{}", "{broken"])
  func unreadableServers(text: String?) async throws {
    try await VendorBench.with(
      .claudeCode, script: ":",
      configure: { configuration, root in
        if let text { try Data(text.utf8).write(to: URL(filePath: "\(root)/servers.json")) }
        configuration.agent.roles.planner.mcpConfiguration = "\(root)/servers.json"
      }
    ) { bench in
      let words =
        "agent.mcp-config \(bench.root)/servers.json is no readable JSON file with the member mcpServers"
      let end = try await run(bench, .claudeCode)
      #expect(end.outcome.result == .failed(Failure(.needsHuman, words)))
      #expect(try bench.calls().isEmpty)
      _ = try await run(bench, .claudeCode, role: .worker)
      #expect(try bench.calls().count == 1)
    }
  }

  @Test(
    "each role has limits of its own",
    arguments: [
      (Role.planner, "no sign of life for 20 s"), (.worker, "longer than 40 s"),
      (.reviewer, "no sign of life for 30 s"), (.fixer, "longer than 50 s"),
    ])
  func limits(role: Role, ending: String) async throws {
    try await VendorBench.with(
      .custom, script: "exec sleep 600", time: LeapingTime(),
      configure: { configuration, _ in
        configuration.agent.settings.timeout = .seconds(30)
        configuration.agent.settings.maxRuntime = .seconds(50)
        configuration.agent.roles.planner.timeout = .seconds(20)
        configuration.agent.roles.worker.timeout = .seconds(60)
        configuration.agent.roles.worker.maxRuntime = .seconds(40)
        configuration.agent.roles.fixer.timeout = .seconds(60)
      }
    ) { bench in
      let end = try await run(bench, .custom, role: role)
      #expect(end.ending == ending)
    }
  }
}
