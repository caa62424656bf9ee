import Foundation
import Hummingbird
import Testing

@testable import Looper

@Suite("Whatever is asked, the answer is in the envelope and never the daemon's fault")
struct APIFuzzTests {
  private static let requests = 500

  @Test("requests made from the OpenAPI document", arguments: [1, 2, 3, 4] as [UInt64])
  func fuzz(seed: UInt64) async throws {
    let document = try OpenAPIDocument.document()
    try await OpsScene.with { scene in
      _ = try await scene.startWork()
      var fuzzer = RequestFuzzer(document, seed: seed)
      let asking = APIAsking(scene.operations)
      let judge = AnswerJudge(document: document)
      var statuses: [Int: Int] = [:]
      for number in 0..<Self.requests {
        let made = fuzzer.next()
        let answer = try await asking.ask(
          made.path, method: made.method, body: made.body, headers: made.headers)
        statuses[answer.status, default: 0] += 1
        let problem = judge.problem(answer, to: made.method.rawValue, made.path)
        #expect(problem == nil, "seed \(seed), request \(number): \(made)")
      }
      // A fuzzer whose requests are all refused at the door tests only the door.
      #expect(statuses[200, default: 0] > Self.requests / 20, "\(statuses)")
      #expect(statuses.count > 5, "\(statuses)")
    }
  }

  @Test("the check finds an answer outside the envelope, or not as the document has it")
  func finds() throws {
    let judge = AnswerJudge(document: try OpenAPIDocument.document())
    func problem(_ status: Int, _ text: String, _ type: String = "application/json") -> String? {
      let answer = APIAsking.Answer(status: status, headers: [.contentType: type], text: text)
      return judge.problem(answer, to: "GET", "/api/v1/version?x=1")
    }
    #expect(problem(200, #"{"data":{"version":"1"},"ok":true}"#) == nil)
    #expect(problem(404, #"{"error":{"code":"not_found","message":""},"ok":false}"#) == nil)
    #expect(problem(200, #"{"data":{},"ok":true}"#) != nil)
    #expect(problem(200, #"{"data":{"version":"1","more":1},"ok":true}"#) != nil)
    #expect(problem(500, #"{"error":{"code":"internal","message":""},"ok":false}"#) != nil)
    #expect(problem(404, "not found", "text/plain") != nil)
    #expect(problem(404, #"{"error":{"code":"conflict","message":""},"ok":false}"#) != nil)
    #expect(problem(404, #"{"error":{"code":"not_found"},"ok":false}"#) != nil)
    #expect(problem(200, "[]") != nil)
  }
}
