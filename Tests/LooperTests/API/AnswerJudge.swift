import Foundation
import HTTPTypes

@testable import Looper

/// Says what is wrong with an answer, by the OpenAPI document.
struct AnswerJudge {
  let document: JSONValue

  /// - Returns: nil when nothing is.
  func problem(_ answer: APIAsking.Answer, to method: String, _ target: String) -> String? {
    if answer.status >= 500 { return "status \(answer.status): \(answer.text.prefix(300))" }
    // What is refused before its headers are understood has no method yet; the connection ends with its answer.
    let isUnread = answer.status == 400 && answer.headers[.connection] == "close"
    if method == "HEAD", !isUnread { return answer.text.isEmpty ? nil : "a body to HEAD" }
    if answer.status == 304 { return answer.text.isEmpty ? nil : "a body with 304" }
    let type = answer.headers[.contentType] ?? ""
    if answer.status == 200, type != "application/json" {
      let isKnown = type == MetricsText.mediaType || type == "text/event-stream"
      return isKnown ? nil : "an answer of type \(type)"
    }
    // The document itself is not in the envelope, and takes seconds to decode.
    if answer.status == 200, answer.text.hasPrefix("{\"components\":") { return nil }
    guard type == "application/json",
      let value = try? JSONDecoder().decode(JSONValue.self, from: Data(answer.text.utf8))
    else { return "not JSON: \(type) \(answer.text.prefix(200))" }
    guard answer.status == 200 else { return refusalProblem(value, answer.status) }
    guard let schema = schema(of: method, target) else { return "an answer to nothing that is documented" }
    return SchemaCheck(document: document).problems(value, schema).first
  }

  private func refusalProblem(_ value: JSONValue, _ status: Int) -> String? {
    let schema = document["components"]?["responses"]?["Refusal"]?["content"]?["application/json"]?["schema"]
    if let problem = SchemaCheck(document: document).problems(value, schema ?? false).first { return problem }
    let code = value["error"]?["code"]?.stringValue.flatMap(LooperError.Code.init(rawValue:))
    return code?.httpStatus == status ? nil : "status \(status) with \(value)"
  }

  /// Of a good answer to the route that the target leads to.
  private func schema(of method: String, _ target: String) -> JSONValue? {
    // The absolute form names a host first (RFC 9112, 3.2.2).
    let origin = target.replacing(/^http:\/\/[^\/]*/, with: "")
    let path = origin.prefix { $0 != "?" && $0 != "#" }.split(separator: "/").map { part in
      String(part).removingPercentEncoding ?? String(part)
    }
    let route = APIRoutes.all.first { $0.method.rawValue == method && $0.match(path) != nil }
    return route.flatMap { route in
      document["paths"]?[OpenAPIDocument.path(route.pattern)]?[method.lowercased()]?["responses"]?["200"]?[
        "content"]?["application/json"]?["schema"]
    }
  }
}
