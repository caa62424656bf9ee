import Foundation

/// Our record of a worktree, in a file beside it that agents do not see: what makes it ours, and
/// where it began.
///
/// ```
///   (none) ─▶ creating ─▶ ready ─▶ removing ─▶ (none)
/// ```
struct GitWorktreeNote: Codable, Equatable, Sendable {
  /// How far the worktree's making or removing has come.
  enum State: String, Codable, Sendable {
    /// Nothing of worth can be in it: no agent has been there.
    case creating
    case ready
    /// What it held is kept elsewhere.
    case removing
  }

  var loopID: Loop.ID
  /// Its mirror's remote; names the mirror, too.
  var remote: RemoteRepository
  var state: State
  /// The commit the last run began on.
  var startSHA: CommitSHA
  /// Rises each time the worktree is brought to another commit.
  var generation: Int

  static func path(besideWorktree path: String) -> String { "\(path).json" }

  /// - Returns: nil when there is none, or none that can be read.
  static func read(besideWorktree path: String) -> GitWorktreeNote? {
    GitFiles.content(Self.path(besideWorktree: path)).flatMap {
      try? JSONDecoder().decode(GitWorktreeNote.self, from: $0)
    }
  }

  func write(besideWorktree path: String) throws(Failure) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let data: Data
    do {
      data = try encoder.encode(self)
    } catch {
      throw Failure(.bug, "cannot encode the record of \(path): \(error)")
    }
    try GitFiles.write(data, to: Self.path(besideWorktree: path))
  }
}
