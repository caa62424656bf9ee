import Foundation

/// What this binary is.
enum LooperVersion {
  private static let built = "0.1.0"

  #if DEBUG
    /// The tests of an upgrade need a real looper of another version.
    static let current = ProcessInfo.processInfo.environment["LOOPER_TEST_VERSION"] ?? built
  #else
    static let current = built
  #endif
}
