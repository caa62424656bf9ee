/// What an agent is told about the result it must give, per role (agent protocol v1).
///
/// A test decodes every example with ``ReportDecoder``, so that what is asked is what is understood.
struct ResultContract: Equatable, Sendable {
  /// The keys, as people read them.
  var shape: String
  var example: String

  init(role: Role) {
    switch role {
    case .planner: (shape, example) = (Self.plannerShape, Self.plannerExample)
    case .reviewer: (shape, example) = (Self.reviewerShape, Self.reviewerExample)
    case .worker: (shape, example) = (Self.workerShape, Self.workerExample)
    case .fixer: (shape, example) = (Self.fixerShape, Self.fixerExample)
    }
  }

  static let questionExample = """
    {"question": {"text": "Should old tokens stay valid after the change?", "options": ["keep them valid", "revoke \
    them"], "default": "keep them valid", "deadline_minutes": 1440}}
    """

  private static let plannerShape = """
    {
      "summary": string,            // what the spec proposes, 1 to 5 sentences
      "spec_path": string           // optional; where you wrote it, relative to the repository
    }
    """
  private static let plannerExample = """
    {"summary": "Retries failed uploads with backoff inside the client. Three files change; no new dependency.", \
    "spec_path": "specs/7-retry-uploads/spec.md"}
    """

  private static let reviewerShape = """
    {
      "verdict": "clean" | "changes" | "human",
      "summary": string,            // 1 to 5 sentences: what you checked and what you conclude
      "findings": [                 // empty for a spotless "clean"; at most 100
        {
          "id": string,             // only for a finding of an earlier round: its id in the ledger, such as "F3"
          "path": string,           // relative to the repository
          "line": integer,          // in the new file; in the old file when side is "LEFT"
          "side": "RIGHT" | "LEFT", // optional; default "RIGHT"
          "start_line": integer,    // optional; first line of a range that ends at "line"
          "severity": "blocker" | "major" | "minor" | "nit",
          "title": string,          // one line, at most 200 characters; the finding is recognised by it
          "body": string,           // what happens, when, and the evidence
          "suggestion": string,     // optional; replaces the lines start_line to line exactly
          "confidence": number      // optional; 0 to 1
        }
      ],
      "criteria": [                 // one entry per acceptance criterion, when there is a spec
        {"id": string, "status": "pass" | "fail" | "unverifiable", "evidence": string}
      ]
    }
    """
  private static let reviewerExample = """
    {"verdict": "changes", "summary": "The retry loop is right for server errors but never ends for refused ones.", \
    "findings": [{"path": "src/upload.py", "line": 42, "severity": "major", "title": "Permanent errors are retried \
    for ever", "body": "upload() retries every exception. With a 403 from the server, test_refused hangs: `pytest -k \
    refused` does not end.", "suggestion": "        if error.is_permanent: raise", "confidence": 0.9}], "criteria": \
    [{"id": "AC1", "status": "pass", "evidence": "tests/test_upload.py::test_retries_server_errors passes"}, {"id": \
    "AC2", "status": "fail", "evidence": "src/upload.py:42 retries a 403"}]}
    """

  private static let workerShape = """
    {
      "summary": string,            // what you changed and why it is right, for the pull request; 1 to 10 sentences
      "title": string,              // optional; a better pull request title, one line
      "criteria": [                 // one entry per acceptance criterion, when there is a spec
        {"id": string, "status": "pass" | "fail" | "unverifiable", "evidence": string}
      ]
    }
    """
  private static let workerExample = """
    {"summary": "Uploads retry server errors with exponential backoff, at most five times.", "title": "Retry failed \
    uploads with backoff", "criteria": [{"id": "AC1", "status": "pass", "evidence": "tests/test_upload.py::test_retries\
    _server_errors"}]}
    """

  private static let fixerShape = """
    {
      "summary": string,            // what you changed, 1 to 5 sentences
      "items": [                    // exactly one entry per item you were given; empty when you were given none
        {
          "id": string,             // as given: F3, T1, C2
          "action": "fixed" | "declined" | "deferred",
          "explanation": string     // fixed: what you changed; declined or deferred: why, with evidence
        }
      ]
    }
    """
  private static let fixerExample = """
    {"summary": "Permanent errors end the retry loop.", "items": [{"id": "F3", "action": "fixed", "explanation": \
    "upload() raises permanent errors at once; test_refused covers it."}, {"id": "F4", "action": "declined", \
    "explanation": "The default of five is set by the spec (AC2)."}]}
    """
}
