import Foundation

/// Measures a built `looper` from outside, as its users meet it: commands, the socket, the process table.
///
///     Benchmarks PATH-OF-LOOPER [--json]
///
/// Prints one row per figure with its bound; exit status 1 when a bound is missed.
@main
enum Benchmarks {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.first == StubGitHub.word { return try StubGitHub.answer(Array(arguments.dropFirst())) }
    guard let looper = arguments.first, !looper.hasPrefix("-") else {
      FileHandle.standardError.write(Data("usage: Benchmarks PATH-OF-LOOPER [--json]\n".utf8))
      exit(2)
    }
    let path = URL(filePath: looper).standardizedFileURL.path
    var report = Report()
    try start(path, &report)
    try filled(path, &report)
    try idle(path, &report)
    print(arguments.contains("--json") ? try report.json() : report.table())
    exit(report.isWithinBounds ? 0 : 1)
  }

  /// The command line alone.
  private static func start(_ looper: String, _ report: inout Report) throws {
    let times = try (0..<50).map { _ in try Child.seconds([looper, "version"]) }
    report.add("`looper version`, median of 50", milliseconds: Series(times).median, bound: 30)
  }

  /// A daemon with ten thousand loops and a hundred thousand events.
  private static func filled(_ looper: String, _ report: inout Report) throws {
    try Home.with(looper, projects: 50) { home in
      try home.serve { _ in }
      try Sample.fill(home.database)
      // What it asks about a project once in its life, it has asked on the first of its days.
      try home.serve { _ in home.settle() }
      var starts: [Double] = []
      for _ in 0..<5 { starts.append(try home.serve { _ in }) }
      report.add("start to ready, slowest of 5", milliseconds: Series(starts).maximum, bound: 500)
      try home.serve { daemon in
        let first = try (0..<10).map { _ in try Child.seconds([looper, "status"], in: home) }
        report.add(
          "`looper status` while the daemon starts, slowest of 10", milliseconds: Series(first).maximum,
          bound: nil)
        home.settle()
        for words in [["status"], ["status", "--json"], ["loops"]] {
          let times = try (0..<30).map { _ in try Child.seconds([looper] + words, in: home) }
          let bound: Double? = words == ["status"] ? 50 : nil
          report.add(
            "`looper \(words.joined(separator: " "))`, p95 of 30", milliseconds: Series(times).p95,
            bound: bound)
        }
        for route in Sample.routes {
          let connection = try SocketHTTP(path: home.socket)
          let times = try (0..<200).map { _ in try connection.seconds(of: route.path) }
          report.add(
            "GET \(route.path), p95 of 200", milliseconds: Series(times).p95, bound: route.isList ? 10 : nil)
        }
        report.add(
          "a deed until each of 100 followers has its event, p99", milliseconds: try followed(home), bound: 50
        )
        report.add("resident after that", mebibytes: try daemon.residentMebibytes(), bound: nil)
      }
    }
  }

  /// A loop is paused and resumed under a hundred followers. The time is taken from before the request, so that the
  /// deed itself counts too.
  private static func followed(_ home: Home) throws -> Double {
    let followers = try Followers(100, of: home.socket)
    let connection = try SocketHTTP(path: home.socket)
    var times: [Double] = []
    for action in Array(repeating: ["resume", "pause"], count: 10).joined() {
      let start = ContinuousClock.now
      try connection.post("/api/v1/loops/L9991/\(action)")
      times += try followers.arrivals(after: start, of: "loop.control", within: .seconds(10))
      try followers.drain()
    }
    return Series(times).p99
  }

  /// A daemon with fifty projects and nothing to do.
  private static func idle(_ looper: String, _ report: inout Report) throws {
    try Home.with(looper, projects: 50) { home in
      try home.serve { daemon in
        Thread.sleep(forTimeInterval: 10)
        let before = try daemon.usage()
        let callsBefore = home.ghCalls
        Thread.sleep(forTimeInterval: 60)
        let after = try daemon.usage()
        report.add("idle, 50 projects: resident", mebibytes: try daemon.residentMebibytes(), bound: 40)
        report.add(
          "idle, 50 projects: processor, sweeps included",
          percent: (after.seconds - before.seconds) / 60 * 100, bound: 0.3)
        report.add(
          "idle, 50 projects: wake-ups a second", number: Double(after.switches - before.switches) / 60,
          bound: nil)
        report.add(
          "idle, 50 projects: gh calls a minute", number: Double(home.ghCalls - callsBefore), bound: 4)
      }
    }
  }
}
