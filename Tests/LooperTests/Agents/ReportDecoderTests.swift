import Foundation
import Testing

@testable import Looper

@Suite("a report is understood or refused with a message that names the key")
struct ReportDecoderTests {
  private func refusal(_ json: String, _ role: Role) -> String? {
    do throws(ReportRefusal) {
      _ = try ReportDecoder.decode(Data(json.utf8), role: role)
      return nil
    } catch {
      return error.description
    }
  }

  @Test("each role's full result is read, unknown keys are ignored")
  func full() throws {
    let plan = try ReportDecoder.decode(
      Data(#"{"summary":"s","spec_path":"./specs/7/spec.md","mood":[1]}"#.utf8), role: .planner)
    #expect(plan == .plan(PlanReport(summary: "s", specPath: "specs/7/spec.md")))
    let work = try ReportDecoder.decode(
      Data(
        #"{"summary":"s","title":" a\nb ","criteria":[{"id":"AC1","status":"pass","evidence":"e"}]}"#.utf8),
      role: .worker)
    let criterion = CriterionReport(id: "AC1", status: .pass, evidence: "e")
    #expect(work == .work(WorkReport(summary: "s", title: "a b", criteria: [criterion])))
    let fix = try ReportDecoder.decode(
      Data(#"{"summary":"s","items":[{"id":"F3","action":"declined","explanation":"why"}]}"#.utf8),
      role: .fixer)
    let item = FixReport.Item(id: "F3", action: .declined, explanation: "why")
    #expect(fix == .fix(FixReport(summary: "s", items: [item])))
  }

  @Test("a review is read with all its keys")
  func review() throws {
    let json = #"""
      {"verdict":"changes","summary":"s","findings":[{"path":"a/b.swift","line":9,"start_line":7,"side":"LEFT",
      "severity":"minor","title":"t","body":"b","suggestion":"x","confidence":1}]}
      """#
    let finding = FindingDraft(
      path: "a/b.swift", line: 9, side: .left, startLine: 7, severity: .minor, title: "t", body: "b",
      suggestion: "x",
      confidence: 1)
    #expect(
      try ReportDecoder.decode(Data(json.utf8), role: .reviewer)
        == .review(ReviewReport(verdict: .changes, summary: "s", findings: [finding], criteria: [])))
  }

  @Test("any role may ask", arguments: Role.allCases)
  func question(role: Role) throws {
    let json = #"{"question":{"text":"q?","options":["a","b"],"default":"a","deadline_minutes":60}}"#
    #expect(
      try ReportDecoder.decode(Data(json.utf8), role: role)
        == .question(
          QuestionReport(text: "q?", options: ["a", "b"], defaultOption: "a", deadlineMinutes: 60)))
  }

  static func finding(_ change: String) -> String {
    #"{"verdict":"changes","summary":"s","findings":[{"path":"a","line":1,"severity":"nit","title":"t","body":"b"},"#
      + "{\(change)}]}"
  }

  @Test(
    "a wrong value is refused by name",
    arguments: [
      ("nonsense", Role.planner, "the result is not valid JSON"),
      ("[1]", .planner, "expected the result to be an object; got array"),
      ("{}", .planner, "summary: expected string; the key is missing"),
      (#"{"summary":null}"#, .worker, "summary: expected string; the key is missing"),
      (#"{"summary":3}"#, .worker, "summary: expected string; got number"),
      (#"{"summary":" "}"#, .fixer, "summary: expected some text; got an empty string"),
      (
        #"{"summary":"s","spec_path":"/etc/passwd"}"#, .planner,
        #"spec_path: expected a path relative to the repository without ..; got "/etc/passwd""#
      ),
      (#"{"summary":"s"}"#, .reviewer, "verdict: expected one of clean, changes, human; the key is missing"),
      (
        #"{"summary":"s","verdict":"approve"}"#, .reviewer,
        #"verdict: expected one of clean, changes, human; got "approve""#
      ),
      (#"{"summary":"s","verdict":"changes"}"#, .reviewer, "verdict: changes needs at least one finding"),
      (
        #"{"summary":"s","verdict":"clean","findings":{}}"#, .reviewer, "findings: expected array; got object"
      ),
      (
        finding(#""path":"a","line":1,"severity":"high","title":"t""#), .reviewer,
        #"findings[1].severity: expected one of blocker, major, minor, nit; got "high""#
      ),
      (
        finding(#""path":"a/../b","severity":"nit","title":"t""#), .reviewer,
        #"findings[1].path: expected a path relative to the repository without ..; got "a/../b""#
      ),
      (
        finding(#""path":"a","line":0,"severity":"nit","title":"t""#), .reviewer,
        "findings[1].line: expected 1 to 10000000; got 0"
      ),
      (
        finding(#""path":"a","line":"1","severity":"nit","title":"t""#), .reviewer,
        "findings[1].line: expected whole number; got string"
      ),
      (
        finding(#""path":"a","line":1,"start_line":2,"severity":"nit","title":"t""#), .reviewer,
        "findings[1].start_line: expected at most line; got 2"
      ),
      (
        finding(#""path":"a","line":1,"severity":"nit","title":"t","confidence":1.5"#), .reviewer,
        "findings[1].confidence: expected 0.0 to 1.0; got 1.5"
      ),
      (
        finding(#""path":"a","severity":"nit""#), .reviewer,
        "findings[1].title: expected string; the key is missing"
      ),
      (
        #"{"verdict":"clean","summary":"s","findings":[{"path":"a","severity":"minor","title":"Leak"}]}"#,
        .reviewer,
        #"verdict: clean contradicts the minor finding "Leak"; only nits may stay open"#
      ),
      (
        #"{"verdict":"clean","summary":"s","criteria":[{"id":"AC2","status":"fail"}]}"#, .reviewer,
        "verdict: clean contradicts the failed criterion AC2"
      ),
      (
        #"{"summary":"s","items":[{"id":"F1","action":"done","explanation":"x"}]}"#, .fixer,
        #"items[0].action: expected one of fixed, declined, deferred; got "done""#
      ),
      (
        #"{"summary":"s","items":[{"id":"F1","action":"fixed"}]}"#, .fixer,
        "items[0].explanation: expected string; the key is missing"
      ),
      (
        #"{"summary":"s","items":[{"id":"F1","action":"fixed","explanation":"x"},{"id":"F1","action":"fixed","explanation":"x"}]}"#,
        .fixer, "items[1].id: F1 was answered twice"
      ),
      (#"{"question":"why?"}"#, .worker, "question: expected object; got string"),
      (
        #"{"question":{"text":"q","deadline_minutes":0}}"#, .worker,
        "question.deadline_minutes: expected 1 to 43200; got 0"
      ),
    ])
  func refused(json: String, role: Role, message: String) {
    #expect(refusal(json, role) == message)
  }

  @Test("clean with nits stands")
  func cleanWithNits() {
    let json =
      #"{"verdict":"clean","summary":"s","findings":[{"path":"a","line":1,"severity":"nit","title":"t"}]}"#
    #expect(refusal(json, .reviewer) == nil)
  }

  @Test("more than 100 findings are refused, a long text is cut, a long suggestion dropped")
  func bounds() throws {
    let one = #"{"path":"a","line":1,"severity":"nit","title":"t"}"#
    let many = Array(repeating: one, count: 101).joined(separator: ",")
    #expect(
      refusal(#"{"verdict":"changes","summary":"s","findings":[\#(many)]}"#, .reviewer)
        == "findings: expected at most 100 elements; got 101")
    let long = String(repeating: "x", count: 20_000)
    let json =
      #"{"verdict":"changes","summary":"s","findings":[{"path":"a","severity":"nit","title":"t","body":"\#(long)","suggestion":"\#(long)"}]}"#
    guard case .review(let report) = try ReportDecoder.decode(Data(json.utf8), role: .reviewer) else {
      return
    }
    #expect(report.findings[0].body == long.prefix(16_000) + "\n[cut: longer than 16000 characters]")
    #expect(report.findings[0].suggestion == nil)
  }

  @Test("invisible characters do not pass")
  func invisible() throws {
    #expect(
      try ReportDecoder.decode(Data(#"{"summary":"a\u202eb\u0000"}"#.utf8), role: .planner)
        == .plan(PlanReport(summary: "ab", specPath: nil)))
  }
}
