/// The limit on a spec's size; pure.
enum SpecSize {
  /// How a run ends that leaves a spec longer than anybody is shown; nil when it is not.
  static func failure(of tree: TreeFacts, at path: String?) -> RunEnding? {
    let most = WorktreeFacts.specBytesMax.bytes
    guard let path, let size = tree.specBytes, size > most else { return nil }
    return .failed(
      .agent, "the spec \(path) has \(size) bytes, more than the \(most) a spec may have; shorten it")
  }
}
