/// Where a value came from, or where a problem is.
enum ConfigurationOrigin: Hashable, Sendable {
  case defaults
  /// The line counts from 1; nil where the parser cannot tell.
  case file(path: String, line: Int?)
  case environment(name: String)
  case override
  /// Of the command line, which names the file.
  case option(name: String)
}

extension ConfigurationOrigin: CustomStringConvertible {
  var description: String {
    switch self {
    case .defaults: "default"
    case .file(let path, let line): line.map { "\(path):\($0)" } ?? path
    case .environment(let name): "environment \(name)"
    case .override: "--set"
    case .option(let name): name
    }
  }
}

/// One thing that is wrong, or worth a warning, about the configuration.
struct ConfigurationProblem: Hashable, Sendable {
  /// The key path; nil when the whole source is concerned.
  var path: String?
  var origin: ConfigurationOrigin
  var message: String

  /// Whether it lies in what was there before somebody typed a command.
  var isOutsideCommandLine: Bool {
    switch origin {
    case .defaults, .file, .environment: true
    case .override, .option: false
    }
  }
}

extension ConfigurationProblem: CustomStringConvertible {
  /// `/home/u/.config/looper/looper.toml:3: server.port: must be …`.
  var description: String {
    [origin.description, path, message].compactMap { $0 }.joined(separator: ": ")
  }
}

/// Everything that is wrong with the configuration, found in one go.
struct ConfigurationError: Error, Hashable, Sendable {
  var problems: [ConfigurationProblem]

  /// One problem a line.
  var lines: [String] { problems.map(\.description) }

  /// The same at the process boundary.
  var looperError: LooperError {
    LooperError(
      .validation,
      lines.joined(separator: "\n"),
      details: .array(
        problems.map { problem in
          [
            "path": problem.path.map(JSONValue.string) ?? .null,
            "source": .string(problem.origin.description),
            "message": .string(problem.message),
          ]
        }))
  }
}

extension ConfigurationError: CustomStringConvertible {
  var description: String { lines.joined(separator: "\n") }
}
