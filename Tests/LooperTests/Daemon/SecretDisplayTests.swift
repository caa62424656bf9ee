import Foundation
import HTTPTypes
import Logging
import Synchronization
import Testing

@testable import Looper

@Suite("What the daemon says holds no secret of its operator, whatever it was told")
struct SecretDisplayTests {
  private static let secret = "hunter2/secret-value"

  /// What a log was handed.
  private final class Kept: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func append(_ line: String) { lines.withLock { $0.append(line) } }
  }

  /// Keeps what it is handed.
  private struct Keeping: LogHandler {
    let kept = Kept()
    var logLevel = Logger.Level.trace
    var metadata = Logger.Metadata()
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }
    func log(event: LogEvent) {
      let more = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
      kept.append("\(event.message) \(more) \(event.error.map { "\($0)" } ?? "-")")
    }
  }

  private func secrets(_ environment: [String: String], list: String = "") -> OperatorSecrets {
    var configuration = Configuration()
    configuration.trust.secretsFile = list
    let fixed = configuration
    return OperatorSecrets(environment: environment, token: "token-of-the-api", configuration: { fixed })
  }

  @Test("a log line: message, metadata however deep, and error")
  func log() {
    let known = KnownSecrets()
    let keeping = Keeping()
    let log = Logger(label: "test") { _ in MaskingLogHandler(handler: keeping, secrets: known) }
    known.learn(secrets(["A_TOKEN": Self.secret]))
    log.info("it said \(Self.secret)", metadata: ["list": ["x", "\(Self.secret)"], "plain": "y"])
    log.error("failed", error: Failure(.bug, "with token-of-the-api"))
    #expect(
      keeping.kept.all == [
        #"it said ******** list=["x", "********"] plain=y -"#, "failed  -",
      ])
  }

  @Test(
    "a list that others can read is no reason to show what is known otherwise, and what is learnt anew counts"
  )
  func learning() throws {
    try ConfigurationHome.with { home in
      let open = try home.write("from-the-list\n", to: "secrets", mode: 0o644)
      let known = KnownSecrets()
      known.learn(secrets(["A_TOKEN": Self.secret], list: open))
      #expect(
        known.mask.masked("\(Self.secret) from-the-list token-of-the-api")
          == "******** from-the-list ********")
      try home.write("from-the-list\n", to: "secrets")
      known.learn(secrets([:], list: open))
      #expect(known.mask.masked("\(Self.secret) from-the-list") == "\(Self.secret) ********")
    }
  }

  @Test("an answer, a list, an error, a kept answer and a stream of events")
  func answers() async throws {
    let operations = FakeOperations()
    operations.change {
      $0.mask = SecretMask(own: [Self.secret])
      $0.loops = [Sample.loop()]
      var run = Sample.run(state: "failed")
      run.message = "it is \(Self.secret)"
      $0.runs = [run]
    }
    let asking = APIAsking(operations)
    #expect(try await asking.get("/api/v1/runs/R34").contains(#""message":"it is ********""#))
    #expect(try await asking.get("/api/v1/runs").contains(#""message":"it is ********""#))
    #expect(
      try await asking.ask("/api/v1/\(Self.secret)").text.contains("there is nothing at /api/v1/********"))
    let key = try #require(HTTPField.Name("Idempotency-Key"))
    let once: HTTPFields = [key: "k", .contentType: "application/json"]
    for _ in 1...2 {
      let answer = try await asking.ask(
        "/api/v1/loops/L12/answer", method: .post, body: #"{"text": "\#(Self.secret)"}"#, headers: once)
      #expect(answer.status == 200 && answer.text.contains(#""reason":"********""#))
    }
    var event = Sample.event(1)
    event.message = "it is \(Self.secret)"
    operations.record([event])
    let told = try await CommandScene.with { scene in
      try await ServedOperations.serving(operations, at: scene.socket) { _, _ in
        try await WireClient.with(scene.socket) { talk in
          try await talk.send("GET /api/v1/events?after=0&follow=1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
          return try await talk.text(until: "\"sequence\":1}")
        }
      }
    }
    #expect(told.contains(#""message":"it is ********""#))
  }

  @Test("a transcript: at any offset, in pieces of any size, and while half of a secret is written")
  func transcript() async throws {
    try await OpsScene.with { scene in
      let (_, id) = try await scene.startWork()
      let run = try #require(await scene.store.run(id))
      let directory = "\(scene.directory)/s"
      let file = URL(filePath: "\(directory)/stdout.log")
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      let session = try await scene.store.beginSession(of: run, stage: "agent", at: scene.time.now)
      try await scene.store.confirmSession(
        session, executable: "/bin/agent", directory: directory, pid: 1, startTicks: 1, bootID: "b",
        at: scene.time.now)
      scene.operations.known.learn(secrets(["A_TOKEN": Self.secret]))
      let start = "export A=\(Self.secret)\nand so "
      try Data((start + Self.secret.prefix(9)).utf8).write(to: file)
      let stars = String(repeating: "*", count: Self.secret.count)
      let shown = "export A=\(stars)\nand so "
      let half = try await scene.operations.runLog(id, LogRequest())
      #expect(
        half == LogChunkView(text: shown, offset: 0, nextOffset: Int64(start.utf8.count), isEnded: false))
      try Data("\(start)\(Self.secret)\n".utf8).write(to: file)
      let whole = "\(shown)\(stars)\n"
      for bytes in [4, 5, 7, 19, 20, 21, 1000] {
        var offset: Int64 = 0
        var text = ""
        while true {
          let chunk = try await scene.operations.runLog(id, LogRequest(offset: offset, bytes: bytes))
          if chunk.nextOffset == offset { break }
          text += chunk.text
          offset = chunk.nextOffset
        }
        #expect(text == whole, "in pieces of \(bytes)")
      }
      for offset in 1...Int64(whole.utf8.count) {
        let tail = try await scene.operations.runLog(id, LogRequest(offset: -offset))
        #expect(tail.text == String(whole.suffix(Int(offset))), "the last \(offset)")
      }
    }
  }

  @Test("what the doctor repeats of tools that were handed it")
  func doctor() {
    let mask = SecretMask(own: [Self.secret])
    let finding = DoctorFinding(
      code: "gh", group: "tools", status: .failed, message: "said \(Self.secret)",
      fix: "export A=\(Self.secret)")
    let expected = DoctorFinding(
      code: "gh", group: "tools", status: .failed, message: "said ********", fix: "export A=********")
    #expect(finding.masked(by: mask) == expected)
  }
}
