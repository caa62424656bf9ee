extension ForgeGraphSchema {
  /// Mutations, inputs, enums and unions.
  static let inputs = """
    enum IssueState { CLOSED OPEN }
    enum IssueStateReason { COMPLETED DUPLICATE NOT_PLANNED REOPENED }
    enum IssueClosedStateReason { COMPLETED DUPLICATE NOT_PLANNED }
    enum PullRequestState { CLOSED MERGED OPEN }
    enum PullRequestReviewState { APPROVED CHANGES_REQUESTED COMMENTED DISMISSED PENDING }
    enum PullRequestReviewCommentState { PENDING SUBMITTED }
    enum PullRequestReviewDecision { APPROVED CHANGES_REQUESTED REVIEW_REQUIRED }
    enum PullRequestReviewThreadSubjectType { FILE LINE }
    enum PullRequestMergeMethod { MERGE REBASE SQUASH }
    enum MergeableState { CONFLICTING MERGEABLE UNKNOWN }
    enum MergeStateStatus { BEHIND BLOCKED CLEAN DIRTY DRAFT HAS_HOOKS UNKNOWN UNSTABLE }
    enum CommentAuthorAssociation { COLLABORATOR CONTRIBUTOR FIRST_TIMER FIRST_TIME_CONTRIBUTOR MANNEQUIN
      MEMBER NONE OWNER }
    enum RepositoryPermission { ADMIN MAINTAIN READ TRIAGE WRITE }
    enum DiffSide { LEFT RIGHT }
    enum PatchStatus { ADDED CHANGED COPIED DELETED MODIFIED RENAMED }
    enum StatusState { ERROR EXPECTED FAILURE PENDING SUCCESS }
    enum CheckStatusState { COMPLETED IN_PROGRESS PENDING QUEUED REQUESTED WAITING }
    enum CheckConclusionState { ACTION_REQUIRED CANCELLED FAILURE NEUTRAL SKIPPED STALE STARTUP_FAILURE
      SUCCESS TIMED_OUT }
    enum CheckAnnotationLevel { FAILURE NOTICE WARNING }
    enum OrderDirection { ASC DESC }
    enum IssueOrderField { COMMENTS CREATED_AT UPDATED_AT }
    enum LabelOrderField { CREATED_AT NAME }
    enum RefOrderField { ALPHABETICAL TAG_COMMIT_DATE }
    enum PullRequestOrderField { CREATED_AT UPDATED_AT }
    enum IssueCommentOrderField { UPDATED_AT }
    enum CheckRunType { ALL LATEST }
    enum IssueTimelineItemsItemType { ADDED_TO_PROJECT_EVENT ASSIGNED_EVENT CLOSED_EVENT
      COMMENT_DELETED_EVENT CONNECTED_EVENT CONVERTED_NOTE_TO_ISSUE_EVENT CONVERTED_TO_DISCUSSION_EVENT
      CROSS_REFERENCED_EVENT DEMILESTONED_EVENT DISCONNECTED_EVENT ISSUE_COMMENT LABELED_EVENT
      LOCKED_EVENT MARKED_AS_DUPLICATE_EVENT MENTIONED_EVENT MILESTONED_EVENT
      MOVED_COLUMNS_IN_PROJECT_EVENT PARENT_ISSUE_ADDED_EVENT PARENT_ISSUE_REMOVED_EVENT PINNED_EVENT
      REFERENCED_EVENT REMOVED_FROM_PROJECT_EVENT RENAMED_TITLE_EVENT REOPENED_EVENT SUBSCRIBED_EVENT
      SUB_ISSUE_ADDED_EVENT SUB_ISSUE_REMOVED_EVENT TRANSFERRED_EVENT UNASSIGNED_EVENT UNLABELED_EVENT
      UNLOCKED_EVENT UNMARKED_AS_DUPLICATE_EVENT UNPINNED_EVENT UNSUBSCRIBED_EVENT USER_BLOCKED_EVENT }
    enum PullRequestTimelineItemsItemType { ADDED_TO_MERGE_QUEUE_EVENT ADDED_TO_PROJECT_EVENT
      ASSIGNED_EVENT AUTOMATIC_BASE_CHANGE_FAILED_EVENT AUTOMATIC_BASE_CHANGE_SUCCEEDED_EVENT
      AUTO_MERGE_DISABLED_EVENT AUTO_MERGE_ENABLED_EVENT AUTO_REBASE_ENABLED_EVENT
      AUTO_SQUASH_ENABLED_EVENT BASE_REF_CHANGED_EVENT BASE_REF_DELETED_EVENT BASE_REF_FORCE_PUSHED_EVENT
      CLOSED_EVENT COMMENT_DELETED_EVENT CONNECTED_EVENT CONVERTED_NOTE_TO_ISSUE_EVENT
      CONVERTED_TO_DISCUSSION_EVENT CONVERT_TO_DRAFT_EVENT CROSS_REFERENCED_EVENT DEMILESTONED_EVENT
      DEPLOYED_EVENT DEPLOYMENT_ENVIRONMENT_CHANGED_EVENT DISCONNECTED_EVENT HEAD_REF_DELETED_EVENT
      HEAD_REF_FORCE_PUSHED_EVENT HEAD_REF_RESTORED_EVENT ISSUE_COMMENT LABELED_EVENT LOCKED_EVENT
      MARKED_AS_DUPLICATE_EVENT MENTIONED_EVENT MERGED_EVENT MILESTONED_EVENT
      MOVED_COLUMNS_IN_PROJECT_EVENT PARENT_ISSUE_ADDED_EVENT PARENT_ISSUE_REMOVED_EVENT PINNED_EVENT
      PULL_REQUEST_COMMIT PULL_REQUEST_COMMIT_COMMENT_THREAD PULL_REQUEST_REVIEW
      PULL_REQUEST_REVIEW_THREAD PULL_REQUEST_REVISION_MARKER READY_FOR_REVIEW_EVENT REFERENCED_EVENT
      REMOVED_FROM_MERGE_QUEUE_EVENT REMOVED_FROM_PROJECT_EVENT RENAMED_TITLE_EVENT REOPENED_EVENT
      REVIEW_DISMISSED_EVENT REVIEW_REQUESTED_EVENT REVIEW_REQUEST_REMOVED_EVENT SUBSCRIBED_EVENT
      SUB_ISSUE_ADDED_EVENT SUB_ISSUE_REMOVED_EVENT TRANSFERRED_EVENT UNASSIGNED_EVENT UNLABELED_EVENT
      UNLOCKED_EVENT UNMARKED_AS_DUPLICATE_EVENT UNPINNED_EVENT UNSUBSCRIBED_EVENT USER_BLOCKED_EVENT }
    input IssueOrder { field: IssueOrderField! direction: OrderDirection! }
    input LabelOrder { field: LabelOrderField! direction: OrderDirection! }
    input RefOrder { field: RefOrderField! direction: OrderDirection! }
    input PullRequestOrder { field: PullRequestOrderField! direction: OrderDirection! }
    input IssueCommentOrder { field: IssueCommentOrderField! direction: OrderDirection! }
    input IssueFilters { labels: [String!] since: DateTime states: [IssueState!] createdBy: String
      assignee: String mentioned: String }
    input CheckSuiteFilter { appId: Int checkName: String }
    input CheckRunFilter { appId: Int checkName: String checkType: CheckRunType status: CheckStatusState
      statuses: [CheckStatusState!] conclusions: [CheckConclusionState!] }
    type Mutation { addComment(input: AddCommentInput!): AddCommentPayload updateIssueComment(input:
      UpdateIssueCommentInput!): UpdateIssueCommentPayload deleteIssueComment(input:
      DeleteIssueCommentInput!): DeleteIssueCommentPayload resolveReviewThread(input:
      ResolveReviewThreadInput!): ResolveReviewThreadPayload unresolveReviewThread(input:
      UnresolveReviewThreadInput!): UnresolveReviewThreadPayload addPullRequestReviewThreadReply(input:
      AddPullRequestReviewThreadReplyInput!): AddPullRequestReviewThreadReplyPayload
      addLabelsToLabelable(input: AddLabelsToLabelableInput!): AddLabelsToLabelablePayload
      removeLabelsFromLabelable(input: RemoveLabelsFromLabelableInput!): RemoveLabelsFromLabelablePayload
      createPullRequest(input: CreatePullRequestInput!): CreatePullRequestPayload updatePullRequest(input:
      UpdatePullRequestInput!): UpdatePullRequestPayload mergePullRequest(input: MergePullRequestInput!):
      MergePullRequestPayload enablePullRequestAutoMerge(input: EnablePullRequestAutoMergeInput!):
      EnablePullRequestAutoMergePayload disablePullRequestAutoMerge(input:
      DisablePullRequestAutoMergeInput!): DisablePullRequestAutoMergePayload enqueuePullRequest(input:
      EnqueuePullRequestInput!): EnqueuePullRequestPayload dequeuePullRequest(input:
      DequeuePullRequestInput!): DequeuePullRequestPayload
      markPullRequestReadyForReview(input: MarkPullRequestReadyForReviewInput!):
      MarkPullRequestReadyForReviewPayload convertPullRequestToDraft(input:
      ConvertPullRequestToDraftInput!): ConvertPullRequestToDraftPayload closePullRequest(input:
      ClosePullRequestInput!): ClosePullRequestPayload reopenPullRequest(input: ReopenPullRequestInput!):
      ReopenPullRequestPayload closeIssue(input: CloseIssueInput!): CloseIssuePayload reopenIssue(input:
      ReopenIssueInput!): ReopenIssuePayload }
    input AddCommentInput { clientMutationId: String subjectId: ID! body: String! }
    input UpdateIssueCommentInput { clientMutationId: String id: ID! body: String! }
    input DeleteIssueCommentInput { clientMutationId: String id: ID! }
    input ResolveReviewThreadInput { clientMutationId: String threadId: ID! }
    input UnresolveReviewThreadInput { clientMutationId: String threadId: ID! }
    input AddPullRequestReviewThreadReplyInput { clientMutationId: String pullRequestReviewThreadId: ID!
      body: String! pullRequestReviewId: ID }
    input AddLabelsToLabelableInput { clientMutationId: String labelableId: ID! labelIds: [ID!]! }
    input RemoveLabelsFromLabelableInput { clientMutationId: String labelableId: ID! labelIds: [ID!]! }
    input CreatePullRequestInput { clientMutationId: String repositoryId: ID! baseRefName: String!
      headRefName: String! title: String! body: String draft: Boolean maintainerCanModify: Boolean
      headRepositoryId: ID }
    input UpdatePullRequestInput { clientMutationId: String pullRequestId: ID! title: String body: String
      }
    input MergePullRequestInput { clientMutationId: String pullRequestId: ID! expectedHeadOid: GitObjectID
      mergeMethod: PullRequestMergeMethod commitHeadline: String commitBody: String }
    input EnablePullRequestAutoMergeInput { clientMutationId: String pullRequestId: ID! mergeMethod:
      PullRequestMergeMethod commitHeadline: String commitBody: String expectedHeadOid: GitObjectID }
    input DisablePullRequestAutoMergeInput { clientMutationId: String pullRequestId: ID! }
    input EnqueuePullRequestInput { clientMutationId: String pullRequestId: ID! expectedHeadOid:
      GitObjectID jump: Boolean }
    input DequeuePullRequestInput { clientMutationId: String id: ID! }
    input MarkPullRequestReadyForReviewInput { clientMutationId: String pullRequestId: ID! }
    input ConvertPullRequestToDraftInput { clientMutationId: String pullRequestId: ID! }
    input ClosePullRequestInput { clientMutationId: String pullRequestId: ID! }
    input ReopenPullRequestInput { clientMutationId: String pullRequestId: ID! }
    input CloseIssueInput { clientMutationId: String issueId: ID! stateReason: IssueClosedStateReason }
    input ReopenIssueInput { clientMutationId: String issueId: ID! }
    enum SearchType { DISCUSSION ISSUE REPOSITORY USER }
    union SearchResultItem = Issue | PullRequest
    union RuleParameters = RequiredStatusChecksParameters
    union IssueOrPullRequest = Issue | PullRequest
    union IssueTimelineItems = ClosedEvent | IssueComment | LabeledEvent | RenamedTitleEvent |
      ReopenedEvent | UnlabeledEvent
    union PullRequestTimelineItems = ClosedEvent | ConvertToDraftEvent | HeadRefDeletedEvent |
      HeadRefForcePushedEvent | IssueComment | LabeledEvent | MergedEvent | PullRequestCommit |
      PullRequestReview | PullRequestReviewThread | ReadyForReviewEvent | RenamedTitleEvent |
      ReopenedEvent | ReviewRequestRemovedEvent | ReviewRequestedEvent | UnlabeledEvent
    union StatusCheckRollupContext = CheckRun | StatusContext
    union RequestedReviewer = Bot | Mannequin | User
    union Closer = Commit | PullRequest
    """
}
