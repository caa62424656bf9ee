import Testing

@testable import Looper

@Suite("OpenCode's stream is read with its end that may be none and its errors that may be got over")
struct OpenCodeStreamParserTests {
  private func facts(_ name: String) throws -> SessionFacts {
    VendorStreams.facts(try VendorStreams.recorded("opencode-documented/\(name)", OpenCodeStreamParser()))
  }

  @Test("a good session tells its id, the sum of its steps and its last words")
  func ok() throws {
    let facts = try facts("ok")
    #expect(facts.vendorSessionID == "ses_1")
    #expect(facts.usage == Usage(inputTokens: 330, outputTokens: 27, costUSD: 0.003))
    #expect(
      facts.finalResult == AgentFinalResult(text: "Done.", structured: nil, isError: false, failure: nil))
    let shown = try VendorStreams.recorded("opencode-documented/ok", OpenCodeStreamParser())
    #expect(shown.contains(.progress("bash: Commit")))
  }

  @Test(
    "an error is trouble of the right kind",
    arguments: [
      ("bad-model", Failure.Kind.needsHuman), ("unreachable", .transient), ("unauthorized", .needsHuman),
    ])
  func errors(name: String, kind: Failure.Kind) throws {
    let facts = try facts(name)
    #expect(facts.pendingRetry?.kind == kind)
    #expect(facts.finalResult == nil)
  }

  @Test("an error that was got over is forgotten")
  func recovered() throws {
    let facts = try facts("recovered")
    #expect(facts.pendingRetry == nil)
    #expect(facts.finalResult?.text == "Done.")
  }

  @Test("a summary amid the work is no end")
  func compacted() throws {
    #expect(try facts("compacted").finalResult == nil)
  }

  @Test("refused tools are told")
  func refused() throws {
    #expect(try facts("refused").finalResult?.deniedTools == ["write"])
  }

  @Test("usage that is not told is unknown")
  func unknownUsage() {
    let line = #"{"type":"step_finish","part":{"reason":"tool-calls","tokens":{"cache":{"read":5}}}}"#
    #expect(VendorStreams.facts(VendorStreams.signals(line, OpenCodeStreamParser())).usage == .unknown)
  }

  @Test(
    "garbage means nothing", arguments: ["", "{", "[1]", #"{"type":7}"#, #"{"type":"text"}"#, "Error: x"])
  func garbage(line: String) {
    #expect(VendorStreams.signals(line, OpenCodeStreamParser()) == [])
  }

  @Test(
    "standard error explains a session that never began",
    arguments: [
      (
        "! permission requested: external_directory (/*); auto-rejecting\n",
        Failure(
          .agent,
          "a permission was refused to the agent: ! permission requested: external_directory (/*); auto-rejecting; allow it in opencode.json"
        )
      ),
      (
        "NotFoundError: NotFoundError\n data: {\n  message: \"Session not found: ses_x\",\n},\n",
        Failure(.agent, "opencode does not know the session to go on with: NotFoundError: NotFoundError")
      ),
    ])
  func diagnosis(errors: String, failure: Failure) {
    #expect(OpenCodeAdapter().diagnose(standardError: errors) == failure)
    #expect(OpenCodeAdapter().diagnose(standardError: "INFO service=default\n") == nil)
  }
}
