/// What an operator asked to be started, checked.
struct StartOrder: Equatable, Sendable {
  let project: ProjectName
  let subject: Subject
  let vendor: Vendor?
  let model: String?
  let extraArguments: [String]
  let skipsPlan: Bool
  /// The role that was asked for; without a plan is the worker.
  let role: Role?
  /// A pull request is taken to ready, or only reviewed.
  let isReviewOnly: Bool

  /// Roles a first run can have.
  static let roles: [Role] = [.planner, .worker, .reviewer]
  private static let extraArgumentsMax = 100
  private static let extraArgumentBytesMax = 4096

  /// Every order that a request can be: of `owner/name#12` one about the issue and one about the pull request.
  ///
  /// - Throws: `validation` naming what would be accepted, when it can be none.
  static func readings(of request: StartRequest) throws(LooperError) -> [Self] {
    guard let address = SubjectURL(request.url, assuming: AssumedHost.name) else {
      throw LooperError(
        .validation,
        "\(request.url) is no issue or pull request; write https://github.com/owner/name/issues/12 or owner/name#12"
      )
    }
    guard address.isShorthand else { return [try Self(request, address.project, address.subject)] }
    // What cannot be ordered of the one kind may be meant of the other.
    let ofPull = try? Self(request, address.project, address.pull)
    do throws(LooperError) {
      return [try Self(request, address.project, address.subject)] + [ofPull].compactMap(\.self)
    } catch {
      guard let ofPull else { throw error }
      return [ofPull]
    }
  }

  private init(
    _ request: StartRequest, _ project: ProjectName, _ subject: Subject
  ) throws(LooperError) {
    self.project = project
    self.subject = subject
    if case .pull = subject {
      isReviewOnly = try Self.isReviewOnly(request)
      skipsPlan = true
      role = isReviewOnly ? .reviewer : nil
    } else {
      isReviewOnly = false
      skipsPlan = try Self.skipsPlan(request)
      role = skipsPlan ? .worker : request.role.flatMap(Role.init(rawValue:))
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
    _ = try StartOrder.readings(of: self)
    return self
  }
}
