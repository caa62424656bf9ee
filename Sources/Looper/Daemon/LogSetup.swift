import Foundation
import Logging

/// Where log lines go: standard error, as text or one JSON object per line. In the background that is a file, which
/// is put aside when it is full.
enum LogSetup {
  static func logger(
    _ settings: Configuration.Daemon, _ rotation: LogRotation, _ secrets: KnownSecrets
  ) -> Logger {
    let level = Logger.Level(rawValue: settings.logLevel.rawValue) ?? .info
    var logger = Logger(label: "looper") { label in
      switch settings.logFormat {
      case .text: handler(StreamLogHandler.standardError(label: label), rotation, secrets)
      case .json: handler(JSONLogHandler(), rotation, secrets)
      }
    }
    logger.logLevel = level
    return logger
  }

  private static func handler(
    _ handler: some LogHandler, _ rotation: LogRotation, _ secrets: KnownSecrets
  ) -> any LogHandler {
    MaskingLogHandler(handler: RotatingLogHandler(handler: handler, rotation: rotation), secrets: secrets)
  }
}

/// One JSON object per line: `at`, `level`, `message`, then the metadata.
struct JSONLogHandler: LogHandler {
  var logLevel = Logger.Level.info
  var metadata = Logger.Metadata()

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var line: [String: JSONValue] = [:]
    for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }) {
      line[key] = .string("\(value)")
    }
    line["at"] = .string(SystemTime().now.iso8601)
    line["level"] = .string(event.level.rawValue)
    line["message"] = .string("\(event.message)")
    // Best effort: a log line that cannot be written has nowhere to be reported.
    guard let data = try? JSONEncoder().encode(JSONValue.object(line)) else { return }
    try? FileHandle.standardError.write(contentsOf: data + Data("\n".utf8))
  }
}
