import Foundation

@testable import Looper

/// Real sessions of a vendor whose CLI is a shell script that notes how it was called.
struct VendorBench {
  static let tagKey = "LOOPER_TEST"

  let root: String
  let sessions: VendorSessions

  /// - Parameters:
  ///   - script: lines of `sh` after the call was noted and the prompt read; `$n` counts the calls from 1.
  ///   - sandbox: there is no program for one.
  ///   - time: what the sessions are judged by.
  ///   - configure: adds to the configuration, told the bench's directory.
  static func with(
    _ vendor: Vendor, script: String, sandbox: SandboxSettings.Mode = .off,
    time: any TimeSource = SystemTime(),
    configure: (inout Configuration, _ root: String) throws -> Void = { _, _ in },
    _ body: (VendorBench) async throws -> Void
  ) async throws {
    let files = FileManager.default
    let root = files.temporaryDirectory.appending(path: "vendor-\(UUID().uuidString)")
      .resolvingSymlinksInPath().path
    for name in ["notes", "spool", "home"] {
      try files.createDirectory(atPath: "\(root)/\(name)", withIntermediateDirectories: true)
    }
    defer { try? files.removeItem(atPath: root) }
    let text = """
      #!/bin/sh
      set -eu
      n=$(($(ls '\(root)/notes' | wc -l) + 1))
      { echo "$LOOPER_ROLE"; printf '%s\\n' "$@"; } > '\(root)/notes/'$n
      cat > /dev/null
      \(script)

      """
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(root)/vendor"))
    try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(root)/vendor")
    var configuration = Configuration()
    configuration.agent.settings.vendor = vendor
    configuration.agent.settings.command = ["\(root)/vendor"]
    configuration.sandbox.mode = sandbox
    try configure(&configuration, root)
    try await body(VendorBench(root: root, sessions: sessions(in: root, configuration, time)))
  }

  private static func sessions(in root: String, _ fixed: Configuration, _ time: any TimeSource)
    -> VendorSessions
  {
    let launcher = ShimLauncher(
      executablePath: ShimLocation.executablePath, scratchDirectory: "\(root)/spool", tag: [Self.tagKey: root]
    )
    let sandbox = Sandbox(
      bubblewrap: Bubblewrap(
        commands: CommandRunner(shim: launcher), searchPath: "\(root)/nothing", time: SystemTime()),
      places: SandboxPlaces(
        home: "\(root)/home", layout: GitLayout(dataDirectory: root), own: [], environment: [:]),
      settings: { fixed.sandbox })
    return VendorSessions(
      runner: AgentSessionRunner(
        launcher: launcher, time: time,
        environment: AgentEnvironment(parent: ["PATH": "/usr/bin:/bin", "HOME": "\(root)/home"]),
        sessionsRoot: "\(root)/sessions"),
      sandbox: sandbox, configuration: { fixed })
  }

  /// Processes of its sessions that still run.
  var remains: [ProcessIdentity] { ProcessTable.processes(taggedWith: Self.tagKey, value: root) }

  /// Role and arguments of the calls, in order.
  func calls() throws -> [[String]] {
    let names = try FileManager.default.contentsOfDirectory(atPath: "\(root)/notes").compactMap { Int($0) }
    return try names.sorted().map { name in
      try String(contentsOfFile: "\(root)/notes/\(name)", encoding: .utf8)
        .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
  }

  /// How an agent gives its result.
  enum Answer: Sendable {
    /// In the protocol's file.
    case file
    /// In the place of these words of its stream, as the vendor puts an answer that it checked.
    case instead(of: String)
    /// The same as a JSON string.
    case quoted(insteadOf: String)

    /// Lines of `sh` that replay a stream and leave `$result`.
    fileprivate func script(replaying stream: String?) -> String {
      let stream = stream.map { GoldenText.url("\($0).jsonl").path }
      switch self {
      case .file:
        return #"""
          \#(stream.map { "cat '\($0)'" } ?? ":")
          printf '%s' "$result" > "$LOOPER_RESULT_FILE"
          """#
      case .instead(let words): return Self.replay(stream, "'\(words)'", "$result")
      case .quoted(let words):
        return #"""
          quoted=$(printf '%s' "$result" | sed 's/"/\\"/g')
          \#(Self.replay(stream, #"'"\#(words)"'"#, #"\"$quoted\""#))
          """#
      }
    }

    private static func replay(_ stream: String?, _ from: String, _ to: String) -> String {
      #"""
      from=\#(from)
      while IFS= read -r line; do
        case $line in
        *"$from"*) printf '%s%s%s\n' "${line%%"$from"*}" "\#(to)" "${line#*"$from"}" ;;
        *) printf '%s\n' "$line" ;;
        esac
      done < '\#(stream ?? "/dev/null")'
      """#
    }
  }

  /// Lines of `sh` that do the work of the role, replay a stream, and leave the result: everything is there, and what
  /// is not known null, as ``ReportSchema`` wants it.
  ///
  /// - Parameter asking: the call that reviews the code and wants a change.
  static func work(replaying stream: String?, _ answer: Answer = .file, asking: Int = 0) -> String {
    #"""
    case $LOOPER_ROLE in
    planner)
      mkdir -p specs/1-it-is-broken
      printf '# Spec\n\nline two\n\nAC1 it works\n' > specs/1-it-is-broken/spec.md
      result='{"summary":"planned","spec_path":null,"question":null}' ;;
    reviewer)
      verdict='"verdict":"clean","summary":"fine","findings":[]'
      if [ $n = \#(asking) ]; then
        finding='"path":"fix.txt","line":1,"side":"RIGHT","start_line":null,"severity":"major","title":"Say more"'
        finding="$finding"',"body":"why","suggestion":null,"confidence":null,"id":null'
        verdict='"verdict":"changes","summary":"not yet","findings":[{'"$finding"'}]'
      fi
      result="{$verdict"',"criteria":null,"question":null}' ;;
    fixer)
      echo 'fixed, and more' > fix.txt
      item='{"id":"\1","action":"fixed","explanation":"done"}'
      items=$(sed -n 's/^ *"id" : "\([^"]*\)",*$/'"$item"'/p' "$LOOPER_CONTEXT_FILE" | paste -s -d , -)
      result='{"summary":"answered","items":['"$items"'],"question":null}' ;;
    *)
      echo fixed > fix.txt
      result='{"summary":"implemented","title":null,"criteria":null,"question":null}' ;;
    esac
    \#(answer.script(replaying: stream))
    """#
  }
}
