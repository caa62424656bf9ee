import Foundation
import Synchronization

/// The configuration in force, and the way to read it again when the file changes.
///
/// A broken file keeps the last good configuration and says so.
final class ConfigurationSource: Sendable {
  static let cadence: Duration = .seconds(2)

  private let sources: ConfigurationSources
  private let state: Mutex<State>

  private struct State {
    var loaded: LoadedConfiguration
    var stamp: Stamp
    var problem: String?
  }

  /// What tells one content of the file from the next.
  private struct Stamp: Equatable {
    var modified: Date?
    var size: Int?
  }

  init(_ sources: ConfigurationSources) throws(ConfigurationError) {
    self.sources = sources
    let loaded = try ConfigurationLoader.load(sources)
    state = Mutex(State(loaded: loaded, stamp: Self.stamp(of: loaded.fileURL), problem: nil))
  }

  var loaded: LoadedConfiguration { state.withLock { $0.loaded } }

  /// Why the file as it is now is not in force; nil when it is.
  var problem: String? { state.withLock { $0.problem } }

  /// What reading again led to.
  enum Change: Sendable {
    case none
    case replaced(LoadedConfiguration)
    case refused(String)
  }

  /// Reads the file again if it changed since the last time.
  ///
  /// - Parameter isForced: reads it in any case, also one that has appeared where none was.
  func refresh(isForced: Bool = false) -> Change {
    let stamp = Self.stamp(of: loaded.fileURL)
    guard isForced || state.withLock({ $0.stamp != stamp }) else { return .none }
    do throws(ConfigurationError) {
      let fresh = try ConfigurationLoader.load(sources)
      state.withLock { $0 = State(loaded: fresh, stamp: stamp, problem: nil) }
      return .replaced(fresh)
    } catch {
      let text = error.problems.map(\.description).joined(separator: "; ")
      state.withLock {
        $0.stamp = stamp
        $0.problem = text
      }
      return .refused(text)
    }
  }

  private static func stamp(of url: URL?) -> Stamp {
    guard let url, let values = try? FileManager.default.attributesOfItem(atPath: url.path) else {
      return Stamp(modified: nil, size: nil)
    }
    return Stamp(modified: values[.modificationDate] as? Date, size: values[.size] as? Int)
  }
}
