import Foundation
import Testing

@testable import Looper

@Suite("Codex's stream is read for what it is: its errors are no end")
struct CodexStreamParserTests {
  private func facts(_ name: String) throws -> SessionFacts {
    VendorStreams.facts(try VendorStreams.recorded("codex-0.163.0/\(name)", CodexStreamParser()))
  }

  @Test("a good session tells its id, its usage and its last message")
  func ok() throws {
    let facts = try facts("ok")
    #expect(facts.vendorSessionID == "01a20276-26e8-73b0-9979-9e3e8cd8c773")
    #expect(facts.usage == Usage(inputTokens: 240, outputTokens: 40, costUSD: nil))
    #expect(
      facts.finalResult == AgentFinalResult(text: "Done.", structured: nil, isError: false, failure: nil))
    #expect(facts.pendingRetry == nil)
    #expect(facts.progress == "Done.")
  }

  @Test("what it does is shown, its remarks about models are not")
  func progress() throws {
    let signals = try VendorStreams.recorded("codex-0.163.0/sandbox-read-only", CodexStreamParser())
    let shown = signals.compactMap { signal -> String? in
      if case .progress(let text) = signal { text } else { nil }
    }
    #expect(shown.count == 3)
    #expect(shown.first?.hasPrefix("shell: /bin/bash -lc 'echo fixed > fix.txt") == true)
    #expect(shown.last == "end")
  }

  @Test(
    "a failed turn is a failure of the right kind",
    arguments: [("401", Failure.Kind.needsHuman), ("429", .usageLimited(until: nil))])
  func failures(name: String, kind: Failure.Kind) throws {
    let final = try #require(try facts(name).finalResult)
    #expect(final.isError)
    #expect(final.failure?.kind == kind)
  }

  @Test("a login failure says what to do")
  func login() throws {
    #expect(
      try facts("401").finalResult?.failure?.message
        == "the agent is not logged in: unexpected status 401 Unauthorized: bad key, url: http://127.0.0.1:PORT/v1/responses; run `codex login` as this user"
    )
  }

  @Test("a session that got over errors of its provider is a good one")
  func recovered() throws {
    let facts = try facts("500-then-ok")
    #expect(facts.pendingRetry == nil)
    #expect(facts.finalResult?.text == "recovered")
    #expect(facts.finalResult?.isError == false)
  }

  @Test("reconnecting is trouble with the network, and over as soon as it gets on")
  func reconnecting() {
    let trouble = #"{"type":"error","message":"Reconnecting... 2/5"}"#
    let remark = #"{"type":"item.completed","item":{"type":"error","message":"Model metadata not found."}}"#
    let message = #"{"type":"item.completed","item":{"type":"agent_message","text":"On."}}"#
    func pending(_ lines: String...) -> Failure? {
      VendorStreams.facts(VendorStreams.signals(lines.joined(separator: "\n"), CodexStreamParser()))
        .pendingRetry
    }
    let failure = Failure(.transient, "the agent cannot reach its model: Reconnecting... 2/5")
    #expect(pending(trouble) == failure)
    #expect(pending(trouble, remark) == failure)
    #expect(pending(trouble, message) == nil)
    #expect(pending(remark) == nil)
  }

  @Test("a killed session has no last event and no usage")
  func killed() throws {
    let facts = try facts("sigterm-during-tool")
    #expect(facts.finalResult == nil)
    #expect(facts.usage == .unknown)
    #expect(facts.vendorSessionID == "01a20276-14ad-7972-8974-8bfdc6da6a9a")
  }

  @Test(
    "a used up plan is a limit, as an error and as a message",
    arguments: [
      #"{"type":"turn.failed","error":{"message":"You've hit your usage limit. Upgrade to Pro or try again in 2 days 17 hours."}}"#,
      #"{"type":"item.completed","item":{"type":"agent_message","text":"You’ve hit your usage limit."}}"#
        + "\n" + #"{"type":"turn.completed","usage":{"input_tokens":1,"output_tokens":1}}"#,
    ])
  func usageLimit(stream: String) {
    let facts = VendorStreams.facts(VendorStreams.signals(stream, CodexStreamParser()))
    #expect(facts.finalResult?.failure?.kind == .usageLimited(until: nil))
  }

  @Test(
    "garbage means nothing",
    arguments: [
      "", "{", "[1]", "null", #"{"type":7}"#, #"{"type":"item.completed"}"#, #"{"type":"thread.started"}"#,
      #"{"type":"item.completed","item":{"type":"agent_message"}}"#,
    ])
  func garbage(line: String) {
    #expect(VendorStreams.signals(line, CodexStreamParser()) == [])
  }

  @Test(
    "standard error explains a session that never began",
    arguments: [
      (
        "error: unexpected argument '--no-such' found\n\n  tip: x\n\nFor more information, try '--help'.\n",
        Failure(
          .needsHuman,
          "codex refuses to start: error: unexpected argument '--no-such' found; check agent.extra-args")
      ),
      (
        "Error: thread/resume: thread/resume failed: no rollout found for thread id d8 (code -32600)\n",
        Failure(
          .agent,
          "codex does not know the session to go on with: Error: thread/resume: thread/resume failed: no rollout found for thread id d8 (code -32600)"
        )
      ),
    ])
  func diagnosis(errors: String, failure: Failure) {
    #expect(CodexAdapter().diagnose(standardError: errors) == failure)
    #expect(CodexAdapter().diagnose(standardError: "Reading additional input from stdin...\n") == nil)
  }
}
