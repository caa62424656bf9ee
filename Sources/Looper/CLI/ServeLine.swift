/// The command line of a daemon in the background: `serve` with its file and overrides.
struct ServeLine: Equatable, Sendable {
  /// Absolute; nil is wherever one is found.
  var config: String?
  /// `key=value`, the later ones win.
  var overrides: [String] = []

  init(config: String?, overrides: [String]) {
    self.config = config
    self.overrides = overrides
  }

  /// Takes apart what ``arguments`` made; nil when it is anything else.
  init?(arguments: [String]) {
    guard arguments.first == "serve", arguments.count % 2 == 1 else { return nil }
    for index in stride(from: 1, to: arguments.count, by: 2) {
      switch arguments[index] {
      case "--config": config = arguments[index + 1]
      case "--set": overrides.append(arguments[index + 1])
      default: return nil
      }
    }
  }

  var arguments: [String] {
    ["serve"] + (config.map { ["--config", $0] } ?? []) + overrides.flatMap { ["--set", $0] }
  }

  /// The same daemon started anew: what `other` says replaces this, key by key, and the rest stays.
  func overridden(by other: Self) -> Self {
    let keys = Set(other.overrides.map(Self.key))
    return Self(
      config: other.config ?? config,
      overrides: overrides.filter { !keys.contains(Self.key($0)) } + other.overrides)
  }

  private static func key(_ override: String) -> Substring { override.prefix { $0 != "=" } }
}
