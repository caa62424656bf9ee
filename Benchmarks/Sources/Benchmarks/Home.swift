import Foundation

/// Something that could not be measured.
struct BenchmarkError: Error, CustomStringConvertible {
  var description: String
}

/// A temporary home directory for a daemon, with a `gh` that answers for a quiet GitHub.
struct Home {
  let looper: String
  let directory: String

  var database: String { "\(directory)/data/looper.db" }
  var socket: String { "\(directory)/data/looper.sock" }
  private var ghLog: String { "\(directory)/gh.log" }

  /// Waits until no call of `gh` came for two seconds, at most half a minute.
  func settle() {
    var seen = -1
    for _ in 0..<15 where seen != ghCalls {
      seen = ghCalls
      Thread.sleep(forTimeInterval: 2)
    }
  }

  /// Calls of `gh` so far.
  var ghCalls: Int { FileManager.default.contents(atPath: ghLog)?.count ?? 0 }

  var environment: [String: String] {
    ["HOME": directory, "LOOPER_CONFIG": "\(directory)/looper.toml", "PATH": "/usr/bin:/bin", "TERM": "dumb"]
  }

  static func with(_ looper: String, projects: Int, _ body: (Home) throws -> Void) throws {
    let directory = "/tmp/looper-bench-\(getpid())-\(UInt16.random(in: 0 ... .max))"
    let files = FileManager.default
    try files.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? files.removeItem(atPath: directory) }
    let home = Home(looper: looper, directory: directory)
    try home.prepare(projects: projects)
    try body(home)
  }

  private func prepare(projects: Int) throws {
    let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path
    let script = "#!/bin/sh\nexec '\(own)' \(StubGitHub.word) '\(ghLog)' \"$@\"\n"
    try script.write(toFile: "\(directory)/gh", atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(directory)/gh")
    var text = """
      [server]
      enabled = false
      [daemon]
      data-dir = "\(directory)/data"
      [storage]
      db-path = "\(database)"
      [github]
      gh-path = "\(directory)/gh"

      """
    for number in 1...projects { text += "[[projects]]\nname = \"acme/shop-\(number)\"\n" }
    try text.write(toFile: "\(directory)/looper.toml", atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o600], ofItemAtPath: "\(directory)/looper.toml")
  }

  /// Runs a daemon around `body`.
  ///
  /// - Returns: seconds from its start until it answered.
  @discardableResult
  func serve(_ body: (Child) throws -> Void) throws -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    let child = try Child([looper, "serve"], environment: environment, log: "\(directory)/serve.log")
    defer { child.stop() }
    while true {
      if let connection = try? SocketHTTP(path: socket), (try? connection.get("/healthz")) != nil { break }
      guard clock.now - start < .seconds(20) else {
        let log = (try? String(contentsOfFile: "\(directory)/serve.log", encoding: .utf8)) ?? ""
        throw BenchmarkError(description: "looper serve does not answer: \(log.suffix(1000))")
      }
      usleep(1000)
    }
    let ready = (clock.now - start) / .seconds(1)
    try body(child)
    return ready
  }
}
