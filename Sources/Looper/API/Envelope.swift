import Foundation

/// What every answer of the API is wrapped in: `{"ok": true, "data": …}` or `{"ok": false, "error": …}`.
enum Envelope {
  /// The bytes of a successful answer.
  static func data<Value: Encodable>(of value: Value) throws(LooperError) -> Data {
    do {
      return try WireCoding.encoder(for: Value.self).encode(Success(data: value))
    } catch {
      throw LooperError(.internal, "an answer could not be written as JSON: \(error)")
    }
  }

  /// The bytes of a refusal.
  static func data(of error: LooperError) -> Data {
    let refusal = Refusal(error: ErrorView(error))
    // Strings and JSON values always encode; the fallback keeps the promise of an envelope all the same.
    return (try? WireCoding.encoder.encode(refusal))
      ?? Data(#"{"error":{"code":"internal","message":"the error could not be written"},"ok":false}"#.utf8)
  }

  /// What an answer holds, or the error it carries.
  static func open<Value: Decodable>(_ data: Data, as type: Value.Type) throws(LooperError) -> Value {
    let decoder = WireCoding.decoder
    if let refusal = try? decoder.decode(Refusal.self, from: data), !refusal.ok {
      throw refusal.error.looperError
    }
    do {
      return try decoder.decode(Opened<Value>.self, from: data).data
    } catch {
      throw LooperError(
        .internal,
        "the daemon's answer was not understood (\(error)); compare `looper version` with the daemon's")
    }
  }

  private struct Success<Value: Encodable>: Encodable {
    var ok = true
    var data: Value
  }

  private struct Opened<Value: Decodable>: Decodable {
    var data: Value
  }

  private struct Refusal: Codable {
    var ok = false
    var error: ErrorView
  }
}

/// A ``LooperError`` on the wire.
struct ErrorView: Codable, Equatable, Sendable {
  /// One of ``LooperError/Code``; a client knows others as `internal`.
  var code: String
  var message: String
  var details: JSONValue?

  init(_ error: LooperError) {
    code = error.code.rawValue
    message = error.message
    details = error.details
  }

  var looperError: LooperError {
    LooperError(LooperError.Code(rawValue: code) ?? .internal, message, details: details)
  }
}
