import Foundation
import Hummingbird
import Testing

@testable import Looper

@Suite("Whatever is asked, the answer is in the envelope and never the daemon's fault")
struct APIFuzzTests {
  private static let requests = 500

  /// What is wrong with an answer; nil when nothing is.
  private func problem(_ answer: APIAsking.Answer, isHead: Bool = false) -> String? {
    if answer.status >= 500 { return "status \(answer.status): \(answer.text)" }
    if isHead { return answer.text.isEmpty ? nil : "a body to HEAD" }
    if answer.status == 304 { return answer.text.isEmpty ? nil : "a body with 304" }
    let type = answer.headers[.contentType] ?? ""
    if answer.status == 200, type != "application/json" { return nil }
    guard type == "application/json",
      // Not into a JSONValue: that takes seconds for the OpenAPI document.
      let value = try? JSONSerialization.jsonObject(with: Data(answer.text.utf8)) as? [String: Any]
    else { return "not JSON: \(type) \(answer.text.prefix(200))" }
    if answer.status == 200 {
      return value["ok"] as? Bool == true || value["openapi"] != nil ? nil : "no envelope"
    }
    guard value["ok"] as? Bool == false, let error = value["error"] as? [String: Any],
      let code = error["code"] as? String,
      let known = LooperError.Code(rawValue: code), known.httpStatus == answer.status
    else { return "status \(answer.status) with \(answer.text.prefix(200))" }
    return nil
  }

  @Test("requests made from the OpenAPI document", arguments: [1, 2, 3, 4] as [UInt64])
  func fuzz(seed: UInt64) async throws {
    let document = try OpenAPIDocument.document()
    try await OpsScene.with { scene in
      _ = try await scene.startWork()
      var fuzzer = RequestFuzzer(document, seed: seed)
      let asking = APIAsking(scene.operations)
      var statuses: [Int: Int] = [:]
      for number in 0..<Self.requests {
        let made = fuzzer.next()
        let answer = try await asking.ask(
          made.path, method: made.method, body: made.body, headers: made.headers)
        statuses[answer.status, default: 0] += 1
        let problem = problem(answer, isHead: made.method == .head)
        #expect(problem == nil, "seed \(seed), request \(number): \(made)")
      }
      // A fuzzer whose requests are all refused at the door tests only the door.
      #expect(statuses[200, default: 0] > Self.requests / 20, "\(statuses)")
      #expect(statuses.count > 5, "\(statuses)")
    }
  }

  @Test("the check finds an answer outside the envelope")
  func finds() {
    func answer(_ status: Int, _ text: String, _ type: String = "application/json") -> APIAsking.Answer {
      APIAsking.Answer(status: status, headers: [.contentType: type], text: text)
    }
    #expect(problem(answer(200, #"{"data":{},"ok":true}"#)) == nil)
    #expect(problem(answer(500, #"{"error":{"code":"internal","message":""},"ok":false}"#)) != nil)
    #expect(problem(answer(404, "not found", "text/plain")) != nil)
    #expect(problem(answer(404, #"{"error":{"code":"conflict","message":""},"ok":false}"#)) != nil)
    #expect(problem(answer(200, "[]")) != nil)
  }
}
