/// The texts of the GraphQL requests behind probes, and of the two GraphQL mutations.
enum GitHubProbeQuery {
  /// Variables: `owner`, `name`, `number`, `before`.
  static let newestComments = """
    query NewestComments($owner: String!, $name: String!, $number: Int!, $before: String) {
      repository(owner: $owner, name: $name) {
        issueOrPullRequest(number: $number) {
          ... on Issue { comments(last: 100, before: $before) { ...commentPage } }
          ... on PullRequest { comments(last: 100, before: $before) { ...commentPage } }
        }
      }
    }
    fragment commentPage on IssueCommentConnection {
      pageInfo { hasPreviousPage startCursor }
      nodes { author { __typename login } body url }
    }
    """

  /// Variables: `owner`, `name`, `number`.
  static let oldestComments = """
    query OldestComments($owner: String!, $name: String!, $number: Int!) {
      repository(owner: $owner, name: $name) {
        issueOrPullRequest(number: $number) {
          ... on Issue { comments(first: 100) { ...commentPage } }
          ... on PullRequest { comments(first: 100) { ...commentPage } }
        }
      }
    }
    fragment commentPage on IssueCommentConnection {
      pageInfo { hasPreviousPage startCursor }
      nodes { author { __typename login } body url }
    }
    """

  /// Variables: `owner`, `name`, `pull`, `before`.
  static let newestReviews = """
    query NewestReviews($owner: String!, $name: String!, $pull: Int!, $before: String) {
      repository(owner: $owner, name: $name) {
        pullRequest(number: $pull) {
          reviews(last: 100, before: $before) {
            pageInfo { hasPreviousPage startCursor }
            nodes { author { __typename login } body url commit { oid } }
          }
        }
      }
    }
    """

  /// Variables: `id` of the thread.
  static let thread = """
    query Thread($id: ID!) {
      node(id: $id) {
        ... on PullRequestReviewThread {
          isResolved
          comments(last: 100) { nodes { author { __typename login } body url } }
        }
      }
    }
    """

  /// Variables: `id` of the thread, `body`.
  static let reply = """
    mutation Reply($id: ID!, $body: String!) {
      addPullRequestReviewThreadReply(input: {pullRequestReviewThreadId: $id, body: $body}) {
        comment { url }
      }
    }
    """

  /// Variables: `id` of the thread.
  static let resolve = """
    mutation Resolve($id: ID!) {
      resolveReviewThread(input: {threadId: $id}) { thread { isResolved } }
    }
    """
}
