import Foundation
import Testing

@testable import Looper

@Suite("scripts/smoke-vendor runs a vendor's CLI as a session does")
struct SmokeScriptTests {
  /// Stands for the scripted model: it is there, and was asked.
  private static let model = """
    #!/bin/sh
    echo asked >&2
    echo 1 > "$2"
    exec sleep 600

    """
  /// Stands for the vendor's CLI: notes how it was run, and answers.
  private static let cli = """
    #!/bin/sh
    [ "$1" != --version ] || exec echo 1.0
    printf '%s\\n' "$@" > "$(dirname "$0")/arguments"
    env > "$(dirname "$0")/environment"
    cat > "$(dirname "$0")/prompt"
    echo '__LOOPER_RESULT__={}'

    """
  private static let provider =
    #"model_providers.loopback={name="loopback",base_url="http://127.0.0.1:1/v1",wire_api="responses",env_key="OPENAI_API_KEY"}"#

  @Test(
    "the same arguments and variables, but for what leads it to the scripted model",
    arguments: [
      (Vendor.claudeCode, AgentLaunch()),
      (
        .codex,
        AgentLaunch(
          model: "scripted-model", extraArguments: ["-c", "model_provider=loopback", "-c", provider])
      ),
      (.opencode, AgentLaunch(model: "anthropic/claude-sonnet-4-5")),
    ])
  func command(vendor: Vendor, launch: AgentLaunch) async throws {
    try await ProcessScene.with { scene in
      let adapter = try #require(VendorAdapters.adapter(for: vendor, command: []))
      for (name, text) in [("python3", Self.model), (adapter.executable, Self.cli)] {
        let isWritten = FileManager.default.createFile(
          atPath: scene.path(name), contents: Data(text.utf8), attributes: [.posixPermissions: 0o700])
        #expect(isWritten)
      }
      let script = TidyPackage.root.appending(path: "scripts/smoke-vendor").path
      let result = try await CommandRunner(shim: scene.launcher).run(
        Command(
          executable: script, arguments: [vendor.rawValue],
          environment: ["PATH": "\(scene.directory):/usr/bin:/bin", "HOME": scene.directory],
          workingDirectory: scene.directory), deadline: .seconds(60), outputLimit: .mebibytes(1))
      #expect(result.status.isSuccess, "\(result.errorText)")
      func lines(_ name: String) throws -> [String] {
        try String(contentsOfFile: scene.path(name), encoding: .utf8)
          .split(separator: "\n").map(String.init)
      }
      #expect(try lines("arguments") == adapter.arguments(for: launch))
      #expect(try lines("prompt") == ["Answer with the result line."])
      let variables = Set(try lines("environment"))
      for (name, value) in adapter.environment(isRoot: geteuid() == 0) {
        #expect(variables.contains("\(name)=\(value)"))
      }
    }
  }
}
