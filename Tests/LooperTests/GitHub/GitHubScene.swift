import Foundation
import Synchronization

@testable import Looper

/// Hands calls to a local GitHub in this process, as `gh` would over the network.
struct ForgeTransport: GhTransport {
  var forge: LocalForge
  var token = "dummy"

  func send(_ request: GhRequest) async throws(Failure) -> GhAnswer {
    let headers = ["authorization": "token \(token)", "host": "api.\(request.host)"]
    let response = await forge.handle(
      ForgeRequest(
        request.method.rawValue, target: "/\(request.path)", headers: headers,
        body: request.body.map(ForgeJSON.encode) ?? Data()))
    guard !response.isLost else { return GhAnswer(isComplete: false, complaint: "unexpected EOF") }
    return GhAnswer(
      status: response.status, headers: response.headers, body: response.body,
      isComplete: response.status < 400)
  }
}

/// Answers each call with what was put in for it, in order.
final class ScriptedTransport: GhTransport {
  private let answers: [GhAnswer]
  private let asked = Mutex<[String]>([])

  init(_ answers: [GhAnswer]) { self.answers = answers }

  /// What was called, in order.
  var paths: [String] { asked.withLock { $0 } }
  var callCount: Int { paths.count }

  func send(_ request: GhRequest) async throws(Failure) -> GhAnswer {
    let index = asked.withLock { paths in
      paths.append(request.path)
      return paths.count - 1
    }
    guard answers.indices.contains(index) else { throw Failure(.bug, "no answer scripted for call \(index)") }
    return answers[index]
  }
}

/// Adds to a look's answer that something of the pull request may not be read.
struct RefusingTransport: GhTransport {
  var base: ForgeTransport
  /// Below the pull request.
  var path: [JSONValue]

  func send(_ request: GhRequest) async throws(Failure) -> GhAnswer {
    var answer = try await base.send(request)
    guard var json = answer.json?.objectValue, json["data"]?["repository"]?["pullRequest"] != nil else {
      return answer
    }
    json["errors"] = [
      [
        "type": "FORBIDDEN", "message": "Resource not accessible by personal access token",
        "path": .array(["repository", "pullRequest"] + path),
      ]
    ]
    answer.body = ForgeJSON.encode(.object(json))
    return answer
  }
}

/// The clock of a ``ForgeScene`` as the adapter sees it.
struct ForgeSceneTime: TimeSource {
  var clock: ForgeClock
  var now: Timestamp { clock.now }
  func sleep(until deadline: Timestamp) async throws {}
}

extension ForgeScene {
  static let project = ProjectName("acme/shop")

  var github: GitHub { GitHub(transport: ForgeTransport(forge: forge), time: ForgeSceneTime(clock: clock)) }
}

extension GhAnswer {
  static func sample(
    _ status: Int?, headers: [String: String] = [:], _ body: String = "{}", complaint: String = ""
  ) -> GhAnswer {
    GhAnswer(
      status: status, headers: headers, body: Data(body.utf8), isComplete: (status ?? 500) < 300,
      complaint: complaint)
  }
}
