/// The texts of the GraphQL requests that look at one loop in detail.
enum GitHubObserveQuery {
  /// Variables: `owner`, `name`, and `issue` and `pull` when asked for.
  static func text(hasIssue: Bool, hasPull: Bool) -> String {
    var parameters = "$owner: String!, $name: String!"
    var fields = ""
    var fragments = actor
    if hasIssue {
      parameters += ", $issue: Int!"
      fields += "    issue(number: $issue) { ...issueDetail }\n"
      fragments += issue
    }
    if hasPull {
      parameters += ", $pull: Int!"
      fields += "    ...mergeSettings\n    pullRequest(number: $pull) { ...pullDetail ...pullMerge }\n"
      fragments += pull + thread + check + merge
    }
    return """
      query Observe(\(parameters)) {
        viewer { login }
        repository(owner: $owner, name: $name) {
      \(fields)  }
      }
      \(fragments)
      """
  }

  /// Variables: `owner`, `name`, `pull`, `after`.
  static let moreThreads =
    """
    query MoreThreads($owner: String!, $name: String!, $pull: Int!, $after: String!) {
      repository(owner: $owner, name: $name) {
        pullRequest(number: $pull) {
          reviewThreads(first: 100, after: $after) {
            pageInfo { hasNextPage endCursor }
            nodes { ...threadDetail }
          }
        }
      }
    }
    """ + "\n" + actor + thread

  /// Variables: `id` of the thread, `after`.
  static let moreThreadComments =
    """
    query MoreThreadComments($id: ID!, $after: String!) {
      node(id: $id) {
        ... on PullRequestReviewThread {
          comments(first: 100, after: $after) {
            pageInfo { hasNextPage endCursor }
            nodes { author { ...who } body createdAt updatedAt url }
          }
        }
      }
    }
    """ + "\n" + actor

  /// Variables: `owner`, `name`, `pull`, `after`.
  static let moreChecks =
    """
    query MoreChecks($owner: String!, $name: String!, $pull: Int!, $after: String!) {
      repository(owner: $owner, name: $name) {
        pullRequest(number: $pull) {
          commits(last: 1) { nodes { commit { oid statusCheckRollup {
            contexts(first: 100, after: $after) {
              pageInfo { hasNextPage endCursor }
              nodes { ...checkDetail }
            }
          } } } }
        }
      }
    }
    """ + "\n" + check

  private static let actor = """
    fragment who on Actor { __typename login }

    """

  private static let issue = """
    fragment issueDetail on Issue {
      number title body url state updatedAt
      author { ...who }
      lastEditedAt editor { ...who }
      labels(first: 100) { nodes { name } }
      timelineItems(itemTypes: [LABELED_EVENT], last: 50) {
        nodes { ... on LabeledEvent { createdAt actor { ...who } label { name } } }
      }
      comments(last: 100) {
        pageInfo { hasPreviousPage }
        nodes { author { ...who } body createdAt updatedAt url }
      }
    }

    """

  private static let pull = """
    fragment pullDetail on PullRequest {
      id number title body url state isDraft updatedAt
      author { ...who }
      headRefName headRefOid headRepository { nameWithOwner } isCrossRepository
      baseRefName baseRefOid mergeable
      labels(first: 100) { nodes { name } }
      timelineItems(itemTypes: [LABELED_EVENT], last: 50) {
        nodes { ... on LabeledEvent { createdAt actor { ...who } label { name } } }
      }
      reviews(last: 100) {
        pageInfo { hasPreviousPage }
        nodes { author { ...who } state body commit { oid } submittedAt url }
      }
      comments(last: 50) {
        nodes { author { ...who } body createdAt updatedAt url }
      }
      reviewRequests(first: 50) {
        nodes { requestedReviewer { __typename ... on User { login } ... on Bot { login } } }
      }
      reviewRequestEvents: timelineItems(itemTypes: [REVIEW_REQUESTED_EVENT], last: 30) {
        nodes { ... on ReviewRequestedEvent {
          createdAt actor { ...who }
          requestedReviewer { __typename ... on User { login } ... on Bot { login } }
        } }
      }
      reviewThreads(first: 100) {
        pageInfo { hasNextPage endCursor }
        nodes { ...threadDetail }
      }
      commits(last: 1) { nodes { commit { oid statusCheckRollup {
        contexts(first: 100) {
          pageInfo { hasNextPage endCursor }
          nodes { ...checkDetail }
        }
      } } } }
    }

    """

  private static let thread = """
    fragment threadDetail on PullRequestReviewThread {
      id isResolved isOutdated path line
      comments(first: 50) {
        pageInfo { hasNextPage endCursor }
        nodes { author { ...who } body createdAt updatedAt url }
      }
    }

    """

  private static let check = """
    fragment checkDetail on StatusCheckRollupContext {
      __typename
      ... on CheckRun {
        databaseId name status conclusion detailsUrl title
        isRequired(pullRequestNumber: $pull)
        checkSuite { app { databaseId slug } }
      }
      ... on StatusContext {
        context state description targetUrl
        isRequired(pullRequestNumber: $pull)
      }
    }

    """

  /// What decides about merging: the base's tip with its checks and rules, and what GitHub makes of it all.
  private static let merge = """
    fragment mergeSettings on Repository {
      autoMergeAllowed mergeCommitAllowed squashMergeAllowed rebaseMergeAllowed viewerDefaultMergeMethod
    }
    fragment pullMerge on PullRequest {
      mergeStateStatus reviewDecision additions deletions changedFiles
      autoMergeRequest { enabledBy { ...who } }
      isMergeQueueEnabled isInMergeQueue
      files(first: 100) { nodes { path changeType } }
      baseRef {
        refUpdateRule { requiredStatusCheckContexts }
        rules(first: 50) {
          pageInfo { hasNextPage }
          nodes { parameters {
            __typename
            ... on RequiredStatusChecksParameters { requiredStatusChecks { context integrationId } }
          } }
        }
        target {
          oid
          ... on Commit { statusCheckRollup { contexts(first: 100) { nodes {
            __typename
            ... on CheckRun { name status conclusion checkSuite { app { slug } } }
            ... on StatusContext { context state }
          } } } }
        }
      }
    }

    """
}
