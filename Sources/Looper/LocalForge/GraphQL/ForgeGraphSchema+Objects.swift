extension ForgeGraphSchema {
  /// Objects and interfaces.
  static let objects = """
    type Query { viewer: User! repository(owner: String!, name: String!, followRenames: Boolean = true):
      Repository node(id: ID!): Node nodes(ids: [ID!]!): [Node]! rateLimit(dryRun: Boolean = false):
      RateLimit resource(url: URI!): UniformResourceLocatable search(after: String, before: String, first:
      Int, last: Int, query: String!, type: SearchType!): SearchResultItemConnection! }
    type RateLimit { cost: Int! limit: Int! nodeCount: Int! remaining: Int! resetAt: DateTime! used: Int!
      }
    interface Node { id: ID! }
    interface Actor { login: String! url: URI! avatarUrl(size: Int): URI! resourcePath: URI! }
    interface RequirableByPullRequest { isRequired(pullRequestId: ID, pullRequestNumber: Int): Boolean! }
    interface Labelable { labels(after: String, before: String, first: Int, last: Int, orderBy:
      LabelOrder): LabelConnection }
    interface Closable { closed: Boolean! closedAt: DateTime }
    interface Comment { author: Actor authorAssociation: CommentAuthorAssociation! body: String!
      createdAt: DateTime! id: ID! updatedAt: DateTime! }
    interface UniformResourceLocatable { url: URI! }
    interface RepositoryNode { repository: Repository! }
    interface GitObject { abbreviatedOid: String! id: ID! oid: GitObjectID! repository: Repository!
      commitUrl: URI! }
    interface RepositoryOwner { id: ID! login: String! url: URI! }
    type User implements Actor & Node & RepositoryOwner & UniformResourceLocatable { id: ID! databaseId:
      Int login: String! name: String url: URI! avatarUrl(size: Int): URI! resourcePath: URI! }
    type Bot implements Actor & Node & UniformResourceLocatable { id: ID! databaseId: Int login: String!
      url: URI! avatarUrl(size: Int): URI! resourcePath: URI! }
    type Mannequin implements Actor & Node & UniformResourceLocatable { id: ID! databaseId: Int login:
      String! url: URI! avatarUrl(size: Int): URI! resourcePath: URI! }
    type Organization implements Actor & Node & RepositoryOwner & UniformResourceLocatable { id: ID!
      databaseId: Int login: String! url: URI! }
    type Repository implements Node & UniformResourceLocatable { id: ID! databaseId: Int name: String!
      nameWithOwner: String! owner: RepositoryOwner! url: URI! sshUrl: GitSSHRemote! isArchived: Boolean!
      isPrivate: Boolean! isFork: Boolean! isLocked: Boolean! isDisabled: Boolean! viewerPermission:
      RepositoryPermission createdAt: DateTime! updatedAt: DateTime! pushedAt: DateTime parent: Repository
      defaultBranchRef: Ref autoMergeAllowed: Boolean! mergeCommitAllowed: Boolean! squashMergeAllowed:
      Boolean! rebaseMergeAllowed: Boolean! viewerDefaultMergeMethod: PullRequestMergeMethod!
      hasIssuesEnabled: Boolean! issues(after: String, before:
      String, first: Int, last: Int, labels: [String!], states: [IssueState!], orderBy: IssueOrder,
      filterBy: IssueFilters): IssueConnection! issue(number: Int!): Issue issueOrPullRequest(number:
      Int!): IssueOrPullRequest pullRequests(after: String, before: String, first: Int, last: Int, labels:
      [String!], states: [PullRequestState!], headRefName: String, baseRefName: String, orderBy:
      IssueOrder): PullRequestConnection! pullRequest(number: Int!): PullRequest label(name: String!):
      Label labels(after: String, before: String, first: Int, last: Int, query: String, orderBy:
      LabelOrder): LabelConnection ref(qualifiedName: String!): Ref refs(after: String, before: String,
      first: Int, last: Int, refPrefix: String!, query: String, orderBy: RefOrder): RefConnection
      object(expression: String, oid: GitObjectID): GitObject }
    type Issue implements Closable & Comment & Labelable & Node & RepositoryNode &
      UniformResourceLocatable { id: ID! databaseId: Int fullDatabaseId: BigInt number: Int! title:
      String! titleHTML: String! body: String! bodyText: String! state: IssueState! stateReason:
      IssueStateReason url: URI! createdAt: DateTime! updatedAt: DateTime! closed: Boolean! closedAt:
      DateTime author: Actor authorAssociation: CommentAuthorAssociation! editor: Actor lastEditedAt:
      DateTime locked: Boolean! repository: Repository! labels(after: String, before: String, first: Int,
      last: Int, orderBy: LabelOrder): LabelConnection assignees(after: String, before: String, first:
      Int, last: Int): UserConnection! comments(after: String, before: String, first: Int, last: Int,
      orderBy: IssueCommentOrder): IssueCommentConnection! timelineItems(after: String, before: String,
      first: Int, last: Int, itemTypes: [IssueTimelineItemsItemType!], since: DateTime, skip: Int):
      IssueTimelineItemsConnection! viewerDidAuthor: Boolean! }
    type PullRequest implements Closable & Comment & Labelable & Node & RepositoryNode &
      UniformResourceLocatable { id: ID! databaseId: Int fullDatabaseId: BigInt number: Int! title:
      String! titleHTML: HTML! body: String! bodyText: String! state: PullRequestState! url: URI!
      createdAt: DateTime! updatedAt: DateTime! closed: Boolean! closedAt: DateTime author: Actor
      authorAssociation: CommentAuthorAssociation! editor: Actor lastEditedAt: DateTime locked: Boolean!
      repository: Repository! labels(after: String, before: String, first: Int, last: Int, orderBy:
      LabelOrder): LabelConnection assignees(after: String, before: String, first: Int, last: Int):
      UserConnection! comments(after: String, before: String, first: Int, last: Int, orderBy:
      IssueCommentOrder): IssueCommentConnection! timelineItems(after: String, before: String, first: Int,
      last: Int, itemTypes: [PullRequestTimelineItemsItemType!], since: DateTime, skip: Int):
      PullRequestTimelineItemsConnection! viewerDidAuthor: Boolean! isDraft: Boolean! merged: Boolean!
      mergedAt: DateTime mergedBy: Actor mergeable: MergeableState! mergeStateStatus: MergeStateStatus!
      headRefName: String! headRefOid: GitObjectID! headRef: Ref headRepository: Repository
      headRepositoryOwner: RepositoryOwner isCrossRepository: Boolean! baseRefName: String! baseRefOid:
      GitObjectID! baseRef: Ref baseRepository: Repository mergeCommit: Commit potentialMergeCommit:
      Commit reviewDecision: PullRequestReviewDecision reviews(after: String, before: String, first: Int,
      last: Int, author: String, states: [PullRequestReviewState!]): PullRequestReviewConnection
      latestReviews(after: String, before: String, first: Int, last: Int): PullRequestReviewConnection
      latestOpinionatedReviews(after: String, before: String, first: Int, last: Int, writersOnly: Boolean
      = false): PullRequestReviewConnection reviewThreads(after: String, before: String, first: Int, last:
      Int): PullRequestReviewThreadConnection! reviewRequests(after: String, before: String, first: Int,
      last: Int): ReviewRequestConnection commits(after: String, before: String, first: Int, last: Int):
      PullRequestCommitConnection! statusCheckRollup: StatusCheckRollup files(after: String, before:
      String, first: Int, last: Int): PullRequestChangedFileConnection additions: Int! deletions: Int!
      changedFiles: Int! closingIssuesReferences(after: String, before: String, first: Int, last: Int,
      orderBy: IssueOrder, userLinkedOnly: Boolean = false): IssueConnection autoMergeRequest:
      AutoMergeRequest isInMergeQueue: Boolean! isMergeQueueEnabled: Boolean! mergeQueueEntry:
      MergeQueueEntry maintainerCanModify: Boolean! totalCommentsCount: Int viewerCanUpdate: Boolean!
      permalink: URI! }
    type Commit implements GitObject & Node & UniformResourceLocatable { id: ID! oid: GitObjectID!
      abbreviatedOid: String! message: String! messageHeadline: String! messageBody: String!
      committedDate: DateTime! authoredDate: DateTime! author: GitActor committer: GitActor parents(after:
      String, before: String, first: Int, last: Int): CommitConnection! statusCheckRollup:
      StatusCheckRollup status: Status checkSuites(after: String, before: String, first: Int, last: Int,
      filterBy: CheckSuiteFilter): CheckSuiteConnection tree: Tree! url: URI! commitUrl: URI! repository:
      Repository! additions: Int! deletions: Int! associatedPullRequests(after: String, before: String,
      first: Int, last: Int, orderBy: PullRequestOrder): PullRequestConnection }
    type Tree implements GitObject & Node { id: ID! oid: GitObjectID! abbreviatedOid: String! repository:
      Repository! commitUrl: URI! }
    type Blob implements GitObject & Node { id: ID! oid: GitObjectID! abbreviatedOid: String! repository:
      Repository! commitUrl: URI! text: String byteSize: Int! isBinary: Boolean }
    type GitActor { name: String email: String date: GitTimestamp user: User }
    type MergeQueueEntry implements Node { id: ID! enqueuedAt: DateTime! enqueuer: Actor! headCommit:
      Commit position: Int! pullRequest: PullRequest }
    type RefUpdateRule { allowsDeletions: Boolean! allowsForcePushes: Boolean! pattern: String!
      requiredApprovingReviewCount: Int requiredStatusCheckContexts: [String] }
    type RepositoryRule implements Node { id: ID! parameters: RuleParameters }
    type RequiredStatusChecksParameters { requiredStatusChecks: [StatusCheckConfiguration!]!
      strictRequiredStatusChecksPolicy: Boolean! }
    type StatusCheckConfiguration { context: String! integrationId: Int }
    type Ref implements Node { id: ID! name: String! prefix: String! target: GitObject refUpdateRule:
      RefUpdateRule rules(after: String, before: String, first: Int, last: Int): RepositoryRuleConnection
      repository:
      Repository! associatedPullRequests(after: String, before: String, first: Int, last: Int, states:
      [PullRequestState!], headRefName: String, baseRefName: String, labels: [String!], orderBy:
      IssueOrder): PullRequestConnection! }
    type Label implements Node { id: ID! name: String! color: String! description: String url: URI!
      createdAt: DateTime repository: Repository! isDefault: Boolean! }
    type IssueComment implements Comment & Node & RepositoryNode { id: ID! databaseId: Int fullDatabaseId:
      BigInt author: Actor authorAssociation: CommentAuthorAssociation! body: String! bodyText: String!
      createdAt: DateTime! updatedAt: DateTime! url: URI! issue: Issue! pullRequest: PullRequest
      repository: Repository! isMinimized: Boolean! lastEditedAt: DateTime viewerDidAuthor: Boolean! }
    type PullRequestReview implements Comment & Node & RepositoryNode { id: ID! databaseId: Int
      fullDatabaseId: BigInt author: Actor authorAssociation: CommentAuthorAssociation! body: String!
      bodyText: String! state: PullRequestReviewState! createdAt: DateTime! updatedAt: DateTime!
      submittedAt: DateTime publishedAt: DateTime url: URI! commit: Commit comments(after: String, before:
      String, first: Int, last: Int): PullRequestReviewCommentConnection! pullRequest: PullRequest!
      repository: Repository! viewerDidAuthor: Boolean! isMinimized: Boolean! lastEditedAt: DateTime
      authorCanPushToRepository: Boolean! }
    type PullRequestReviewComment implements Comment & Node & RepositoryNode { id: ID! databaseId: Int
      fullDatabaseId: BigInt author: Actor authorAssociation: CommentAuthorAssociation! body: String!
      bodyText: String! createdAt: DateTime! updatedAt: DateTime! publishedAt: DateTime url: URI! commit:
      Commit originalCommit: Commit outdated: Boolean! path: String! line: Int originalLine: Int
      startLine: Int originalStartLine: Int diffHunk: String! pullRequest: PullRequest! pullRequestReview:
      PullRequestReview replyTo: PullRequestReviewComment state: PullRequestReviewCommentState!
      repository: Repository! viewerDidAuthor: Boolean! isMinimized: Boolean! lastEditedAt: DateTime
      subjectType: PullRequestReviewThreadSubjectType! }
    type PullRequestReviewThread implements Node { id: ID! isResolved: Boolean! isOutdated: Boolean!
      isCollapsed: Boolean! path: String! line: Int originalLine: Int startLine: Int originalStartLine:
      Int diffSide: DiffSide! startDiffSide: DiffSide subjectType: PullRequestReviewThreadSubjectType!
      resolvedBy: User comments(after: String, before: String, first: Int, last: Int):
      PullRequestReviewCommentConnection! pullRequest: PullRequest! repository: Repository!
      viewerCanReply: Boolean! viewerCanResolve: Boolean! viewerCanUnresolve: Boolean! }
    type ReviewRequest implements Node { id: ID! databaseId: Int asCodeOwner: Boolean! pullRequest:
      PullRequest! requestedReviewer: RequestedReviewer }
    type PullRequestCommit implements Node & UniformResourceLocatable { id: ID! commit: Commit!
      pullRequest: PullRequest! url: URI! }
    type PullRequestChangedFile { path: String! additions: Int! deletions: Int! changeType: PatchStatus! }
    type AutoMergeRequest { authorEmail: String commitBody: String commitHeadline: String enabledAt:
      DateTime enabledBy: Actor mergeMethod: PullRequestMergeMethod! pullRequest: PullRequest! }
    type StatusCheckRollup implements Node { id: ID! state: StatusState! commit: Commit contexts(after:
      String, before: String, first: Int, last: Int): StatusCheckRollupContextConnection! }
    type Status implements Node { id: ID! state: StatusState! contexts: [StatusContext!]! context(name:
      String!): StatusContext commit: Commit }
    type StatusContext implements Node & RequirableByPullRequest { id: ID! context: String! state:
      StatusState! description: String targetUrl: URI creator: Actor createdAt: DateTime! commit: Commit
      isRequired(pullRequestId: ID, pullRequestNumber: Int): Boolean! }
    type CheckRun implements Node & RequirableByPullRequest & UniformResourceLocatable { id: ID!
      databaseId: Int name: String! status: CheckStatusState! conclusion: CheckConclusionState detailsUrl:
      URI url: URI! permalink: URI! startedAt: DateTime completedAt: DateTime title: String summary:
      String text: String externalId: String repository: Repository! isRequired(pullRequestId: ID,
      pullRequestNumber: Int): Boolean! annotations(after: String, before: String, first: Int, last: Int):
      CheckAnnotationConnection checkSuite: CheckSuite! }
    type CheckAnnotation { annotationLevel: CheckAnnotationLevel databaseId: Int location:
      CheckAnnotationSpan! message: String! path: String! rawDetails: String title: String blobUrl: URI! }
    type CheckAnnotationSpan { start: CheckAnnotationPosition! end: CheckAnnotationPosition! }
    type CheckAnnotationPosition { line: Int! column: Int }
    type CheckSuite implements Node { id: ID! databaseId: Int app: App status: CheckStatusState!
      conclusion: CheckConclusionState commit: Commit! createdAt: DateTime! updatedAt: DateTime! url: URI!
      repository: Repository! checkRuns(after: String, before: String, first: Int, last: Int, filterBy:
      CheckRunFilter): CheckRunConnection workflowRun: WorkflowRun branch: Ref }
    type App implements Node { id: ID! databaseId: Int slug: String! name: String! }
    type WorkflowRun implements Node & UniformResourceLocatable { id: ID! databaseId: Int createdAt:
      DateTime! updatedAt: DateTime! event: String! runNumber: Int! url: URI! workflow: Workflow!
      checkSuite: CheckSuite! }
    type Workflow implements Node & UniformResourceLocatable { id: ID! databaseId: Int name: String! }
    type LabeledEvent implements Node { id: ID! actor: Actor createdAt: DateTime! label: Label! labelable:
      Labelable! }
    type UnlabeledEvent implements Node { id: ID! actor: Actor createdAt: DateTime! label: Label!
      labelable: Labelable! }
    type ClosedEvent implements Node & UniformResourceLocatable { id: ID! actor: Actor createdAt:
      DateTime! closable: Closable! stateReason: IssueStateReason url: URI! }
    type ReopenedEvent implements Node { id: ID! actor: Actor createdAt: DateTime! closable: Closable!
      stateReason: IssueStateReason }
    type MergedEvent implements Node & UniformResourceLocatable { id: ID! actor: Actor createdAt:
      DateTime! commit: Commit mergeRef: Ref mergeRefName: String! pullRequest: PullRequest! url: URI! }
    type RenamedTitleEvent implements Node { id: ID! actor: Actor createdAt: DateTime! currentTitle:
      String! previousTitle: String! }
    type HeadRefForcePushedEvent implements Node { id: ID! actor: Actor createdAt: DateTime! beforeCommit:
      Commit afterCommit: Commit pullRequest: PullRequest! ref: Ref }
    type HeadRefDeletedEvent implements Node { id: ID! actor: Actor createdAt: DateTime! headRefName:
      String! pullRequest: PullRequest! }
    type ReviewRequestedEvent implements Node { id: ID! actor: Actor createdAt: DateTime! pullRequest:
      PullRequest! requestedReviewer: RequestedReviewer }
    type ReviewRequestRemovedEvent implements Node { id: ID! actor: Actor createdAt: DateTime!
      pullRequest: PullRequest! requestedReviewer: RequestedReviewer }
    type ReadyForReviewEvent implements Node & UniformResourceLocatable { id: ID! actor: Actor createdAt:
      DateTime! pullRequest: PullRequest! url: URI! }
    type ConvertToDraftEvent implements Node & UniformResourceLocatable { id: ID! actor: Actor createdAt:
      DateTime! pullRequest: PullRequest! url: URI! }
    type PageInfo { endCursor: String hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String
      }
    """
}
