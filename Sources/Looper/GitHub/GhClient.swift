import Foundation

/// Runs the real `gh api`, version 2.23 or later, one process per call.
struct GhClient: GhTransport {
  static let deadline = Duration.seconds(60)
  static let outputLimit = ByteCount.mebibytes(32)
  /// Of a job's log, of which only the end is read: a job ends soon after it failed.
  static let logLimit = ByteCount.mebibytes(512)
  /// The headers are at the start.
  static let logExcerpt = OutputExcerpt(start: .kibibytes(64), end: .mebibytes(4))

  private let runner: CommandRunner
  private let executable: String
  private let environment: [String: String]
  private let deadline: Duration

  /// - Parameters:
  ///   - executable: `gh`, or the path from `github.gh-path`.
  ///   - environment: the daemon's own; only what ``ChildEnvironment/Allowance/gh`` allows is passed on.
  ///   - deadline: how long one call may take.
  init(
    runner: CommandRunner, executable: String, environment: [String: String],
    deadline: Duration = Self.deadline
  ) {
    self.runner = runner
    self.deadline = deadline
    self.executable = executable
    self.environment = Self.childEnvironment(from: environment)
  }

  func send(_ request: GhRequest) async throws(Failure) -> GhAnswer {
    let command = Command(
      executable: executable, arguments: Self.arguments(for: request), environment: environment)
    let input = try Self.input(for: request)
    do {
      let result = try await runner.run(
        command, standardInput: input, deadline: deadline,
        outputLimit: request.isLog ? Self.logLimit : Self.outputLimit,
        excerpt: request.isLog ? Self.logExcerpt : nil)
      return GhOutput.parse(
        result.standardOutput, complaint: String(decoding: result.standardError, as: UTF8.self),
        isComplete: result.status.isSuccess)
    } catch {
      throw GitHubFailure.classify(error, calling: "\(request.method.rawValue) \(request.path)")
    }
  }

  /// The command line after `gh`; no secret and no text is in it, that goes through standard input.
  static func arguments(for request: GhRequest) -> [String] {
    var arguments = ["api", "--include", "--hostname", request.host, "--method", request.method.rawValue]
    arguments += ["-H", "Accept: application/vnd.github+json", "-H", "X-GitHub-Api-Version: 2022-11-28"]
    if request.body != nil { arguments += ["--input", "-"] }
    return arguments + [request.path]
  }

  static func childEnvironment(from parent: [String: String]) -> [String: String] {
    var environment = ChildEnvironment.base(from: parent, allowing: .gh)
    // These would make gh print, ask or log more than the answer.
    for name in ["GH_DEBUG", "GH_FORCE_TTY", "GH_PAGER", "GH_REPO"] { environment[name] = nil }
    environment["GH_PROMPT_DISABLED"] = "1"
    environment["GH_NO_UPDATE_NOTIFIER"] = "1"
    environment["GH_TELEMETRY"] = "0"
    environment["NO_COLOR"] = "1"
    return environment
  }

  private static func input(for request: GhRequest) throws(Failure) -> Data? {
    guard let body = request.body else { return nil }
    do {
      return try JSONEncoder().encode(body)
    } catch {
      throw Failure(.bug, "cannot encode the body of \(request.method.rawValue) \(request.path): \(error)")
    }
  }
}

/// Reads what `gh api --include` prints: a status line, headers, an empty line, the body.
enum GhOutput {
  private static let lineFeed = UInt8(ascii: "\n")

  static func parse(_ output: Data, complaint: String, isComplete: Bool) -> GhAnswer {
    var answer = GhAnswer(isComplete: isComplete, complaint: complaint)
    var rest = output[...]
    guard let first = line(from: &rest), let status = status(of: first) else { return answer }
    answer.status = status
    while let header = line(from: &rest), !header.isEmpty {
      guard let colon = header.firstIndex(of: ":") else { continue }
      let name = header[..<colon].lowercased()
      let value = header[header.index(after: colon)...].drop { $0 == " " }
      answer.headers[name] = String(value)
    }
    answer.body = Data(rest)
    return answer
  }

  /// Takes the next line, which ends in LF or CRLF, off `rest`; nil when there is no line end any more.
  private static func line(from rest: inout Data.SubSequence) -> String? {
    guard let end = rest.firstIndex(of: lineFeed) else { return nil }
    var line = rest[rest.startIndex..<end]
    if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
    rest = rest[rest.index(after: end)...]
    return String(decoding: line, as: UTF8.self)
  }

  /// 200 of `HTTP/2.0 200 OK`.
  private static func status(of line: String) -> Int? {
    let words = line.split(separator: " ")
    guard words.count >= 2, words[0].hasPrefix("HTTP/") else { return nil }
    return Int(words[1])
  }
}
