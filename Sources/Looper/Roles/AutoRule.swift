/// An `[[auto]]` rule: which issues are worked on though nobody set a label of Looper's on them.
struct AutoRule: Equatable, Sendable {
  /// Empty means every watched repository.
  var repositories: [ProjectName] = []
  /// An issue with any of these counts when somebody with write access set it; empty asks for none.
  var labels: [String] = []
  /// Only issues by one of these logins; empty means anybody's.
  var authors: [String] = []
  /// Loops that the rule may start in a repository on one UTC day.
  var perDay = 5
  /// Only issues that changed within this time.
  var lookBack: Duration = .seconds(7 * 86_400)
  /// Whether the work begins without a spec.
  var skipsPlan = false

  func applies(to project: Project) -> Bool {
    repositories.isEmpty || project.names.contains(where: repositories.contains)
  }

  /// What tells it from other rules when loops are counted; how much it may start is no part of it.
  var identity: String {
    func list(_ names: [String]) -> String { names.map { $0.lowercased() }.sorted().joined(separator: ",") }
    return [
      "repositories=\(list(repositories.map(\.description)))", "labels=\(list(labels))",
      "authors=\(list(authors))", skipsPlan ? "implement" : "plan",
    ].joined(separator: " ")
  }

  /// What the rule asks for; nil when the issue is none of its.
  func request(_ issue: IssueSnapshot, at now: Timestamp) -> TriggerRequest? {
    guard issue.isOpen, issue.updatedAt >= now - lookBack else { return nil }
    let login = issue.author.login.lowercased()
    guard authors.isEmpty || authors.contains(where: { $0.lowercased() == login }) else { return nil }
    var request = TriggerRequest(
      label: LabelSnapshot(name: "", setBy: nil, setAt: nil), author: issue.author, title: issue.title)
    request.lane = .auto
    request.rule = identity
    request.skipsPlan = skipsPlan
    guard !labels.isEmpty else {
      // The operator named the author, which is the authority; a rule without either is refused when it is read.
      request.isAuthorised = !authors.isEmpty
      return authors.isEmpty ? nil : request
    }
    guard let label = labels.compactMap({ issue.labels.named($0) }).first else { return nil }
    request.label = label
    return request
  }
}

/// What the labels, or a request for a review, ask of an open subject.
struct TriggerRequest: Equatable, Sendable {
  var label: LabelSnapshot
  var author: AuthorSnapshot
  var title: String
  var skipsPlan = false
  var isReviewOnly = false
  var branch: String?
  var lane = Lane.planned
  /// ``AutoRule/identity`` of the rule that asks.
  var rule: String?
  /// Whether the configuration itself is the authority, so that nobody's write access is asked for.
  var isAuthorised = false

  init(label: LabelSnapshot, author: AuthorSnapshot, title: String) {
    (self.label, self.author, self.title) = (label, author, title)
  }

  /// Nil when nothing is asked or the subject is not open.
  init?(_ observation: Observation, _ labels: FlowPolicy.Labels) {
    if let pull = observation.pull, pull.state == .open {
      guard let label = Self.label(pull, labels) else { return nil }
      (self.label, author, title, branch) = (label, pull.author, pull.title, pull.headRef)
      isReviewOnly = !pull.labels.has(labels.adopt)
    } else if let issue = observation.issue, issue.isOpen {
      guard let label = issue.labels.named(labels.plan) ?? issue.labels.named(labels.implement) else {
        return nil
      }
      (self.label, author, title) = (label, issue.author, issue.title)
      skipsPlan = !issue.labels.has(labels.plan)
    } else {
      return nil
    }
  }

  /// A request for a review counts like a label that was set by who asked.
  private static func label(_ pull: PullSnapshot, _ labels: FlowPolicy.Labels) -> LabelSnapshot? {
    if let label = pull.labels.named(labels.adopt) ?? pull.labels.named(labels.review) { return label }
    return pull.reviewRequest.map { LabelSnapshot(name: "", setBy: $0.by, setAt: $0.at) }
  }
}

extension TriggerRequest {
  /// Whether the subject's last loop ended without having seen this request: compared with what its last look saw, all
  /// by GitHub's clock. What a rule asks for without a label is asked once.
  func isNews(since last: LastEnd) -> Bool {
    guard let setAt = label.setAt else { return false }
    guard let seen = last.observation else { return setAt > last.endedAt }
    let known: Timestamp?
    if label.name.isEmpty {
      guard let request = seen.pull?.reviewRequest else { return true }
      known = request.at
    } else {
      let labels = (seen.issue?.labels ?? []) + (seen.pull?.labels ?? [])
      guard let before = labels.named(label.name) else { return true }
      known = before.setAt
    }
    return known.map { setAt > $0 } ?? false
  }

  /// When what the loop acts on was set: see ``Loop/labelledAt``.
  func labelledAt(_ observation: Observation, _ labels: FlowPolicy.Labels) -> Timestamp? {
    Loop.adoptLabelledAt(observation, labels) ?? label.setAt
  }
}

extension Loop {
  /// When the label was set that asks to take the pull request over.
  static func adoptLabelledAt(_ observation: Observation, _ labels: FlowPolicy.Labels) -> Timestamp? {
    observation.pull?.labels.named(labels.adopt)?.setAt
  }
}
