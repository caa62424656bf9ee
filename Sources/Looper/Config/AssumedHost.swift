import Foundation

/// The host of a repository that is named by `owner/name` alone.
enum AssumedHost {
  /// As in `gh`: `GH_HOST` of this process' environment when it is set, else github.com.
  static let name = named(in: ProcessInfo.processInfo.environment)

  static func named(in environment: [String: String]) -> String {
    guard let host = environment["GH_HOST"], !host.isEmpty else { return ProjectName.defaultHost }
    return host.lowercased()
  }
}

extension ProjectName {
  init?(typed text: String) { self.init(typed: text, assuming: AssumedHost.name) }
}
