import Testing

@testable import Looper

@Suite("Checks and statuses make one roll-up", .serialized)
struct ForgeCheckTests {
  private let rollup = """
    query($number: Int!) { repository(owner: "acme", name: "shop") { pullRequest(number: $number) {
      statusCheckRollup { state contexts(first: 9) { totalCount nodes { __typename
        ... on CheckRun { name conclusion isRequired(pullRequestNumber: $number) checkSuite { app { slug } } }
        ... on StatusContext { context state } } } } } } }
    """

  @Test("the newest status of a context counts; states are lower case in REST, upper case in GraphQL")
  func statuses() async throws {
    try await withForge { scene in
      let number = try await scene.openPull()
      let head = try #require(try await scene.git.branches(of: scene.barePath)["feature"])
      #expect(await scene.repo("GET", "/commits/\(head)/status").json?["state"] == "pending")
      for state in ["pending", "success"] {
        let body: JSONValue = ["state": .string(state), "context": "looper/review"]
        #expect(await scene.repo("POST", "/statuses/\(head)", body).status == 201)
      }
      let combined = await scene.repo("GET", "/commits/feature/status").json
      #expect(combined?["state"] == "success")
      #expect(combined?["total_count"] == 1)
      #expect(await scene.repo("GET", "/commits/\(head)/statuses").json?.arrayValue?.count == 2)
      let pull = try await scene.graph(rollup, ["number": ForgeJSON.number(number)])["data"]?["repository"]?[
        "pullRequest"]
      let context: JSONValue = [
        "__typename": "StatusContext", "context": "looper/review", "state": "SUCCESS",
      ]
      let expected: JSONValue = ["state": "SUCCESS", "contexts": ["totalCount": 1, "nodes": [context]]]
      #expect(pull?["statusCheckRollup"] == expected)
    }
  }

  @Test("a status is refused for an unknown commit, an unknown state, a long description, a reader")
  func refusedStatuses() async throws {
    try await withForge { scene in
      let head = try #require(try await scene.git.branches(of: scene.barePath)["main"])
      let nowhere = String(repeating: "a", count: 40)
      #expect(await scene.repo("POST", "/statuses/\(nowhere)", ["state": "success"]).status == 422)
      #expect(await scene.repo("POST", "/statuses/\(head)", ["state": "green"]).status == 422)
      let long: JSONValue = ["state": "success", "description": .string(String(repeating: "x", count: 141))]
      #expect(await scene.repo("POST", "/statuses/\(head)", long).status == 422)
      #expect(
        await scene.repo("POST", "/statuses/\(head)", ["state": "success"], token: "mallory-token").status
          == 403)
    }
  }

  @Test("a failing check has its log and annotations, and a rerun replaces it")
  func checkRuns() async throws {
    try await withForge { scene in
      let number = try await scene.openPull()
      let head = try #require(try await scene.git.branches(of: scene.barePath)["feature"])
      let note = ForgeAnnotation(path: "list.txt", startLine: 2, endLine: 2, level: .failure, message: "no")
      let id = try await scene.forge.reportCheck(
        ForgeSession.CheckReport(name: "test", conclusion: .failure, annotations: [note], log: "error: no\n"),
        on: head, in: ForgeScene.repository)
      let listed = await scene.repo("GET", "/commits/\(head)/check-runs").json
      #expect(listed?["check_runs"]?[0]?["conclusion"] == "failure")
      let log = await scene.repo("GET", "/actions/jobs/\(id)/logs")
      #expect(String(decoding: log.body, as: UTF8.self) == "error: no\n")
      #expect(await scene.repo("GET", "/check-runs/\(id)/annotations").json?[0]?["message"] == "no")
      let pull = try await scene.graph(rollup, ["number": ForgeJSON.number(number)])["data"]?["repository"]?[
        "pullRequest"]
      let run: JSONValue = [
        "__typename": "CheckRun", "name": "test", "conclusion": "FAILURE", "isRequired": false,
        "checkSuite": ["app": ["slug": "github-actions"]],
      ]
      #expect(pull?["statusCheckRollup"]?["contexts"]?["nodes"] == [run])
      #expect(await scene.repo("POST", "/actions/jobs/\(id)/rerun").status == 201)
      let again = await scene.repo("GET", "/commits/\(head)/check-runs").json
      #expect(again?["total_count"] == 1)
      #expect(again?["check_runs"]?[0]?["status"] == "queued")
    }
  }

  @Test("only an app writes check runs")
  func onlyApps() async throws {
    try await withForge { scene in
      let head = try #require(try await scene.git.branches(of: scene.barePath)["main"])
      let body: JSONValue = ["name": "x", "head_sha": .string(head.rawValue)]
      let refused = await scene.repo("POST", "/check-runs", body)
      #expect(refused.status == 403)
      #expect(refused.json?["message"] == "You must authenticate via a GitHub App.")
    }
  }

  @Test("protected branches tell their required checks both ways")
  func protection() async throws {
    try await withForge { scene in
      #expect(await scene.repo("GET", "/branches/main/protection").status == 404)
      #expect(await scene.repo("GET", "/rules/branches/main").json == [])
      try await scene.forge.configure(ForgeScene.repository) { repository in
        repository.protections["main"] = ForgeProtection(requiredChecks: [
          ForgeRequiredCheck(name: "test", appID: 7)
        ])
      }
      let protection = await scene.repo("GET", "/branches/main/protection").json
      #expect(protection?["required_status_checks"]?["checks"] == [["context": "test", "app_id": 7]])
      let rules = await scene.repo("GET", "/rules/branches/main").json
      #expect(
        rules?[0]?["parameters"]?["required_status_checks"] == [["context": "test", "integration_id": 7]])
    }
  }

  @Test("the repository's automation reports on a new head by itself")
  func automation() async throws {
    let check = ForgeAutomaticCheck(name: "build", conclusion: .failure, log: "error: x\n")
    try await withForge(configure: { $0.automaticChecks = [check] }) { scene in
      let number = try await scene.openPull()
      let head = try await scene.push(["new.txt": "newer\n"], to: "feature", from: "feature")
      let listed = await scene.repo("GET", "/commits/\(head)/check-runs").json
      #expect(listed?["check_runs"]?[0]?["name"] == "build")
      _ = await scene.repo("GET", "/pulls/\(number)")
      #expect(await scene.repo("GET", "/pulls/\(number)").json?["mergeable_state"] == "unstable")
    }
  }
}
