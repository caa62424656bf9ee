/// The caller, the repository and who may do what.
extension ForgeRouter {
  static let repositoryRoutes: [ForgeRoute] = [
    ForgeRoute("GET", "/user") { session, _ in ForgeResponse(200, ForgeView(session).user(session.viewer)) },
    ForgeRoute("GET", "/users/{u}") { session, call in
      guard let user = session.state.users[call.path("u").lowercased()] else { throw ForgeRefusal.notFound }
      return ForgeResponse(200, ForgeView(session).user(user.login))
    },
    ForgeRoute("GET", "/rate_limit") { _, call in rateLimit(call.usage) },
    ForgeRoute("GET", "/repos/{o}/{r}") { session, call in
      let repository = try session.repository(call.repositoryName)
      return ForgeResponse(200, ForgeView(session).repository(repository, viewer: session.viewer))
    },
    ForgeRoute("GET", "/repos/{o}/{r}/collaborators/{u}/permission") { session, call in
      try permission(session, call)
    },
    ForgeRoute("GET", "/repos/{o}/{r}/rules/branches/{b*}") { session, call in try rules(session, call) },
    ForgeRoute("GET", "/repos/{o}/{r}/branches/{b*}/protection") { session, call in
      try protection(session, call)
    },
    ForgeRoute("GET", "/repos/{o}/{r}/branches/{b*}/protection/required_status_checks") { session, call in
      guard let checks = try protection(session, call).json?["required_status_checks"] else {
        throw ForgeRefusal(status: 404, message: "Required status checks not enabled")
      }
      return ForgeResponse(200, checks)
    },
  ]

  private static func rateLimit(_ usage: ForgeUsages) -> ForgeResponse {
    func view(_ usage: ForgeUsage) -> JSONValue {
      [
        "limit": ForgeJSON.number(usage.limit), "used": ForgeJSON.number(usage.used),
        "remaining": ForgeJSON.number(usage.remaining), "reset": .integer(usage.reset.milliseconds / 1000),
      ]
    }
    return ForgeResponse(
      200, ["resources": ["core": view(usage.rest), "graphql": view(usage.graph)], "rate": view(usage.rest)])
  }

  private static func permission(_ session: ForgeSession, _ call: ForgeCall) throws -> ForgeResponse {
    let repository = try session.repository(call.repositoryName)
    guard repository.permission(of: session.viewer) >= .write else {
      throw ForgeRefusal.forbidden("Must have push access to view collaborator permission.")
    }
    guard let user = session.state.users[call.path("u").lowercased()] else { throw ForgeRefusal.notFound }
    let permission = repository.permission(of: user.login)
    return ForgeResponse(
      200,
      [
        "permission": .string(permission.legacyName), "role_name": .string(permission.rawValue),
        "user": ForgeView(session).user(user.login),
      ])
  }

  private static func rules(_ session: ForgeSession, _ call: ForgeCall) throws -> ForgeResponse {
    let repository = try session.repository(call.repositoryName)
    guard let protection = repository.protections[call.path("b")] else { return ForgeResponse(200, []) }
    var rules: [JSONValue] = []
    if !protection.requiredChecks.isEmpty {
      let checks = protection.requiredChecks.map { check -> JSONValue in
        ["context": .string(check.name), "integration_id": ForgeJSON.number(check.appID)]
      }
      rules.append([
        "type": "required_status_checks",
        "parameters": [
          "strict_required_status_checks_policy": .bool(protection.isStrict),
          "required_status_checks": .array(checks),
        ],
      ])
    }
    if protection.requiredApprovals > 0 {
      rules.append([
        "type": "pull_request",
        "parameters": ["required_approving_review_count": ForgeJSON.number(protection.requiredApprovals)],
      ])
    }
    return try call.page(rules)
  }

  private static func protection(_ session: ForgeSession, _ call: ForgeCall) throws -> ForgeResponse {
    let repository = try session.repository(call.repositoryName)
    guard repository.permission(of: session.viewer) >= .write else { throw ForgeRefusal.notFound }
    guard let protection = repository.protections[call.path("b")] else {
      throw ForgeRefusal(status: 404, message: "Branch not protected")
    }
    var members: [String: JSONValue] = ["enforce_admins": ["enabled": false]]
    if !protection.requiredChecks.isEmpty {
      members["required_status_checks"] = [
        "strict": .bool(protection.isStrict),
        "contexts": .array(protection.requiredChecks.map { .string($0.name) }),
        "checks": .array(
          protection.requiredChecks.map {
            ["context": .string($0.name), "app_id": ForgeJSON.number($0.appID)]
          }),
      ]
    }
    if protection.requiredApprovals > 0 {
      members["required_pull_request_reviews"] = [
        "required_approving_review_count": ForgeJSON.number(protection.requiredApprovals)
      ]
    }
    return ForgeResponse(200, .object(members))
  }
}
