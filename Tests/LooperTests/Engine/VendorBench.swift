import Foundation

@testable import Looper

/// Real sessions of a vendor whose CLI is a shell script that notes how it was called.
struct VendorBench {
  let root: String
  let sessions: VendorSessions

  /// - Parameters:
  ///   - script: lines of `sh` after the call was noted and the prompt read; `$n` counts the calls from 1.
  ///   - sandbox: there is no program for one.
  static func with(
    _ vendor: Vendor, script: String, sandbox: SandboxSettings.Mode = .off,
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
    try await body(VendorBench(root: root, sessions: sessions(in: root, vendor, sandbox)))
  }

  private static func sessions(in root: String, _ vendor: Vendor, _ mode: SandboxSettings.Mode)
    -> VendorSessions
  {
    var configuration = Configuration()
    configuration.agent.settings.vendor = vendor
    configuration.agent.settings.command = ["\(root)/vendor"]
    configuration.sandbox.mode = mode
    let fixed = configuration
    let launcher = ShimLauncher(
      executablePath: ShimLocation.executablePath, scratchDirectory: "\(root)/spool", tag: [:])
    let sandbox = Sandbox(
      bubblewrap: Bubblewrap(
        commands: CommandRunner(shim: launcher), searchPath: "\(root)/nothing", time: SystemTime()),
      places: SandboxPlaces(
        home: "\(root)/home", layout: GitLayout(dataDirectory: root), own: [], environment: [:]),
      settings: { fixed.sandbox })
    return VendorSessions(
      runner: AgentSessionRunner(
        launcher: launcher, time: SystemTime(),
        environment: AgentEnvironment(parent: ["PATH": "/usr/bin:/bin", "HOME": "\(root)/home"]),
        sessionsRoot: "\(root)/sessions"),
      sandbox: sandbox, configuration: { fixed })
  }

  /// Role and arguments of the calls, in order.
  func calls() throws -> [[String]] {
    let names = try FileManager.default.contentsOfDirectory(atPath: "\(root)/notes").compactMap { Int($0) }
    return try names.sorted().map { name in
      try String(contentsOfFile: "\(root)/notes/\(name)", encoding: .utf8)
        .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
  }

  /// Lines of `sh` that do the work of the role, replay a stream, and leave the result.
  static func work(replaying stream: String?) -> String {
    """
    case $LOOPER_ROLE in
    planner)
      mkdir -p specs/1-it-is-broken
      printf '# Spec\\n\\nline two\\n\\nAC1 it works\\n' > specs/1-it-is-broken/spec.md
      result='{"summary":"planned"}' ;;
    reviewer) result='{"verdict":"clean","summary":"fine","findings":[]}' ;;
    *) echo fixed > fix.txt; result='{"summary":"implemented"}' ;;
    esac
    \(stream.map { "cat '\(GoldenText.url("\($0).jsonl").path)'" } ?? ":")
    printf '%s' "$result" > "$LOOPER_RESULT_FILE"
    """
  }
}
