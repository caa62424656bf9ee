extension ForgeGraphSchema {
  /// Connections, edges and the payloads of mutations.
  static let connections = """
    type IssueConnection { nodes: [Issue] edges: [IssueEdge] pageInfo: PageInfo! totalCount: Int! }
    type IssueEdge { cursor: String! node: Issue }
    type PullRequestConnection { nodes: [PullRequest] edges: [PullRequestEdge] pageInfo: PageInfo!
      totalCount: Int! }
    type PullRequestEdge { cursor: String! node: PullRequest }
    type LabelConnection { nodes: [Label] edges: [LabelEdge] pageInfo: PageInfo! totalCount: Int! }
    type LabelEdge { cursor: String! node: Label }
    type UserConnection { nodes: [User] edges: [UserEdge] pageInfo: PageInfo! totalCount: Int! }
    type UserEdge { cursor: String! node: User }
    type RefConnection { nodes: [Ref] edges: [RefEdge] pageInfo: PageInfo! totalCount: Int! }
    type RefEdge { cursor: String! node: Ref }
    type IssueCommentConnection { nodes: [IssueComment] edges: [IssueCommentEdge] pageInfo: PageInfo!
      totalCount: Int! }
    type IssueCommentEdge { cursor: String! node: IssueComment }
    type IssueTimelineItemsConnection { nodes: [IssueTimelineItems] edges: [IssueTimelineItemsEdge]
      pageInfo: PageInfo! totalCount: Int! filteredCount: Int! pageCount: Int! updatedAt: DateTime! }
    type IssueTimelineItemsEdge { cursor: String! node: IssueTimelineItems }
    type PullRequestTimelineItemsConnection { nodes: [PullRequestTimelineItems] edges:
      [PullRequestTimelineItemsEdge] pageInfo: PageInfo! totalCount: Int! filteredCount: Int! pageCount:
      Int! updatedAt: DateTime! }
    type PullRequestTimelineItemsEdge { cursor: String! node: PullRequestTimelineItems }
    type PullRequestReviewConnection { nodes: [PullRequestReview] edges: [PullRequestReviewEdge] pageInfo:
      PageInfo! totalCount: Int! }
    type PullRequestReviewEdge { cursor: String! node: PullRequestReview }
    type PullRequestReviewCommentConnection { nodes: [PullRequestReviewComment] edges:
      [PullRequestReviewCommentEdge] pageInfo: PageInfo! totalCount: Int! }
    type PullRequestReviewCommentEdge { cursor: String! node: PullRequestReviewComment }
    type PullRequestReviewThreadConnection { nodes: [PullRequestReviewThread] edges:
      [PullRequestReviewThreadEdge] pageInfo: PageInfo! totalCount: Int! }
    type PullRequestReviewThreadEdge { cursor: String! node: PullRequestReviewThread }
    type ReviewRequestConnection { nodes: [ReviewRequest] edges: [ReviewRequestEdge] pageInfo: PageInfo!
      totalCount: Int! }
    type ReviewRequestEdge { cursor: String! node: ReviewRequest }
    type PullRequestCommitConnection { nodes: [PullRequestCommit] edges: [PullRequestCommitEdge] pageInfo:
      PageInfo! totalCount: Int! }
    type PullRequestCommitEdge { cursor: String! node: PullRequestCommit }
    type PullRequestChangedFileConnection { nodes: [PullRequestChangedFile] edges:
      [PullRequestChangedFileEdge] pageInfo: PageInfo! totalCount: Int! }
    type PullRequestChangedFileEdge { cursor: String! node: PullRequestChangedFile }
    type RepositoryRuleConnection { nodes: [RepositoryRule] edges: [RepositoryRuleEdge] pageInfo:
      PageInfo! totalCount: Int! }
    type RepositoryRuleEdge { cursor: String! node: RepositoryRule }
    type SearchResultItemConnection { nodes: [SearchResultItem] edges: [SearchResultItemEdge] pageInfo:
      PageInfo! issueCount: Int! totalCount: Int! }
    type SearchResultItemEdge { cursor: String! node: SearchResultItem }
    type CommitConnection { nodes: [Commit] edges: [CommitEdge] pageInfo: PageInfo! totalCount: Int! }
    type CommitEdge { cursor: String! node: Commit }
    type CheckSuiteConnection { nodes: [CheckSuite] edges: [CheckSuiteEdge] pageInfo: PageInfo!
      totalCount: Int! }
    type CheckSuiteEdge { cursor: String! node: CheckSuite }
    type CheckRunConnection { nodes: [CheckRun] edges: [CheckRunEdge] pageInfo: PageInfo! totalCount: Int!
      }
    type CheckRunEdge { cursor: String! node: CheckRun }
    type CheckAnnotationConnection { nodes: [CheckAnnotation] edges: [CheckAnnotationEdge] pageInfo:
      PageInfo! totalCount: Int! }
    type CheckAnnotationEdge { cursor: String! node: CheckAnnotation }
    type StatusCheckRollupContextConnection { nodes: [StatusCheckRollupContext] edges:
      [StatusCheckRollupContextEdge] pageInfo: PageInfo! totalCount: Int! checkRunCount: Int!
      statusContextCount: Int! }
    type StatusCheckRollupContextEdge { cursor: String! node: StatusCheckRollupContext }
    type AddCommentPayload { clientMutationId: String commentEdge: IssueCommentEdge subject: Node }
    type UpdateIssueCommentPayload { clientMutationId: String issueComment: IssueComment }
    type DeleteIssueCommentPayload { clientMutationId: String }
    type ResolveReviewThreadPayload { clientMutationId: String thread: PullRequestReviewThread }
    type UnresolveReviewThreadPayload { clientMutationId: String thread: PullRequestReviewThread }
    type AddPullRequestReviewThreadReplyPayload { clientMutationId: String comment:
      PullRequestReviewComment }
    type AddLabelsToLabelablePayload { clientMutationId: String labelable: Labelable }
    type RemoveLabelsFromLabelablePayload { clientMutationId: String labelable: Labelable }
    type CreatePullRequestPayload { clientMutationId: String pullRequest: PullRequest }
    type UpdatePullRequestPayload { clientMutationId: String pullRequest: PullRequest }
    type MergePullRequestPayload { clientMutationId: String actor: Actor pullRequest: PullRequest }
    type EnablePullRequestAutoMergePayload { clientMutationId: String actor: Actor pullRequest:
      PullRequest }
    type DisablePullRequestAutoMergePayload { clientMutationId: String actor: Actor pullRequest:
      PullRequest }
    type EnqueuePullRequestPayload { clientMutationId: String mergeQueueEntry: MergeQueueEntry }
    type DequeuePullRequestPayload { clientMutationId: String mergeQueueEntry: MergeQueueEntry }
    type MarkPullRequestReadyForReviewPayload { clientMutationId: String pullRequest: PullRequest }
    type ConvertPullRequestToDraftPayload { clientMutationId: String pullRequest: PullRequest }
    type ClosePullRequestPayload { clientMutationId: String pullRequest: PullRequest }
    type ReopenPullRequestPayload { clientMutationId: String pullRequest: PullRequest }
    type CloseIssuePayload { clientMutationId: String issue: Issue }
    type ReopenIssuePayload { clientMutationId: String issue: Issue }
    """
}
