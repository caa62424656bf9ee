import Logging
import Synchronization

/// What this daemon must not say: one mask for its log, its answers and its events.
final class KnownSecrets: Sendable {
  private let state = Mutex(SecretMask())

  /// As of the last ``learn(_:)``.
  var mask: SecretMask { state.withLock { $0 } }

  /// Takes the place of what was known: secrets change with the configuration and in their own files.
  func learn(_ secrets: OperatorSecrets) {
    let fresh = SecretMask(own: secrets.known())
    state.withLock { $0 = fresh }
  }
}

/// A handler whose lines hold no secret, wherever they come from.
struct MaskingLogHandler<Handler: LogHandler>: WrappingLogHandler {
  var handler: Handler
  let secrets: KnownSecrets

  func log(event: LogEvent) {
    let mask = secrets.mask
    var shown = event
    shown.message = Logger.Message(stringLiteral: mask.masked("\(event.message)"))
    shown.metadata = event.metadata?.mapValues { value in
      let text = "\(value)"
      let masked = mask.masked(text)
      return masked == text ? value : .string(masked)
    }
    // What a handler makes of it we cannot see.
    if let error = event.error, mask.masked("\(error)") != "\(error)" { shown.error = nil }
    handler.log(event: shown)
  }
}
