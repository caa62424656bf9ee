/// Labels of the repository and of its issues.
extension ForgeRouter {
  static let labelRoutes: [ForgeRoute] = [
    ForgeRoute("GET", "/repos/{o}/{r}/labels") { session, call in
      let repository = try session.repository(call.repositoryName)
      let rows = session.state.labels.rows.filter { $0.repositoryID == repository.id }
      return try call.page(rows.map(ForgeView(session).label))
    },
    ForgeRoute("POST", "/repos/{o}/{r}/labels") { session, call in
      let repository = try session.repository(call.repositoryName)
      let body = try call.body(allowing: ["name", "color", "description"])
      let label = try session.createLabel(
        in: repository, name: try body.requiredText("name", of: "Label"),
        color: try body.text("color") ?? "ededed",
        description: try body.text("description"))
      return ForgeResponse(201, ForgeView(session).label(label))
    },
    ForgeRoute("GET", "/repos/{o}/{r}/labels/{name*}") { session, call in
      let repository = try session.repository(call.repositoryName)
      guard let label = session.state.label(call.path("name"), in: repository.id) else {
        throw ForgeRefusal.notFound
      }
      return ForgeResponse(200, ForgeView(session).label(label))
    },
    ForgeRoute("GET", "/repos/{o}/{r}/issues/{n}/labels") { session, call in
      try call.page(session.state.labels(of: try issue(session, call)).map(ForgeView(session).label))
    },
    ForgeRoute("POST", "/repos/{o}/{r}/issues/{n}/labels") { session, call in
      let names = try labelNames(call)
      let labels = try session.addLabels(names, to: try issue(session, call))
      return ForgeResponse(200, .array(labels.map(ForgeView(session).label)))
    },
    ForgeRoute("PUT", "/repos/{o}/{r}/issues/{n}/labels") { session, call in
      let names = try labelNames(call)
      let labels = try session.setLabels(names, of: try issue(session, call))
      return ForgeResponse(200, .array(labels.map(ForgeView(session).label)))
    },
    ForgeRoute("DELETE", "/repos/{o}/{r}/issues/{n}/labels") { session, call in
      _ = try session.setLabels([], of: try issue(session, call))
      return .noContent
    },
    ForgeRoute("DELETE", "/repos/{o}/{r}/issues/{n}/labels/{name*}") { session, call in
      let labels = try session.removeLabel(call.path("name"), from: try issue(session, call))
      return ForgeResponse(200, .array(labels.map(ForgeView(session).label)))
    },
  ]

  /// `{"labels": [...]}`, or the bare array GitHub also takes.
  private static func labelNames(_ call: ForgeCall) throws -> [String] {
    if let bare = ForgeResponse(status: 200, body: call.request.body).json?.arrayValue {
      return try ForgeBody(members: ["labels": .array(bare)]).texts("labels") ?? []
    }
    guard let names = try call.body(allowing: ["labels"]).texts("labels") else {
      throw ForgeRefusal.invalid("Issue", "labels", code: "missing_field")
    }
    return names
  }
}
