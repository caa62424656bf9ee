import Foundation

/// Takes away session directories that are older than the operator wants to keep them.
struct TranscriptKeeper: Sendable {
  static let cadence: Duration = .seconds(3600)

  /// `<data>/sessions`; below it a directory per month, below that one per session.
  let root: String

  /// Removes what was last written before `deadline`.
  ///
  /// - Returns: how many sessions' directories went.
  func sweep(olderThan deadline: Timestamp) -> Int {
    let files = FileManager.default
    var removed = 0
    // Best effort: what cannot be read or removed now is met again in an hour.
    for month in (try? files.contentsOfDirectory(atPath: root)) ?? [] {
      let parent = "\(root)/\(month)"
      for name in (try? files.contentsOfDirectory(atPath: parent)) ?? [] {
        let path = "\(parent)/\(name)"
        guard let written = (try? files.attributesOfItem(atPath: path))?[.modificationDate] as? Date,
          written < deadline.date
        else { continue }
        if (try? files.removeItem(atPath: path)) != nil { removed += 1 }
      }
    }
    return removed
  }
}
