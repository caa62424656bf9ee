import Foundation
import Testing

@testable import Looper

@Suite("the example of the agent protocol's documentation works")
struct AgentProtocolDocumentTests {
  @Test("as it is printed, in each role", arguments: Role.allCases)
  func example(role: Role) async throws {
    try await AgentBench.withBench { bench in
      let document = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../docs/agent-protocol.md").standardizedFileURL
      let text = try String(contentsOf: document, encoding: .utf8)
      let script = try #require(text.firstRange(of: "```sh\n").map { text[$0.upperBound...] })
      let agent = "\(bench.root)/agent"
      let body = try #require(script.firstRange(of: "\n```").map { script[..<$0.lowerBound] })
      try Data((body + "\n").utf8).write(to: URL(fileURLWithPath: agent))
      var spec = bench.spec(
        adapter: CustomAdapter(executable: "/bin/sh", leadingArguments: [agent]), role: role)
      let job = try #require(Job.all.first { $0.role == role })
      spec.assignment.context = ContextDocument.make(PromptSamples.full(job))
      spec.extraEnvironment = ["GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.test"]
        .merging(["GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.test"]) { $1 }
      let setUp = bench.spec("git init -q . && echo '__LOOPER_RESULT__={\"summary\":\"s\"}'")
      #expect(await bench.runner().run(setUp).outcome.result == AgentBench.reported)
      let result = await bench.runner().run(spec)
      guard case .reported = result.outcome.result else {
        Issue.record("\(result.outcome.result) \(result.outcome.tail)")
        return
      }
      #expect(result.outcome.usage == Usage(inputTokens: 0, outputTokens: 0, costUSD: 0))
      // Again over what it left: as after an attempt that was stopped at its end.
      let again = await bench.runner().run(spec)
      #expect(again.outcome.result == result.outcome.result)
    }
  }
}
