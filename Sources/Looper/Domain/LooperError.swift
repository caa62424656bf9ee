/// An error that a person or a program meets at the process boundary: the CLI's exit status and the API's
/// HTTP status both follow from its ``code``, in one switch each.
struct LooperError: Error, Hashable, Sendable {
  var code: Code
  /// Lower case, no full stop: what failed, on which thing, what to do.
  var message: String
  var details: JSONValue?

  init(_ code: Code, _ message: String, details: JSONValue? = nil) {
    self.code = code
    self.message = message
    self.details = details
  }

  /// The closed set of API error codes.
  enum Code: String, Codable, Sendable, CaseIterable {
    case `internal`
    case notFound = "not_found"
    case badRequest = "bad_request"
    case validation
    case auth
    case forbidden
    case rateLimit = "rate_limit"
    case conflict
    case unavailable
    case timeout
    case payloadTooLarge = "payload_too_large"
    case unsupportedMediaType = "unsupported_media_type"
    case methodNotAllowed = "method_not_allowed"
    case notAcceptable = "not_acceptable"
    case gone
    case preconditionFailed = "precondition_failed"
    case tooEarly = "too_early"
    case upgradeRequired = "upgrade_required"
    case loopDetected = "loop_detected"
  }
}

extension LooperError.Code {
  var httpStatus: Int {
    switch self {
    case .internal: 500
    case .notFound: 404
    case .badRequest: 400
    case .validation: 422
    case .auth: 401
    case .forbidden: 403
    case .rateLimit: 429
    case .conflict: 409
    case .unavailable: 503
    case .timeout: 408
    case .payloadTooLarge: 413
    case .unsupportedMediaType: 415
    case .methodNotAllowed: 405
    case .notAcceptable: 406
    case .gone: 410
    case .preconditionFailed: 412
    case .tooEarly: 425
    case .upgradeRequired: 426
    case .loopDetected: 508
    }
  }

  /// 1 failed, 2 usage, 3 daemon not reachable, 4 not found, 5 refused in this state.
  var exitStatus: Int32 {
    switch self {
    case .badRequest, .validation, .payloadTooLarge, .unsupportedMediaType, .methodNotAllowed, .notAcceptable:
      2
    case .unavailable: 3
    case .notFound, .gone: 4
    case .conflict, .forbidden, .preconditionFailed, .tooEarly, .upgradeRequired: 5
    case .internal, .auth, .rateLimit, .timeout, .loopDetected: 1
    }
  }
}

extension LooperError: CustomStringConvertible {
  var description: String { message }
}
