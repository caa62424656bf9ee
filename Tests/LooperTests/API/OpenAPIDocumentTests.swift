import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Testing

@testable import Looper

@Suite("The OpenAPI document is what the API does")
struct OpenAPIDocumentTests {
  private static let page = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "docs/api.md")

  /// Set it to have the committed page written anew.
  private static let updateVariable = "UPDATE_REFERENCE"

  @Test("every route is documented, and nothing else is")
  func bothWays() throws {
    let routes = Set(APIRoutes.all.map { "\($0.method.rawValue) \($0.pattern)" })
    let documented = OpenAPIOperation.table.map { "\($0.method.rawValue) \($0.pattern)" }
    #expect(Set(documented) == routes)
    #expect(Set(documented).count == documented.count)
    #expect(Set(OpenAPIOperation.table.map(\.id)).count == documented.count)
    for route in APIRoutes.all {
      for name in route.query { #expect(OpenAPIParameter.inQuery[name] != nil, "\(name)") }
      for part in route.pattern.split(separator: "/") where ":*".contains(part.first ?? "-") {
        #expect(OpenAPIParameter.inPath[String(part.dropFirst())] != nil, "\(part)")
      }
    }
  }

  @Test("the served text is the document")
  func served() throws {
    let text = try JSONDecoder().decode(JSONValue.self, from: Data(OpenAPIDocument.text.utf8))
    #expect(text == (try OpenAPIDocument.document()))
    #expect(text["paths"]?["/api/v1/loops/{loop}/why"]?["get"]?["operationId"] == "why")
  }

  @Test("each limit is described as it is checked")
  func limits() throws {
    let paths = try OpenAPIDocument.document()["paths"]
    for route in APIRoutes.all where route.query.contains("limit") {
      let parameters = paths?[route.pattern]?["get"]?["parameters"]?.arrayValue
      let limit = parameters?.first { $0["name"] == "limit" }
      let most = route.pattern.hasSuffix("/events") ? EventPageView.limitMax : PageRequest.limitMax
      #expect(limit?["schema"]?["maximum"] == .integer(Int64(most)), "\(route.pattern)")
    }
  }

  @Test("a wire type's optional members are not required, its lists and enums are spelled out")
  func schema() throws {
    let reader = WireSchemaReader()
    let reference = try reader.reference(to: PageView<HealthView>.self)
    #expect(reference == ["$ref": "#/components/schemas/HealthPage"])
    #expect(
      reader.components["Health"] == [
        "type": "object", "required": ["message", "name", "state"],
        "properties": [
          "name": ["type": "string"], "message": ["type": "string"],
          "state": ["type": "string", "enum": ["ok", "degraded"]],
          "since": ["type": "string", "format": "date-time"],
        ],
      ])
    #expect(reader.components["HealthPage"]?["required"] == ["items"])
    #expect(
      reader.components["HealthPage"]?["properties"]?["items"]
        == ["type": "array", "items": ["$ref": "#/components/schemas/Health"]])
  }

  @Test(
    "every readable route answers what its schema says", arguments: APIRoutes.all.filter { $0.method == .get }
  )
  func answers(route: APIRoute) async throws {
    let operation = try #require(OpenAPIDocument.operation(for: route))
    let operations = FakeOperations()
    operations.change { state in
      state.loops = [Sample.loop()]
      state.runs = [Sample.run(state: "failed")]
      state.projects = [Sample.project()]
      state.log = "text"
      state.needsHuman = [Sample.needsHuman()]
    }
    operations.record([Sample.event(1)])
    let values = [":loop": "L12", ":run": "R34", ":handle": "L12", "*name": "acme/app"]
    let path = route.pattern.split(separator: "/").map { values[String($0)] ?? String($0) }
    // A page of events, of which the schema tells.
    let query = route.query.contains("follow") ? "?follow=false" : ""
    let text = try await APIAsking(operations).get("/" + path.joined(separator: "/") + query)
    let document = try OpenAPIDocument.document()
    let described = document["paths"]?[OpenAPIDocument.path(route.pattern)]?["get"]
    let schema = try #require(
      described?["responses"]?["200"]?["content"]?[operation.mediaType]?["schema"])
    let answer: JSONValue =
      operation.mediaType == "application/json"
      ? try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) : .string(text)
    #expect(SchemaCheck(document: document).problems(answer, schema) == [])
  }

  /// A valid body per route that takes one.
  private static let bodies: [String: JSONValue] = [
    "addProject": ["name": "acme/shop", "base": "main"], "syncProjects": ["project": "acme/app"],
    "startLoop": ["url": "acme/app#34", "vendor": "codex", "no_plan": true], "answerLoop": ["text": "yes"],
    "cleanUpWorktrees": ["is_dry_run": true],
  ]

  private static let changing = APIRoutes.all.filter { $0.method != .get }

  private static func path(_ route: APIRoute) -> String {
    let values = [":loop": "L12", ":run": "R34", ":item": "7", "*name": "acme/app"]
    return "/"
      + route.pattern.split(separator: "/").map { values[String($0)] ?? String($0) }.joined(separator: "/")
  }

  private static func served() -> FakeOperations {
    let operations = FakeOperations()
    var run = Sample.run(state: "failed")
    run.endedAt = Sample.now
    operations.change { state in
      state.runs = [run]
      state.loops = [Sample.loop()]
      state.projects = [Sample.project()]
      state.queue = [Sample.queueItem()]
      state.worktrees = Sample.worktrees
    }
    return operations
  }

  @Test("every changing route takes what its schema says and answers what it says", arguments: changing)
  func changes(route: APIRoute) async throws {
    let operation = try #require(OpenAPIDocument.operation(for: route))
    let document = try OpenAPIDocument.document()
    let check = SchemaCheck(document: document)
    let described = document["paths"]?[OpenAPIDocument.path(route.pattern)]?[
      route.method.rawValue.lowercased()]
    let taken = described?["requestBody"]?["content"]?["application/json"]?["schema"]
    let body = Self.bodies[operation.id]
    #expect((taken == nil) == (body == nil))
    if let body, let taken { #expect(check.problems(body, taken) == []) }
    let sent = try body.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) } ?? ""
    let answer = try await APIAsking(Self.served()).ask(
      Self.path(route), method: .init(rawValue: route.method.rawValue) ?? .post, body: sent,
      headers: body == nil ? [:] : [.contentType: "application/json"])
    #expect(answer.status == 200)
    let schema = try #require(described?["responses"]?["200"]?["content"]?["application/json"]?["schema"])
    let value = try JSONDecoder().decode(JSONValue.self, from: Data(answer.text.utf8))
    #expect(check.problems(value, schema) == [])
  }

  @Test("every refusal is what the document calls one", arguments: APIRoutes.all)
  func refusals(route: APIRoute) async throws {
    let document = try OpenAPIDocument.document()
    let schema = try #require(
      document["components"]?["responses"]?["Refusal"]?["content"]?["application/json"]?["schema"])
    let operations = Self.served()
    var foreign = APIAsking(operations)
    foreign.door = .tcp(host: "127.0.0.1", token: "secret")
    var answers = [try await APIAsking(operations).ask(Self.path(route), method: .patch)]
    answers.append(try await APIAsking(operations).ask(Self.path(route) + "?odd=1", method: .patch))
    let method = HTTPRequest.Method(rawValue: route.method.rawValue) ?? .get
    if ![APIRoutes.health, APIRoutes.readiness].contains(route.pattern) {
      answers.append(try await foreign.ask(Self.path(route), method: method))
    }
    let json: HTTPFields = [.contentType: "application/json"]
    if OpenAPIDocument.operation(for: route)?.body != nil {
      answers.append(
        try await APIAsking(operations).ask(Self.path(route), method: method, body: "{", headers: json))
      answers.append(
        try await APIAsking(operations).ask(Self.path(route), method: method, body: "[1]", headers: json))
    }
    for answer in answers {
      #expect(answer.status >= 400)
      let value = try JSONDecoder().decode(JSONValue.self, from: Data(answer.text.utf8))
      #expect(SchemaCheck(document: document).problems(value, schema) == [])
    }
  }

  @Test("the check finds what does not fit")
  func checkFinds() throws {
    let document = try OpenAPIDocument.document()
    let check = SchemaCheck(document: document)
    let schema: JSONValue = ["$ref": "#/components/schemas/Health"]
    #expect(check.problems(["name": "a", "message": "", "state": "ok"], schema).isEmpty)
    #expect(
      check.problems(["name": 1, "state": "odd", "extra": true], schema) == [
        "$ lacks message", "$.extra is not described", "$.name is a number", "$.state is odd",
      ])
  }

  @Test("the committed page is up to date")
  func committed() throws {
    let text = try OpenAPIReference.markdown()
    if ProcessInfo.processInfo.environment[Self.updateVariable] != nil {
      try Data(text.utf8).write(to: Self.page)
    }
    #expect(try String(contentsOf: Self.page, encoding: .utf8) == text)
  }
}
