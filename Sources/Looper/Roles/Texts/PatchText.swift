/// The comment that carries a change to a fork's pull request, which Looper never pushes to.
enum PatchText {
  /// More than this is no reading for people, and GitHub takes no more than 65,536 characters.
  static let patchBytesMax: ByteCount = .kibibytes(48)
  private static let word = "patch"

  /// What the comment's key ends in, by which the head it was made for is known again.
  static func keyParts(for head: CommitSHA) -> [String] { [word, head.rawValue] }

  static func head(inKey key: String) -> CommitSHA? {
    let parts = key.split(separator: "/").map(String.init)
    guard parts.count >= 2, parts[parts.count - 2] == word else { return nil }
    return parts.last.flatMap { CommitSHA($0) }
  }

  static func comment(_ patch: String, summary: String, head: CommitSHA, _ policy: FlowPolicy) -> String {
    let fence = String(repeating: "`", count: max(3, longestRun(of: "`", in: patch) + 1))
    return PublishedText.stamped(
      """
      \(PublishedText.neutralised(summary))

      Looper does not push to forks. This patch applies to \(head.short) with `git am`:

      \(fence)diff
      \(patch)
      \(fence)
      """, policy)
  }

  private static func longestRun(of character: Character, in text: String) -> Int {
    var longest = 0
    var run = 0
    for found in text {
      run = found == character ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }
}
