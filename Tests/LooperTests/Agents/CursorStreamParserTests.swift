import Testing

@testable import Looper

@Suite("Cursor's stream is read for what it is")
struct CursorStreamParserTests {
  private func facts(_ name: String) throws -> SessionFacts {
    VendorStreams.facts(try VendorStreams.recorded("cursor-documented/\(name)", CursorStreamParser()))
  }

  @Test("a good session tells its id, its usage and its last message, not all of them run together")
  func ok() throws {
    let facts = try facts("ok")
    #expect(facts.vendorSessionID == "c6b62c6f-7ead-4fd6-9922-e952131177ff")
    #expect(facts.usage == Usage(inputTokens: 160, outputTokens: 20, costUSD: nil))
    #expect(
      facts.finalResult == AgentFinalResult(text: "Done.", structured: nil, isError: false, failure: nil))
    let shown = try VendorStreams.recorded("cursor-documented/ok", CursorStreamParser())
    #expect(shown.contains(.progress("shell: git commit -q -m fix")))
  }

  @Test("refused tools are told, though it calls itself a success; usage that is not told is unknown")
  func refused() throws {
    let facts = try facts("refused")
    #expect(facts.finalResult?.deniedTools == ["write"])
    #expect(facts.finalResult?.text == "I was not allowed to write.")
    #expect(facts.usage == .unknown)
  }

  @Test("a last event that does not deny an error is one")
  func unproved() {
    let facts = VendorStreams.facts(
      VendorStreams.signals(#"{"type":"result","result":"overloaded"}"#, CursorStreamParser()))
    #expect(facts.finalResult?.isError == true)
    #expect(facts.finalResult?.failure?.kind == .transient)
  }

  @Test(
    "garbage means nothing",
    arguments: [
      "", "{", "[1]", #"{"type":7}"#, #"{"type":"assistant"}"#, #"{"type":"tool_call"}"#,
      #"{"type":"tool_call","tool_call":{"x":1}}"#, #"{"type":"thinking","text":"x"}"#,
    ])
  func garbage(line: String) {
    #expect(VendorStreams.signals(line, CursorStreamParser()) == [])
  }

  @Test(
    "standard error explains a session that ended without a last event",
    arguments: [
      (
        "Error: Authentication required. Please run 'agent login' first.\n",
        Failure(
          .needsHuman,
          "the agent is not logged in: Error: Authentication required. Please run 'agent login' first.; set CURSOR_API_KEY for the daemon or run `cursor-agent login` as this user"
        )
      ),
      (
        "⚠ Workspace Trust Required\n\n  Cursor Agent can execute code\n",
        Failure(
          .needsHuman,
          "cursor-agent refuses to start: ⚠ Workspace Trust Required; update it or check agent.extra-args")
      ),
      (
        "You've hit your usage limit\n",
        Failure(.usageLimited(until: nil), "the agent's usage limit is reached: You've hit your usage limit")
      ),
    ])
  func diagnosis(errors: String, failure: Failure) {
    #expect(CursorAdapter().diagnose(standardError: errors) == failure)
    #expect(CursorAdapter().diagnose(standardError: "hello\n") == nil)
  }
}
