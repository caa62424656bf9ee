import Foundation
import HTTPTypes
import Hummingbird
import Testing

@testable import Looper

@Suite("A POST with a key is done once")
struct IdempotencyTests {
  private let operations = FakeOperations()

  private func post(
    _ body: String = #"{"url":"acme/app#1"}"#, key: String?, path: String = "/api/v1/loops"
  ) async throws -> APIAsking.Answer {
    var headers: HTTPFields = [.contentType: "application/json"]
    if let key { headers[try #require(HTTPField.Name("Idempotency-Key"))] = key }
    return try await APIAsking(operations).ask(path, method: .post, body: body, headers: headers)
  }

  private func code(_ answer: APIAsking.Answer) throws -> String? {
    try JSONDecoder().decode(JSONValue.self, from: Data(answer.text.utf8))["error"]?["code"]?.stringValue
  }

  private var timesDone: Int { operations.read { $0.started.count } }
  private let replayed = HTTPField.Name("Idempotency-Replayed")

  @Test("sent again it gets the first answer again, and nothing is done")
  func again() async throws {
    let name = try #require(replayed)
    let first = try await post(key: "one")
    #expect(first.status == 200)
    #expect(first.headers[name] == nil)
    let second = try await post(key: "one")
    #expect(second.status == 200)
    #expect(second.text == first.text)
    #expect(second.headers[name] == "true")
    #expect(timesDone == 1)
  }

  @Test("without a key, or with another, it is done again")
  func others() async throws {
    for key in ["one", "two", nil, nil] { _ = try await post(key: key) }
    #expect(timesDone == 4)
  }

  @Test("another body or another path with the same key is refused")
  func otherRequest() async throws {
    _ = try await post(key: "one")
    #expect(try code(try await post(#"{"url":"acme/app#2"}"#, key: "one")) == "validation")
    #expect(try code(try await post(key: "one", path: "/api/v1/projects")) == "validation")
    #expect(timesDone == 1)
  }

  @Test("a refusal is an answer too")
  func refusal() async throws {
    let first = try await post("", key: "one", path: "/api/v1/loops/L1/pause")
    #expect(first.status == 404)
    operations.change { $0.loops = [Sample.loop(id: "L1")] }
    let second = try await post("", key: "one", path: "/api/v1/loops/L1/pause")
    #expect(second.status == 404)
    #expect(second.text == first.text)
  }

  @Test("an answer that says to try again frees the key")
  func tryAgain() async throws {
    operations.change { $0.failure = LooperError(.unavailable, "later") }
    #expect(try await post("", key: "one", path: "/api/v1/loops/L1/pause").status == 503)
    operations.change {
      $0.failure = nil
      $0.loops = [Sample.loop(id: "L1")]
    }
    #expect(try await post("", key: "one", path: "/api/v1/loops/L1/pause").status == 200)
  }

  @Test("while nobody can say whether it was done, it is not done again")
  func unsettled() async throws {
    operations.change { $0.failure = LooperError(.internal, "broken") }
    #expect(try await post("", key: "one", path: "/api/v1/loops/L1/pause").status == 500)
    operations.change { $0.failure = nil }
    let again = try await post("", key: "one", path: "/api/v1/loops/L1/pause")
    #expect(try code(again) == "conflict")
  }

  @Test("a key that cannot be one is bad_request")
  func badKey() async throws {
    #expect(try code(try await post(key: "a b")) == "bad_request")
    #expect(timesDone == 0)
  }

  @Test("the client's own requests carry a key of their own each")
  func client() async throws {
    try await CommandScene.with { scene in
      scene.operations.change { $0.loops = [Sample.loop(id: "L1")] }
      _ = try await scene.served("pause", "L1")
      _ = try await scene.served("pause", "L1")
      #expect(scene.operations.read { $0.keys.count } == 2)
    }
  }

  @Test("the daemon remembers in its database")
  func daemon() async throws {
    try await OpsScene.with { scene in
      scene.addIssue(12)
      let headers: HTTPFields = [
        .contentType: "application/json", try #require(HTTPField.Name("Idempotency-Key")): "one",
      ]
      let asking = APIAsking(scene.operations)
      func start() async throws -> APIAsking.Answer {
        try await asking.ask(
          "/api/v1/loops", method: .post, body: #"{"url":"acme/tool#12"}"#, headers: headers)
      }
      let first = try await start()
      #expect(first.status == 200)
      let events = try await scene.store.lastEventSequence()
      #expect(try await start().text == first.text)
      #expect(try await scene.store.lastEventSequence() == events)
    }
  }
}
