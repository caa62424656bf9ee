import Foundation

/// Turns the result an agent gave into a ``Report``: unknown keys are ignored, wrong types refused by name.
enum ReportDecoder {
  static let findingsMax = 100
  static let itemsMax = 200
  static let criteriaMax = 200
  static let optionsMax = 10
  /// 30 days.
  static let deadlineMinutesMax = 43_200
  static let summaryLengthMax = 16_000
  static let titleLengthMax = 200
  static let bodyLengthMax = 16_000
  static let explanationLengthMax = 8_000
  static let lineMax = 10_000_000

  static func decode(_ json: Data, role: Role) throws(ReportRefusal) -> Report {
    let value: JSONValue
    do {
      value = try JSONDecoder().decode(JSONValue.self, from: json)
    } catch {
      throw ReportRefusal("the result is not valid JSON")
    }
    return try decode(value, role: role)
  }

  static func decode(_ value: JSONValue, role: Role) throws(ReportRefusal) -> Report {
    guard value.objectValue != nil else {
      throw ReportRefusal("expected the result to be an object; got \(value.typeName)")
    }
    let root = ReportField(path: "", value: value)
    if root["question"].isPresent { return .question(try question(root["question"])) }
    switch role {
    case .planner: return .plan(try plan(root))
    case .reviewer: return .review(try review(root))
    case .worker: return .work(try work(root))
    case .fixer: return .fix(try fix(root))
    }
  }

  private static func plan(_ root: ReportField) throws(ReportRefusal) -> PlanReport {
    PlanReport(
      summary: try root["summary"].words(max: summaryLengthMax),
      specPath: try root["spec_path"].relativePath())
  }

  private static func work(_ root: ReportField) throws(ReportRefusal) -> WorkReport {
    WorkReport(
      summary: try root["summary"].words(max: summaryLengthMax),
      title: try title(root["title"]),
      criteria: try criteria(root["criteria"]))
  }

  /// A title is one line; nil when missing or blank.
  private static func title(_ field: ReportField) throws(ReportRefusal) -> String? {
    guard let text = try field.string() else { return nil }
    let line = UntrustedText.visible(text).split(whereSeparator: \.isNewline).joined(separator: " ")
      .trimmingCharacters(in: .whitespaces)
    return line.isEmpty ? nil : String(line.prefix(titleLengthMax))
  }

  private static func criteria(_ field: ReportField) throws(ReportRefusal) -> [CriterionReport] {
    var criteria: [CriterionReport] = []
    for element in try field.elements(max: criteriaMax) {
      try element.object()
      guard
        let status = try element["status"].choice(
          CriterionReport.Status.self, of: CriterionReport.Status.allCases)
      else { throw element["status"].missing("one of pass, fail, unverifiable") }
      criteria.append(
        CriterionReport(
          id: try element["id"].words(max: titleLengthMax), status: status,
          evidence: try element["evidence"].optionalText(max: explanationLengthMax) ?? ""))
    }
    return criteria
  }

  private static func fix(_ root: ReportField) throws(ReportRefusal) -> FixReport {
    let summary = try root["summary"].words(max: summaryLengthMax)
    var items: [FixReport.Item] = []
    var seen: Set<String> = []
    for element in try root["items"].elements(max: itemsMax) {
      try element.object()
      let id = try element["id"].words(max: titleLengthMax)
      guard let action = try element["action"].choice(FixReport.Action.self, of: FixReport.Action.allCases)
      else {
        throw element["action"].missing("one of fixed, declined, deferred")
      }
      guard seen.insert(id).inserted else { throw element["id"].refusal("\(id) was answered twice") }
      items.append(
        FixReport.Item(
          id: id, action: action, explanation: try element["explanation"].words(max: explanationLengthMax)))
    }
    return FixReport(summary: summary, items: items)
  }

  private static func question(_ field: ReportField) throws(ReportRefusal) -> QuestionReport {
    try field.object()
    var options: [String] = []
    for option in try field["options"].elements(max: optionsMax) {
      options.append(try option.words(max: titleLengthMax))
    }
    return QuestionReport(
      text: try field["text"].words(max: explanationLengthMax), options: options,
      defaultOption: try field["default"].optionalText(max: titleLengthMax),
      deadlineMinutes: try field["deadline_minutes"].integer(in: 1...deadlineMinutesMax))
  }
}

extension ReportDecoder {
  private static func review(_ root: ReportField) throws(ReportRefusal) -> ReviewReport {
    guard let verdict = try root["verdict"].choice(Verdict.self, of: Verdict.allCases) else {
      throw root["verdict"].missing("one of clean, changes, human")
    }
    let summary = try root["summary"].words(max: summaryLengthMax)
    var findings: [FindingDraft] = []
    for element in try root["findings"].elements(max: findingsMax) {
      findings.append(try finding(element))
    }
    let report = ReviewReport(
      verdict: verdict, summary: summary, findings: findings, criteria: try criteria(root["criteria"]))
    try checkVerdict(of: report, root["verdict"])
    return report
  }

  /// A verdict that its own findings contradict is no verdict.
  private static func checkVerdict(of report: ReviewReport, _ field: ReportField) throws(ReportRefusal) {
    switch report.verdict {
    case .changes where report.findings.isEmpty:
      throw field.refusal("changes needs at least one finding")
    case .clean:
      if let finding = report.findings.first(where: \.severity.blocks) {
        throw field.refusal(
          "clean contradicts the \(finding.severity.rawValue) finding \"\(finding.title)\"; only nits may stay open"
        )
      }
      if let criterion = report.criteria.first(where: { $0.status == .fail }) {
        throw field.refusal("clean contradicts the failed criterion \(criterion.id)")
      }
    case .changes, .human: break
    }
  }

  private static func finding(_ field: ReportField) throws(ReportRefusal) -> FindingDraft {
    try field.object()
    guard let path = try field["path"].relativePath() else { throw field["path"].missing("string") }
    let line = try field["line"].integer(in: 1...lineMax)
    let startLine = try field["start_line"].integer(in: 1...lineMax)
    if let startLine, startLine > line ?? 0 {
      throw field["start_line"].refusal("expected at most line; got \(startLine)")
    }
    guard let severity = try field["severity"].choice(Finding.Severity.self, of: Finding.Severity.allCases)
    else {
      throw field["severity"].missing("one of blocker, major, minor, nit")
    }
    guard let title = try title(field["title"]) else { throw field["title"].missing("string") }
    // Agents number their findings in ways of their own, which were never looked at: only a text can name an earlier one.
    let cites = try? field["id"].string()
    // Half a suggestion would be wrong code.
    let suggestion = try field["suggestion"].string().flatMap { $0.count > bodyLengthMax ? nil : $0 }
    return FindingDraft(
      path: path, line: line,
      side: try field["side"].choice(FindingDraft.Side.self, of: [.right, .left]) ?? .right,
      startLine: startLine, severity: severity, title: title,
      body: try field["body"].optionalText(max: bodyLengthMax) ?? "",
      suggestion: suggestion, confidence: try field["confidence"].number(in: 0...1), cites: cites)
  }
}
