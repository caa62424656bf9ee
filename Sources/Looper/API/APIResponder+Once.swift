import Foundation
import HTTPTypes
import Hummingbird

/// Requests that are to be done once: `POST` with the header `Idempotency-Key`.
extension APIResponder {
  /// In lower case.
  static let keyHeader = "idempotency-key"
  /// On an answer that was given before.
  static let replayedHeader = HTTPField.Name("idempotency-replayed")

  /// The request as one that is done once; nil when its sender does not ask for that.
  ///
  /// - Throws: `bad_request` for a key that cannot be one.
  static func idempotent(_ request: Request, body: Data) throws(LooperError) -> IdempotentRequest? {
    guard request.method == .post, let key = header(keyHeader, of: request) else { return nil }
    // The tag tells mistakes apart; who sends two requests with one tag on purpose only fools himself.
    let fingerprint = EntityTag.tag(of: Data("\(request.uri)\n".utf8) + body)
    guard let result = IdempotentRequest(key: key, fingerprint: fingerprint) else {
      throw LooperError(
        .badRequest,
        "an Idempotency-Key has 1 to \(IdempotentRequest.keyLengthMax) characters of visible ASCII")
    }
    return result
  }

  /// Does `work` when this is the request's first arrival, else gives the first answer again.
  func once(
    _ request: IdempotentRequest, _ work: () async throws -> APIAnswer
  ) async throws -> Response {
    switch try await operations.claim(request) {
    case .first: return try await settle(request, work)
    case .answered(let kept):
      var response = Self.response(Data(kept.body.utf8), status: kept.status)
      if let name = Self.replayedHeader { response.headers[name] = "true" }
      return response
    case .unsettled:
      throw LooperError(
        .conflict,
        "a request with this Idempotency-Key is being done, or was when the daemon stopped; look what became of it"
      )
    case .otherRequest:
      throw LooperError(
        .validation, "this Idempotency-Key belongs to another request; use a new one for each")
    }
  }

  /// An answer that says "try again" frees the key: nothing was done. What broke or was cut off in the middle
  /// leaves it unsettled: nobody knows.
  private func settle(
    _ request: IdempotentRequest, _ work: () async throws -> APIAnswer
  ) async throws -> Response {
    let kept: KeptAnswer
    let mask = operations.mask
    do {
      guard case .data(let value) = try await work() else {
        throw LooperError(.internal, "a POST must answer with data")
      }
      let body = mask.masked(json: try Envelope.data(of: value))
      kept = KeptAnswer(status: 200, body: String(decoding: body, as: UTF8.self))
    } catch let error as LooperError where !Task.isCancelled {
      if error.code == .internal { throw error }
      guard ![.rateLimit, .timeout, .tooEarly, .unavailable].contains(error.code) else {
        try await operations.settle(request, with: nil)
        throw error
      }
      let body = mask.masked(json: Envelope.data(of: error))
      kept = KeptAnswer(status: error.code.httpStatus, body: String(decoding: body, as: UTF8.self))
    }
    try await operations.settle(request, with: kept)
    return Self.response(Data(kept.body.utf8), status: kept.status)
  }
}
