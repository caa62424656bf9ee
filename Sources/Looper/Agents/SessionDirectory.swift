import Foundation

/// The files of one session: `<root>/<yyyy-mm>/R<run>-<stage>-<n>/`, 0700, everything in it 0600.
struct SessionDirectory: Hashable, Sendable {
  let path: String

  init(path: String) { self.path = path }

  var prompt: String { "\(path)/prompt.md" }
  var context: String { "\(path)/context.json" }
  /// What the answer must look like, for vendors that check it.
  var answerSchema: String { "\(path)/answer-schema.json" }
  /// The vendor's MCP servers.
  var mcpServers: String { "\(path)/mcp.json" }
  /// The result as it was read, whatever way it was given.
  var result: String { "\(path)/result.json" }
  var standardOutput: String { "\(path)/stdout.log" }
  var standardError: String { "\(path)/stderr.log" }
  var exitRecord: String { "\(path)/exit.json" }
  /// The one place beside the worktree that the agent may write to; its TMPDIR.
  var scratch: String { "\(path)/scratch" }
  /// `$LOOPER_RESULT_FILE`: in the scratch directory, because a sandbox leaves nothing else writable.
  var agentResult: String { "\(scratch)/result.json" }

  /// How many sessions one stage of a run may have had.
  private static let attemptsMax = 10_000

  /// Makes the directory of a new session, with its scratch directory.
  ///
  /// - Parameter root: `<data>/sessions`.
  /// - Throws: Foundation's error when the disk refuses.
  static func create(root: String, runID: Run.ID, stage: String, now: Timestamp) throws -> SessionDirectory {
    let month = String(now.iso8601.prefix(7))
    let parent = "\(root)/\(month)"
    let ours: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
    let files = FileManager.default
    try files.createDirectory(atPath: parent, withIntermediateDirectories: true, attributes: ours)
    for attempt in 1...attemptsMax {
      let directory = SessionDirectory(path: "\(parent)/\(runID.handle)-\(name(of: stage))-\(attempt)")
      if files.fileExists(atPath: directory.path) { continue }
      try files.createDirectory(atPath: directory.path, withIntermediateDirectories: false, attributes: ours)
      try files.createDirectory(
        atPath: directory.scratch, withIntermediateDirectories: false, attributes: ours)
      return directory
    }
    throw Failure(.bug, "run \(runID.handle) started more than \(attemptsMax) sessions of stage \(stage)")
  }

  /// When the session last printed something; nil when it has no output file.
  var lastOutputAt: Timestamp? {
    // Best effort: without it the session ended when it was last heard of.
    let attributes = try? FileManager.default.attributesOfItem(atPath: standardOutput)
    let written = attributes?[.modificationDate] as? Date
    return written.map { Timestamp($0) }
  }

  /// Writes one of the files, 0600.
  func write(_ data: Data, to path: String) throws {
    let isWritten = FileManager.default.createFile(
      atPath: path, contents: data, attributes: [.posixPermissions: 0o600])
    guard isWritten else { throw Failure(.transient, "cannot write \(path); is the disk full?") }
  }

  private static func name(of stage: String) -> String {
    String(stage.prefix(40).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
  }
}
