extension OutboxDispatcher {
  /// Scans everything a write would publish.
  ///
  /// - Returns: why it must not be sent; nil when nothing was found.
  func withheld(_ write: Write, of project: ProjectName) async throws -> Failure? {
    do {
      return try await hit(in: write, of: project)
    } catch let failure as Failure where failure.kind == .needsHuman {
      // It cannot be looked through.
      return failure
    }
  }

  private func hit(in write: Write, of project: ProjectName) async throws -> Failure? {
    let scanner = try scanner()
    for part in write.publishedTexts {
      if let hit = scanner.firstHit(in: part.text) { return .withheld(hit.kind, in: part.place) }
    }
    guard case .pushBranch(let push) = write else { return nil }
    for added in try await workspaces.addedText(by: push, in: repository(of: project)) {
      if let hit = scanner.firstHit(in: added.place) { return .withheld(hit.kind, in: "the name of a file") }
      if let hit = scanner.firstHit(in: added.bytes) { return .withheld(hit.kind, in: added.place) }
    }
    return nil
  }
}

extension Write {
  /// A text that a write publishes, with where it will be seen.
  typealias Part = (place: String, text: String)

  /// What a write publishes itself; a push publishes commits besides.
  var publishedTexts: [Part] {
    switch self {
    case .pushBranch(let push): [("the name of the branch", push.branch)]
    case .openPullRequest(let open):
      [
        ("the pull request's title", open.title), ("the pull request's description", open.body),
        ("the name of the branch", open.head), ("the name of the branch", open.base),
      ]
    case .updatePullRequest(_, let title, let body):
      [("the pull request's title", title ?? ""), ("the pull request's description", body ?? "")]
    case .submitReview(_, let review):
      [("the review", review.body)]
        + review.comments.flatMap {
          [("a comment of the review", $0.body), ("the name of a file", $0.path)]
        }
    case .setCommitStatus(let status): [("the status of the commit", status.description)]
    case .replyToThread(_, _, let body): [("a reply", body)]
    case .comment(_, let body): [("a comment", body)]
    case .statusComment(_, let body): [("the status comment", body)]
    case .addLabel(_, let label), .removeLabel(_, let label): [("a label", label)]
    case .resolveThread, .rerunCheck, .updateHead, .merge, .withdrawMerge: []
    }
  }
}
