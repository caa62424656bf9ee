/// A registered GitHub repository, optionally bound to a local checkout that Looper never writes to.
struct Project: Codable, Equatable, Sendable, Identifiable {
  typealias ID = Identifier<Project>

  let id: ID
  var name: ProjectName
  /// Absolute path of the user's checkout.
  var checkoutPath: String?
  /// The branch work starts from; nil means the repository's default branch.
  var baseBranch: String?
  /// As GitHub told last; nil before the first contact.
  var facts: RepositoryFacts?
  var addedAt: Timestamp

  /// The name it was added with, and the one that GitHub has given it since. An operator may say either.
  var names: [ProjectName] { [name] + [facts?.name].compactMap(\.self).filter { $0 != name } }

  /// The branch work starts from, once known.
  var base: String? { baseBranch ?? facts?.defaultBranch }
}
