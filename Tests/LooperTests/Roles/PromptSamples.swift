import Foundation
import Testing

@testable import Looper

/// Values for tests of prompts; each test changes what it is about.
enum PromptSamples {
  static let nonce = "n0nce7f3a"
  static let at = Timestamp(milliseconds: 1_795_345_200_000)

  static func sha(_ digit: Character) -> CommitSHA {
    guard let sha = CommitSHA(String(repeating: digit, count: 40)) else {
      preconditionFailure("40 hex digits")
    }
    return sha
  }

  static var project: ProjectName {
    guard let name = ProjectName("acme/widgets") else { preconditionFailure("a valid name") }
    return name
  }

  static let maintainer = AuthorSnapshot(login: "maria", isBot: false, permission: .write)
  static let stranger = AuthorSnapshot(login: "stan", isBot: false, permission: .read)

  static func loop(subject: Subject = .issue(7)) -> Loop {
    Loop(
      id: Loop.ID(12), projectID: Project.ID(1), project: project, subject: subject, title: "Retry uploads",
      lane: .planned, phase: .plan, state: .running, stateSince: at, skipsPlan: false, pullNumber: nil,
      branch: nil,
      specPath: nil, pushedSHA: nil, replacedSHA: nil, vendor: nil, model: nil, counters: LoopCounters(),
      createdAt: at,
      endedAt: nil, generation: 1)
  }

  static func comment(_ body: String, by author: AuthorSnapshot = maintainer) -> CommentSnapshot {
    CommentSnapshot(
      id: 1, author: author, body: body, createdAt: at, updatedAt: at, url: "https://example.test/c/1")
  }

  static func issue(
    title: String = "Retry uploads", body: String = "Uploads fail on the first 503.",
    author: AuthorSnapshot = maintainer, comments: [CommentSnapshot] = []
  ) -> IssueSnapshot {
    IssueSnapshot(
      number: 7, title: title, body: body, url: "https://github.com/acme/widgets/issues/7", author: author,
      isOpen: true, labels: [], comments: comments, areCommentsTruncated: false, updatedAt: at)
  }

  static func worktree(spec: String? = nil) -> WorktreeFacts {
    WorktreeFacts(
      loopID: Loop.ID(12),
      repository: RemoteRepository(name: project, cloneURL: "https://github.com/acme/widgets.git"),
      path: "/w/L12", startSHA: sha("b"), baseSHA: sha("a"), mergeBase: sha("a"),
      repositoryConfiguration: nil,
      spec: spec, adoptedEarlierWork: false)
  }

  static func finding(
    _ number: Int64, _ title: String, severity: Finding.Severity = .major, state: Finding.State = .open,
    explanation: String = ""
  ) -> Finding {
    Finding(
      id: Finding.ID(number), phase: .codeReview, round: 1,
      draft: FindingDraft(
        path: "src/upload.py", line: 42, side: .right, startLine: nil, severity: severity, title: title,
        body: "upload() retries every exception.", suggestion: nil, confidence: 0.9),
      headSHA: sha("c"), state: state, explanation: explanation, threadID: nil)
  }

  static let review = Review(
    phase: .codeReview, headSHA: sha("c"), round: 1, verdict: .changes, summary: "One bug.", at: at)

  static let check = CheckLog(
    id: "C1",
    check: CheckSnapshot(
      name: "test", app: "github-actions", source: .checkRun, result: .failed, id: 99, conclusion: "failure",
      url: "https://example.test/check/99", title: "1 failed", isRequired: .yes),
    excerpt: "FAILED tests/test_upload.py::test_refused - Timeout")

  static let thread = PromptThread(
    id: "T1",
    thread: ThreadSnapshot(
      id: "PRRT_1", isResolved: false, isOutdated: false, path: "src/upload.py", line: 42,
      comments: [comment("Please name the constant.")]))

  static let spec = """
    # Retry uploads
    ## Acceptance criteria
    - AC1: a 503 is retried up to five times (`pytest -k retries`).
    """

  static func input(_ job: Job) -> PromptInput {
    PromptInput(
      job: job, loop: loop(), observation: Observation(viewer: "looper-bot", issue: issue(), pull: nil),
      worktree: worktree(spec: job == .plan ? nil : spec), specPath: "specs/7-retry-uploads/spec.md",
      validationCommands: ["make lint", "make test"], nonce: nonce)
  }

  /// An input with everything a job of that kind is given.
  static func full(_ job: Job) -> PromptInput {
    var input = input(job)
    input.instructions = [job.role: "Use British spelling."]
    switch job {
    case .plan, .implement, .reviewSpec, .fixConflict: break
    case .reviewCode:
      input.reviews = [review]
      input.findings = [
        finding(
          3, "Permanent errors are retried for ever", state: .fixed, explanation: "They raise at once."),
        finding(4, "Unused import", severity: .nit, state: .closed),
      ]
    case .fixFindings(let phase):
      input.findings = [
        finding(3, "Permanent errors are retried for ever"), finding(4, "Unused import", severity: .nit),
      ]
      for index in input.findings.indices { input.findings[index].phase = phase }
    case .fixChecks:
      input.checks = [check]
      input.previousFailure = Failure(.agent, "validation `make test` failed\nE   assert 4 == 5")
    case .fixThreads: input.threads = [thread]
    }
    return input
  }
}

/// Text compared whole with a file of `Fixtures/`.
enum GoldenText {
  /// Records an issue naming where the actual text was written when the two differ.
  static func expect(_ actual: String, equals name: String, sourceLocation: SourceLocation = #_sourceLocation)
  {
    let expected = (try? Data(contentsOf: url(name))).map { String(decoding: $0, as: UTF8.self) }
    guard actual != expected else { return }
    let written = FileManager.default.temporaryDirectory.appending(path: "looper-golden/\(name)")
    try? FileManager.default.createDirectory(
      at: written.deletingLastPathComponent(), withIntermediateDirectories: true)
    try? Data(actual.utf8).write(to: written)
    Issue.record(
      "differs from Fixtures/\(name); the actual text is \(written.path)", sourceLocation: sourceLocation)
  }

  static func url(_ name: String) -> URL { Bundle.module.bundleURL.appending(path: "Fixtures/\(name)") }
}
