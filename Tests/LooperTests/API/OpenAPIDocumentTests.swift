import Foundation
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
    let text = try await APIAsking(operations).get("/" + path.joined(separator: "/"))
    let document = try OpenAPIDocument.document()
    let described = document["paths"]?[OpenAPIDocument.path(route.pattern)]?["get"]
    let schema = try #require(
      described?["responses"]?["200"]?["content"]?[operation.mediaType]?["schema"])
    let answer: JSONValue =
      operation.mediaType == "application/json"
      ? try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) : .string(text)
    #expect(SchemaCheck(document: document).problems(answer, schema) == [])
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
