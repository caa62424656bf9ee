import Metrics

/// What is measured while it happens. What the database remembers is counted there, and survives a restart.
///
/// Each is a summary in seconds, through swift-metrics; what a daemon does with it is the factory's affair.
enum MeasuredThing: String, CaseIterable, Sendable {
  case effect = "looper_effect_duration_seconds"
  case githubCall = "looper_github_call_duration_seconds"

  var help: String {
    switch self {
    case .effect: "How long writes to GitHub and remote branches took, probes included."
    case .githubCall: "How long calls of gh took."
    }
  }

  /// - Parameter labels: with values from closed enums only, the same names each time.
  func record(_ duration: Duration, _ labels: [(String, String)], in factory: any MetricsFactory) {
    Timer(label: rawValue, dimensions: labels, factory: factory).recordMilliseconds(
      max(0, duration.milliseconds))
  }
}
