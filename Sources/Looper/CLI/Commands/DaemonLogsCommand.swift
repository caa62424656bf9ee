import ArgumentParser
import Foundation

/// `looper daemon logs`: the end of the daemon's log, then what happens, from the API's event stream.
///
/// A filter or `--json` means events alone: lines of a log are for people.
struct DaemonLogsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Print the end of the daemon's log, and follow what happens.",
    discussion: """
      With a filter or --json it prints events, the newest --lines of them or all since --since. With --follow it goes on
      with new events until Ctrl-C, also when the daemon is restarted meanwhile.

      Example: looper daemon logs --follow --project owner/name --kind run
      """)

  /// Between two looks whether a daemon is back, or its log has grown.
  private static let pause = Duration.milliseconds(300)
  private static let tailMax = ByteCount.mebibytes(1)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var daemon: DaemonOptions
  @OptionGroup var filter: EventFilter
  @Option(name: [.customShort("n"), .long], parsing: .unconditional, help: "How many lines.")
  var lines = 100
  @Flag(name: [.short, .long], help: "Go on until Ctrl-C.") var follow = false

  func validate() throws { try CountBounds.check(lines, "--lines", from: 0) }

  private var time: any TimeSource { CommandEnvironment.current.time }

  func run() async throws {
    let target = try daemon.target(global, isReaching: true)
    let wanted = try filter.wanted(now: time.now)
    let path = target.paths.socketPath
    if global.json || !filter.isEmpty {
      let newest = try await LooperClient.connected(to: path) { client in
        let newest = try await client.events(after: nil, limit: 1).newest
        for event in try await wanted.past(lines, through: newest, client) { try show(.event(event), wanted) }
        return newest
      }
      if follow { try await followEvents(after: newest, path, wanted) }
      return
    }
    try await tellElsewhere(target)
    if !follow {
      // The journal's own program pages and limits better than we could.
      if case .journal(let command) = target.host.log {
        throw ProgramReplacement.become(command + ["--lines", String(lines)])
      }
      try await showLog(target.host.log)
    } else {
      // Asked first: what happens while the log is printed comes after it.
      let newest = try? await LooperClient.connected(to: path) {
        try await $0.events(after: nil, limit: 1).newest
      }
      try await showLog(target.host.log)
      try await followEvents(after: newest, path, wanted)
    }
  }

  /// Says so when the daemon that runs does not write the log that is shown.
  private func tellElsewhere(_ target: DaemonOptions.Target) async throws {
    guard let process = target.process() else { return }
    let pid = Int(process.pid)
    guard await !target.host.runs(pid) else { return }
    let place =
      ServiceKeeper.name(ofProcess: pid).map {
        "as a \($0) into the journal; see \(DaemonText.command("logs", of: $0))"
      }
      ?? "to its own standard error; see `looper events`"
    try global.note("the daemon that runs, pid \(pid), writes \(place)")
  }

  // MARK: events

  /// - Parameter sequence: the last event that was shown; nil begins with the next one.
  private func followEvents(after sequence: Int64?, _ path: String, _ wanted: EventFilter.Wanted) async throws
  {
    var last = sequence
    var isTold = false
    while true {
      do {
        try await LooperClient.connected(to: path) { client in
          isTold = false
          try await client.followEvents(after: last) { item in
            if case .event(let event) = item { last = event.sequence }
            try show(item, wanted)
          }
        }
      } catch let error as LooperError where error.code == .unavailable {
        if !isTold { try global.note("no daemon answers; waiting for one") }
        isTold = true
        try await time.sleep(until: time.now + Self.pause)
      }
    }
  }

  private func show(_ item: EventStreamItem, _ wanted: EventFilter.Wanted) throws {
    switch item {
    case .event(let event) where wanted.fits(event):
      try global.showLine(event) { EventText.line(event, $0, isLive: true) }
    case .event: break
    case .gap(let gap): try global.note(EventText.line(gap))
    }
  }

  // MARK: the log

  private func showLog(_ log: ServiceLog) async throws {
    switch log {
    case .journal(let command):
      let around = CommandEnvironment.current
      let shell = ServiceShell.system(around.variables, shimPath: around.shimPath)
      let text = try await shell.check(
        command + ["--lines", String(lines)], hint: "ask journalctl itself")
      for line in text.split(separator: "\n") { try write(String(line)) }
    case .file(let path):
      guard FileManager.default.fileExists(atPath: path) else {
        throw LooperError(.notFound, "there is no log \(path); `looper daemon start` writes one")
      }
      // The file before it too: the present one may have been begun a moment ago.
      var last: ArraySlice<Substring> = []
      for part in [path, "\(path).1"] where last.count < lines {
        let data = try LogTail.lastBytes(Self.tailMax, ofFile: part)
        last = String(decoding: data, as: UTF8.self).split(separator: "\n").suffix(lines - last.count) + last
      }
      for line in last { try write(String(line)) }
    }
  }

  private func write(_ line: String) throws {
    let isTerminal = CommandEnvironment.current.isTerminal
    let text = isTerminal ? TerminalText.safe(line, keepsLines: true) : line
    try CommandEnvironment.current.write(.output, text + "\n")
  }
}
