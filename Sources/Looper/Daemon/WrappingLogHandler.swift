import Logging

/// A log handler around another one, which keeps level and metadata.
protocol WrappingLogHandler: LogHandler {
  associatedtype Handler: LogHandler
  var handler: Handler { get set }
}

extension WrappingLogHandler {
  var logLevel: Logger.Level {
    get { handler.logLevel }
    set { handler.logLevel = newValue }
  }

  var metadata: Logger.Metadata {
    get { handler.metadata }
    set { handler.metadata = newValue }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { handler[metadataKey: key] }
    set { handler[metadataKey: key] = newValue }
  }
}
