import Foundation
import Synchronization

/// The configuration in force, and the way to read it again when the file changes.
///
/// A broken file keeps the last good configuration and says so, and so does one that is gone: defaults have neither
/// the operator's limits nor a required sandbox. A changed file counts once it has stood still from one look to the
/// next: an editor that empties a file before it writes would otherwise leave us with the defaults for a moment.
final class ConfigurationSource: Sendable {
  static let cadence: Duration = .seconds(2)

  private let sources: ConfigurationSources
  /// What the daemon was started with; keys that are read at the start keep these values.
  private let started: Configuration
  private let state: Mutex<State>

  private struct State {
    var loaded: LoadedConfiguration
    /// Of the file that was read last.
    var stamp: Stamp
    /// Of a file that had changed when it was last looked at, and was not read yet.
    var candidate: Stamp?
    var problem: String?
    /// Whether it is in force and not all that follows from it was done.
    var isOwed = false
  }

  /// What tells one file and content from the next.
  private struct Stamp: Equatable {
    /// Nil for no file at all.
    var path: String?
    var modified: Date?
    var size: Int?
    /// An editor that writes a new file in the old one's place leaves another one.
    var inode: UInt64?
    /// Who else may read it is told.
    var mode: Int?
  }

  init(_ sources: ConfigurationSources) throws(ConfigurationError) {
    self.sources = sources
    let stamp = Self.stamp(sources)
    let loaded = try ConfigurationLoader.load(sources)
    started = loaded.configuration
    state = Mutex(State(loaded: loaded, stamp: stamp, problem: nil))
  }

  var loaded: LoadedConfiguration { state.withLock { $0.loaded } }

  /// Why the file as it is now is not in force; nil when it is.
  var problem: String? { state.withLock { $0.problem } }

  /// The keys whose new values wait for a restart, in the order of the sample file.
  var waitingForRestart: [String] {
    let now = loaded.configuration
    return ConfigurationSchema.keys.filter { $0.needsRestart && $0.value(started) != $0.value(now) }.map(
      \.path)
  }

  /// What reading again led to.
  enum Change: Sendable {
    case none
    case replaced(LoadedConfiguration)
    case refused(String)
  }

  /// Reads the file again if it changed since the last time and is as it was at the last look; one that has appeared
  /// or gone is a change too. So is one that is owed.
  ///
  /// - Parameter isForced: reads it in any case, as it is.
  func refresh(isForced: Bool = false) -> Change {
    // Before the reading: what is written meanwhile is then seen the next time.
    let stamp = Self.stamp(sources)
    guard isForced || hasStoodStill(stamp) else { return owed() }
    do throws(ConfigurationError) {
      let fresh = try ConfigurationLoader.load(sources)
      guard isForced || hasStoodStill(Self.stamp(sources)) else { return .none }
      if let lost = loaded.fileURL, fresh.fileURL == nil {
        return refuse(
          "\(lost.path) is gone; put it back, or restart the daemon to go on with the defaults", stamp)
      }
      state.withLock { $0 = State(loaded: fresh, stamp: stamp, problem: nil) }
      return .replaced(fresh)
    } catch {
      return refuse(error.problems.map(\.description).joined(separator: "; "), stamp)
    }
  }

  /// Has the configuration in force told as replaced once more: not all that follows from that could be done.
  func owe() { state.withLock { $0.isOwed = true } }

  private func owed() -> Change {
    state.withLock { state in
      guard state.isOwed else { return .none }
      state.isOwed = false
      return .replaced(state.loaded)
    }
  }

  /// Whether a file with this stamp is another than the one that was read, and the same as at the last look.
  private func hasStoodStill(_ stamp: Stamp) -> Bool {
    state.withLock { state in
      defer { state.candidate = stamp == state.stamp ? nil : stamp }
      return stamp != state.stamp && stamp == state.candidate
    }
  }

  private func refuse(_ problem: String, _ stamp: Stamp) -> Change {
    state.withLock {
      $0.stamp = stamp
      $0.candidate = nil
      $0.problem = problem
    }
    return .refused(problem)
  }

  private static func stamp(_ sources: ConfigurationSources) -> Stamp {
    guard let path = ConfigurationFile.location(sources) else { return Stamp() }
    // Links are followed: what is read is their target.
    let real = URL(filePath: path).resolvingSymlinksInPath().path
    let values = try? FileManager.default.attributesOfItem(atPath: real)
    return Stamp(
      path: path, modified: values?[.modificationDate] as? Date, size: values?[.size] as? Int,
      inode: (values?[.systemFileNumber] as? NSNumber)?.uint64Value,
      mode: (values?[.posixPermissions] as? NSNumber)?.intValue)
  }
}
