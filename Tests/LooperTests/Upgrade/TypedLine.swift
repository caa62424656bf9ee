import Foundation

@testable import Looper

/// A command line as somebody types it: by bash, with no supervisor above it that would end what it leaves running.
struct TypedLine: Sendable {
  let directory: String
  let environment: [String: String]

  func run(_ line: String) async throws -> CommandScene.Result {
    let name = "\(directory)/typed-\(UUID().uuidString)"
    defer {
      for end in ["sh", "out", "err"] { try? FileManager.default.removeItem(atPath: "\(name).\(end)") }
    }
    let script = "exec </dev/null >'\(name).out' 2>'\(name).err'\ncd '\(directory)'\n\(line)\n"
    try script.write(toFile: "\(name).sh", atomically: true, encoding: .utf8)
    // It blocks until the line has ended, so on a thread of its own.
    let status: Int32 = try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(
          with: Result { try TerminalProgram.run("bash", argument: "\(name).sh", environment: environment) })
      }
    }
    func text(_ end: String) -> String {
      String(decoding: FileManager.default.contents(atPath: "\(name).\(end)") ?? Data(), as: UTF8.self)
    }
    return CommandScene.Result(status: status, output: text("out"), error: text("err"))
  }
}
