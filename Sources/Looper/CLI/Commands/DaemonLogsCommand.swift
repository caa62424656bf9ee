import ArgumentParser
import Foundation

/// `looper daemon logs`: the end of the daemon's log, from its file or the journal.
struct DaemonLogsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Print the end of the daemon's log.")

  /// Between two looks at a log that may grow.
  private static let pause = Duration.milliseconds(300)
  private static let tailMax = ByteCount.mebibytes(1)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var daemon: DaemonOptions
  @Option(name: [.customShort("n"), .long], help: "How many lines.") var lines = 100
  @Flag(help: "Go on until Ctrl-C.") var follow = false

  func run() async throws {
    switch try daemon.target(global).host.log {
    case .journal(let command):
      // The journal's own program pages, follows and ends better than we could.
      throw ProgramReplacement.become(
        command + ["--lines", String(lines)] + (follow ? ["--follow"] : []))
    case .file(let path): try await show(path)
    }
  }

  private func show(_ path: String) async throws {
    guard FileManager.default.fileExists(atPath: path) else {
      throw LooperError(.notFound, "there is no log \(path); `looper daemon start` writes one")
    }
    let data = try LogTail.lastBytes(Self.tailMax, ofFile: path)
    var tail = LogTail(
      path: path, offset: UInt64(try FileHandle(forReadingFrom: URL(filePath: path)).seekToEnd()))
    let last = String(decoding: data, as: UTF8.self).split(separator: "\n").suffix(max(0, lines))
    for line in last { try write(String(line)) }
    let time = CommandEnvironment.current.time
    while follow {
      for line in try tail.nextLines() { try write(line.text) }
      try await time.sleep(until: time.now + Self.pause)
    }
  }

  private func write(_ line: String) throws {
    let isTerminal = CommandEnvironment.current.isTerminal
    let text = isTerminal ? TerminalText.safe(line, keepsLines: true) : line
    try CommandEnvironment.current.write(.output, text + "\n")
  }
}
