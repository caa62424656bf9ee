/// What a branch demands, and the search for issues and pull requests.
extension ForgeGraphExecutor {
  /// Classic protection as people who may not administrate see it: names without their apps.
  static func updateRule(_ protection: ForgeProtection, of branch: String) -> ForgeGraphValue {
    let contexts = protection.requiredChecks.filter { $0.appID == nil }.map { ForgeGraphValue.text($0.name) }
    return .record(
      "RefUpdateRule",
      [
        "allowsDeletions": .flag(false), "allowsForcePushes": .flag(false), "pattern": .text(branch),
        "requiredApprovingReviewCount": .number(protection.requiredApprovals),
        "requiredStatusCheckContexts": .list(contexts),
      ])
  }

  /// The rule set of a branch: the required checks that are pinned to an app.
  func rules(of branch: String, _ repositoryID: Int, _ arguments: ForgeGraphArguments) throws
    -> ForgeGraphValue
  {
    let protection = session.state.repositories[repositoryID]?.protections[branch]
    let pinned = (protection?.requiredChecks ?? []).filter { $0.appID != nil }
    let checks = pinned.map { check in
      ForgeGraphValue.record(
        "StatusCheckConfiguration", ["context": .text(check.name), "integrationId": .number(check.appID)])
    }
    let parameters = ForgeGraphValue.record(
      "RequiredStatusChecksParameters",
      [
        "requiredStatusChecks": .list(checks),
        "strictRequiredStatusChecksPolicy": .flag(protection?.isStrict ?? false),
      ])
    let rule = ForgeGraphValue.record(
      "RepositoryRule", ["id": .text("RRU_\(repositoryID)_\(branch)"), "parameters": parameters])
    return try connection(
      "RepositoryRule", of: pinned.isEmpty ? [] : [Entry(branch, rule)], arguments, in: "rules")
  }

  /// Issues and pull requests by GitHub's search words, newest first; a word that is not known finds nothing.
  func search(_ arguments: ForgeGraphArguments) throws -> ForgeGraphValue {
    let words = (arguments.text("query") ?? "").split(separator: " ").map(String.init)
    let rows = session.state.issues.rows.filter { row in
      guard let repository = session.state.repositories[row.repositoryID],
        repository.permission(of: session.viewer) >= .read
      else { return false }
      return words.allSatisfy { matches($0, row, repository) }
    }
    let entries = rows.sorted { $0.updatedAt > $1.updatedAt }.map { Entry($0.id, .object(.issue($0.id))) }
    return try connection(
      "SearchResultItem", of: entries, arguments, in: "search", extra: ["issueCount": .number(entries.count)])
  }

  private func matches(_ word: String, _ row: ForgeIssue, _ repository: ForgeRepository) -> Bool {
    let parts = word.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return row.title.lowercased().contains(word.lowercased()) }
    let person = (parts[1] == "@me" ? session.viewer : parts[1]).lowercased()
    switch parts[0] {
    case "is":
      switch parts[1] {
      case "open": return row.state == .open
      case "pr": return row.isPull
      case "issue": return !row.isPull
      default: return false
      }
    case "archived": return repository.isArchived == (parts[1] == "true")
    case "repo": return repository.key == parts[1].lowercased()
    case "author": return row.author.lowercased() == person
    case "user-review-requested", "review-requested":
      return row.pull?.requestedReviewers.contains { $0.lowercased() == person } ?? false
    default: return false
    }
  }
}
