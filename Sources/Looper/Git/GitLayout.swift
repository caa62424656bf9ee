/// Where git's things lie below the data directory.
///
/// ```
/// git/config                               our global configuration
/// git/scratch/                             temporary index files
/// mirrors/<host>/<owner>/<name>.git        one bare mirror per project
/// worktrees/<host>/<owner>/<name>/L12      one worktree per loop
/// worktrees/<host>/<owner>/<name>/L12.json our record of it
/// ```
/// Project parts are lower-case, because GitHub ignores case.
struct GitLayout: Hashable, Sendable {
  /// The data directory with symbolic links resolved, so that git's own paths compare equal to ours.
  let root: String

  init(dataDirectory: String) {
    root = GitFiles.resolved(dataDirectory) ?? dataDirectory
  }

  var globalConfiguration: String { "\(root)/git/config" }
  var scratch: String { "\(root)/git/scratch" }
  var mirrors: String { "\(root)/mirrors" }
  var worktrees: String { "\(root)/worktrees" }

  /// The administrative directory and the mirror of the worktree at `path`, told from the path alone: what lies in
  /// the worktree was written by agents. Nil when `path` is no worktree of ours.
  func gitDirectories(ofWorktree path: String) -> (admin: String, mirror: String)? {
    guard path.hasPrefix("\(worktrees)/") else { return nil }
    let parts = path.dropFirst(worktrees.count + 1).split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count > 1, let name = parts.last, parts.allSatisfy({ !$0.isEmpty && $0 != ".." }) else {
      return nil
    }
    let mirror = "\(mirrors)/\(parts.dropLast().joined(separator: "/")).git"
    return ("\(mirror)/worktrees/\(name)", mirror)
  }

  func mirror(of project: ProjectName) -> String { "\(mirrors)/\(project.key).git" }
  func worktree(of loopID: Loop.ID, in project: ProjectName) -> String {
    "\(worktrees)/\(project.key)/\(loopID.handle)"
  }
}
