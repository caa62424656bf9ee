/// The operator's rules that decisions depend on, as plain values.
struct FlowPolicy: Codable, Equatable, Sendable {
  /// The names of the labels that decisions depend on.
  struct Labels: Codable, Equatable, Sendable {
    var plan = "looper:plan"
    var implement = "looper:implement"
    var specReviewing = "looper:spec-reviewing"
    var specReady = "looper:spec-ready"
    var needsHuman = "looper:needs-human"
    var hold = "looper:hold"
    var review = "looper:review"
    var adopt = "looper:adopt"
  }

  /// What may be spent; nil means no limit.
  struct Budget: Codable, Equatable, Sendable {
    var run = BudgetLimit()
    var loop = BudgetLimit()
    /// Per project and UTC day.
    var projectDay = BudgetLimit()
    var day = BudgetLimit()
  }

  var labels = Labels()
  /// Whether a person must approve the spec before it is implemented.
  var needsSpecApproval = false
  var specRoundsMax = 2
  var codeRoundsMax = 3
  /// Failures of the agent before a person is asked.
  var attemptsMax = 3
  /// How long a head must have been still before its checks are judged.
  var quietPeriod: Duration = .seconds(10)
  /// How long running checks are waited for.
  var checksWait: Duration = .seconds(2 * 3600)
  var branchPrefix = "looper/"
  var specDirectory = "specs"
  var budget = Budget()
  /// Whether what Looper writes says so.
  var disclosure = ""
  var quotesUntrustedText = true

  /// What decides whether Looper itself merges.
  var merge = MergePolicy()
  /// When a head is brought up to its base.
  var update = UpdatePolicy.whenRequired

  /// Fixes of failing checks since they were last green before a person is asked, whatever fails.
  static let checkFixesMax = 6
  /// Fixes of one and the same failing check before a person is asked.
  static let sameFailureFixesMax = 2
  /// Resolutions of conflicts in a row before a person is asked.
  static let conflictFixesMax = 3
  /// Answers in people's threads in a row without a commit, since a clean review or somebody's push, before a person is
  /// asked: who answers each of them may be a machine.
  static let threadFixesMax = 5
  /// Questions in a row that nobody answered before the next one waits for a person, whatever its default.
  static let defaultAnswersMax = 3
  /// Reviews of a phase at most before only a retry helps: after the bound each push of somebody else's grants one.
  static func grantedRounds(_ limit: Int) -> Int { 2 * limit }
  /// How often the fixer may decline one finding; the reviewer decides after the first time, a person after the last.
  static let declinesMax = 2
}

extension FlowPolicy {
  /// The branch of an issue: `looper/12-fix-the-parser`.
  func branch(for number: Int, title: String) -> String { "\(branchPrefix)\(number)-\(Slug.make(title))" }

  /// Where the spec of an issue goes: `specs/12-fix-the-parser/spec.md`.
  func specPath(for number: Int, title: String) -> String {
    "\(specDirectory)/\(number)-\(Slug.make(title))/spec.md"
  }
}

/// Text made safe for a branch or directory name.
enum Slug {
  static let lengthMax = 40

  /// Lower-case ASCII letters and digits joined by single dashes, at most ``lengthMax``; `work` when nothing is left.
  static func make(_ text: String) -> String {
    var slug = ""
    for scalar in text.lowercased().unicodeScalars {
      let isKept = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
      if isKept {
        slug.unicodeScalars.append(scalar)
      } else if !slug.isEmpty, slug.last != "-" {
        slug.append("-")
      }
      if slug.count >= lengthMax { break }
    }
    while slug.last == "-" { slug.removeLast() }
    return slug.isEmpty ? "work" : slug
  }
}
