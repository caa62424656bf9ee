import Foundation
import Testing

@testable import Looper

@Suite("A number that no list can have is refused with its bound")
struct CountBoundsTests {
  @Test(
    "nothing is asked of the daemon",
    arguments: [
      ("loops", "--limit", "0", "of at least 1"), ("loops", "--limit", "-1", "of at least 1"),
      ("run list", "--limit", "0", "of at least 1"), ("run list", "--limit", "-7", "of at least 1"),
      ("failures", "--limit", "0", "of at least 1"), ("failures", "--limit", "-1", "of at least 1"),
      ("events", "--limit", "0", "from 1 to 1000"), ("events", "--limit", "-1", "from 1 to 1000"),
      ("events", "--limit", "1001", "from 1 to 1000"), ("events --follow", "--limit", "0", "from 1 to 1000"),
      ("daemon logs", "--lines", "-1", "of at least 0"),
    ])
  func refused(command: String, option: String, number: String, bound: String) async throws {
    let words = command.split(separator: " ").map(String.init) + [option, number]
    try await CommandScene.with { scene in
      let text = await scene.run(words)
      #expect(text.status == 2)
      #expect(text.output.isEmpty)
      let message = "\(option) must be a whole number \(bound), not \(number)"
      #expect(text.error.hasPrefix("error: \(message)\n"), "\(text.error)")
      let json = await scene.run(words + ["--json"])
      #expect(
        json
          == .init(
            status: 2, output: "",
            error: #"{"error":{"code":"bad_request","message":"\#(message)"},"ok":false}"# + "\n"))
    }
  }

  @Test("days out of bounds are refused by the daemon, which knows them", arguments: ["0", "-1"])
  func days(number: String) async throws {
    try await CommandScene.with { scene in
      let result = try await scene.served("usage", "--days", number)
      #expect(result.status == 2)
      #expect(result.error.hasPrefix("error: days must be a whole number from 1 to "), "\(result.error)")
    }
  }
}
