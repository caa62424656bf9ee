/// What an operator asked to be started, checked.
struct StartOrder: Equatable, Sendable {
  let project: ProjectName
  let subject: Subject
  let vendor: Vendor?
  let model: String?
  let extraArguments: [String]
  let skipsPlan: Bool
  /// A pull request is taken to ready, or only reviewed.
  let isReviewOnly: Bool

  /// Roles a first run can have.
  static let roles: [Role] = [.planner, .worker, .reviewer]
  private static let extraArgumentsMax = 100
  private static let extraArgumentBytesMax = 4096

  /// - Throws: `validation` naming what would be accepted.
  init(_ request: StartRequest) throws(LooperError) {
    guard let address = SubjectURL(request.url, assuming: AssumedHost.name) else {
      throw LooperError(
        .validation,
        "\(request.url) is no issue or pull request; write https://github.com/owner/name/issues/12 or owner/name#12"
      )
    }
    project = address.project
    subject = address.subject
    if case .pull = address.subject {
      isReviewOnly = try Self.isReviewOnly(request)
      skipsPlan = true
    } else {
      isReviewOnly = false
      skipsPlan = try Self.skipsPlan(request)
    }
    model = request.model.flatMap { $0.isEmpty ? nil : $0 }
    vendor = try Self.vendor(request.vendor)
    extraArguments = try Self.extraArguments(request.extraArgs ?? [])
  }

  private static func extraArguments(_ texts: [String]) throws(LooperError) -> [String] {
    guard texts.count <= extraArgumentsMax,
      texts.allSatisfy({ $0.utf8.count <= extraArgumentBytesMax && !$0.utf8.contains(0) })
    else {
      throw LooperError(
        .validation,
        "extra_args must be at most \(extraArgumentsMax) texts of at most \(extraArgumentBytesMax) bytes without a NUL"
      )
    }
    return texts
  }

  private static func isReviewOnly(_ request: StartRequest) throws(LooperError) -> Bool {
    switch request.role {
    case nil: return false
    case Role.reviewer.rawValue?: return true
    case let text?:
      throw LooperError(
        .validation,
        "a pull request is taken to ready, or reviewed with the role reviewer; \(text) is neither")
    }
  }

  private static func vendor(_ text: String?) throws(LooperError) -> Vendor? {
    guard let text else { return nil }
    guard let vendor = Vendor(rawValue: text) else {
      throw LooperError(
        .validation, "\(text) is not a vendor; use claude-code, codex, opencode, cursor or custom")
    }
    return vendor
  }

  private static func skipsPlan(_ request: StartRequest) throws(LooperError) -> Bool {
    let noPlan = request.noPlan ?? false
    guard let text = request.role else { return noPlan }
    switch Role(rawValue: text) {
    case .planner?:
      guard !noPlan else { throw LooperError(.validation, "the role planner and no-plan exclude each other") }
      return false
    case .worker?: return true
    case .reviewer?, .fixer?:
      throw LooperError(
        .validation,
        "a loop cannot start with the role \(text): there is nothing to review yet; use planner or worker")
    case nil: throw LooperError(.validation, "\(text) is not a role; use planner or worker")
    }
  }
}

extension StartRequest {
  /// Itself, when it can be ordered.
  func checked() throws(LooperError) -> Self {
    _ = try StartOrder(self)
    return self
  }
}
