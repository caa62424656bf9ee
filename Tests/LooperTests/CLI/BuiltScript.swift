import Foundation
import Testing

@testable import Looper

/// Command lines typed into a shell in which `looper` is the built program. What they leave running ends with it.
///
/// What each did is noted as in the golden file: the line, its output indented, its errors behind `!`, its status
/// behind `=`. Process numbers are written in the order in which they come: `PID1`, `PID2`.
struct BuiltScript: Sendable {
  let built: BuiltCommand
  var variables: [String: String] = [:]

  init(_ scene: CommandScene, variables: [String: String] = [:]) {
    built = BuiltCommand(scene: scene)
    self.variables = variables
  }

  /// `run` types a line; `begin` types one that goes on, `hear` waits for its next line, `signal` sends it a signal,
  /// and `end` waits for its end. `serve` begins with what goes to standard error.
  private static let prelude = """
    set -m
    mkdir -p said
    shown() { sed 's/^./  &/' said/$2out; sed 's/^/! /' said/$2err; echo "= $1"; }
    typed() { echo "\\$ looper $*"; }
    run() { typed "$@"; looper "$@" >said/out 2>said/err; shown $?; }
    begin() {
      typed "$@"; rm -f said/pipe; mkfifo said/pipe; mark='  '; : >said/long-out
      looper "$@" >said/pipe 2>said/long-err & pid=$!
      exec 3<said/pipe
    }
    serve() {
      typed serve "$@"; rm -f said/pipe; mkfifo said/pipe; mark='! '; : >said/long-err
      looper serve "$@" >said/long-out 2>said/pipe & pid=$!
      exec 3<said/pipe
    }
    hear() { IFS= read -r line <&3 && echo "$mark$line"; }
    signal() { kill -s "$1" $pid; }
    end() { sed "s/^./$mark&/" <&3; exec 3<&-; wait $pid 2>/dev/null; shown $? long-; }

    """

  func text(_ lines: String) async throws -> String {
    let directory = URL(filePath: ShimLocation.executablePath).deletingLastPathComponent().path
    var all = ["PATH": "\(built.scene.home)/bin:\(directory):/usr/bin:/bin"]
    all.merge(variables) { $1 }
    let result = try await built.raw("/bin/bash", ["-c", Self.prelude + lines], all)
    #expect(result.status == 0, "\(result.error)")
    try Self.checkShapes(result.output)
    return Self.numbered(built.plain(result.output))
  }

  /// Process numbers and times by what they are to each other.
  private static func numbered(_ text: String) -> String {
    var known: [Substring] = []
    let plain = text.replacing(/NOW[+-]?\d*s?/, with: "TIME")
      .replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000/, with: "TIME")
      .replacing(/started (now|\d+s ago)/, with: "started AGO")
    return plain.replacing(/(pid |"pid" : )(\d+)/) { match in
      if !known.contains(match.2) { known.append(match.2) }
      return "\(match.1)PID\((known.firstIndex(of: match.2) ?? 0) + 1)"
    }
  }

  /// Every line with `--json` prints what the page about it says.
  private static func checkShapes(_ text: String) throws {
    for record in text.components(separatedBy: "$ looper ").dropFirst() {
      let lines = record.split(separator: "\n").prefix { !$0.hasPrefix("= ") }
      guard let line = lines.first, line.contains("--json") else { continue }
      let shape = CommandShape.table.filter { (line + " ").hasPrefix($0.command + " ") }
        .max { $0.command.count < $1.command.count }
      let output = lines.filter { $0.hasPrefix("  ") }.map { $0.dropFirst(2) }.joined(separator: "\n")
      guard let shape, shape.type != nil, !output.isEmpty else { continue }
      #expect(try shape.problems(output) == [], "\(line)")
    }
  }
}
