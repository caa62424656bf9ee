/// The property list of a launchd agent.
enum LaunchdAgent {
  static let label = "com.looper.looper"

  static func text(_ program: ServiceProgram, logPath: String) -> String {
    let command = ([program.executable] + program.arguments).map { "    \(string($0))" }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
      <plist version="1.0">
      <dict>
        <key>Label</key>
        \(string(label))
        <key>ProgramArguments</key>
        <array>
      \(command.joined(separator: "\n"))
        </array>
        <key>EnvironmentVariables</key>
        <dict>
          <key>PATH</key>
          \(string(program.searchPath))
        </dict>
        <key>RunAtLoad</key>
        <true/>
        <key>KeepAlive</key>
        <dict>
          <key>SuccessfulExit</key>
          <false/>
        </dict>
        <key>ThrottleInterval</key>
        <integer>10</integer>
        <key>ExitTimeOut</key>
        <integer>\(program.stopTimeout.inWholeSeconds)</integer>
        <key>Umask</key>
        <integer>63</integer>
        <key>StandardOutPath</key>
        \(string(logPath))
        <key>StandardErrorPath</key>
        \(string(logPath))
      </dict>
      </plist>

      """
  }

  private static func string(_ text: String) -> String {
    let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    return "<string>\(escaped)</string>"
  }
}
