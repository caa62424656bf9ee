/// The part of GitHub's public GraphQL schema that the local GitHub answers for, in GitHub's own names.
///
/// What is not here is refused like a field that does not exist, so that a query is never half answered.
enum ForgeGraphSchema {
  static let text = [objects, connections, inputs].joined(separator: "\n")
}
