import Foundation
import Testing

@testable import Looper

@Suite("The built program runs its daemon in the foreground, in the background and as a service", .serialized)
struct BuiltDaemonTests {
  private static let configuration = """
    [server]
    enabled = false
    [sandbox]
    mode = "off"

    """

  /// Runs `body` with a home that is configured so that nothing depends on the machine.
  private func with(_ body: (CommandScene) async throws -> Void) async throws {
    try await CommandScene.with { scene in
      try scene.write(Self.configuration, to: scene.file)
      try await body(scene)
    }
  }

  /// Without a time of its own: a daemon takes what it takes.
  private static let variables = ["LOOPER_TEST_NOW": ""]

  @Test("in the background: started, asked, started anew as another process, stopped")
  func background() async throws {
    try await with { scene in
      let text = try await BuiltScript(scene, variables: Self.variables).text(
        """
        run daemon start
        run daemon start --json
        run daemon status
        run daemon status --json
        run daemon logs
        run daemon restart
        run daemon restart --json
        run daemon status
        run daemon logs --lines 2
        run daemon stop
        run daemon stop --json
        run daemon status
        """)
      #expect(text == Self.backgroundText)
    }
  }

  private static let change = """
      {
        "notes" : [

        ],
        "service" : "background process"
      }
    = 0

    """
  private static let listening = "  TIME notice looper: on=~/.looper/looper.sock [Looper] listening\n"
  private static let places = """
      service  background process
      socket   ~/.looper/looper.sock
      log      ~/.looper/daemon.log

    """

  private static let backgroundText = """
    $ looper daemon start
      the daemon runs as a background process; see `looper status`
    = 0
    $ looper daemon start --json
    \(change)\
    $ looper daemon status
      running, looper 0.1.0, pid PID1, started AGO
    \(places)\
    = 0
    $ looper daemon status --json
      {
        "log" : "~/.looper/daemon.log",
        "pid" : PID1,
        "service" : "background process",
        "socket" : "~/.looper/looper.sock",
        "started_at" : "TIME",
        "state" : "running",
        "version" : "0.1.0"
      }
    = 0
    $ looper daemon logs
    \(listening)\
    = 0
    $ looper daemon restart
      the daemon runs again as a background process; see `looper status`
    = 0
    $ looper daemon restart --json
    \(change)\
    $ looper daemon status
      running, looper 0.1.0, pid PID2, started AGO
    \(places)\
    = 0
    $ looper daemon logs --lines 2
    \(listening)\(listening)\
    = 0
    $ looper daemon stop
      the daemon is stopped
    = 0
    $ looper daemon stop --json
    \(change)\
    $ looper daemon status
      stopped; start it with `looper daemon start`
    \(places)\
    = 3

    """

  @Test("in the foreground: until a signal, with 0, and only once", arguments: ["TERM", "INT"])
  func foreground(signal: String) async throws {
    try await with { scene in
      let text = try await BuiltScript(scene, variables: Self.variables).text(
        """
        serve
        hear
        run daemon status
        looper serve 2>&1
        echo "= $?"
        signal \(signal)
        end
        """)
      #expect(
        text == """
          $ looper serve
          !\(Self.listening.dropFirst())\
          $ looper daemon status
            running, looper 0.1.0, pid PID1, started AGO
            service  foreground process, a `looper serve` that somebody started
            socket   ~/.looper/looper.sock
            log      its standard error
          = 0
          error: another daemon runs: pid PID1, socket ~/.looper/looper.sock; stop it first
          = 5
          = 0

          """)
    }
  }

  @Test("at the finest level the log is about what happens, not about what the daemon was given")
  func finestLog() async throws {
    try await with { scene in
      let file = try String(contentsOfFile: scene.file, encoding: .utf8)
      try scene.write(file.replacing("enabled = false", with: "port = 0"), to: scene.file)
      let variables = Self.variables.merging(["PLAIN_NAME": "hunter2-plain"]) { $1 }
      let text = try await BuiltScript(scene, variables: variables).text(
        """
        serve --set daemon.log-level=trace
        while hear; do case $line in *listening) break ;; esac; done
        run status
        signal TERM
        end
        cat .looper/api-token
        """)
      let lines = text.split(separator: "\n")
      let token = try #require(lines.last)
      #expect(lines.dropLast().last == "= 0" && token.count > 20)
      #expect(!text.contains("hunter2") && !text.dropLast(token.count + 1).contains(token))
      #expect(text.contains("sl-service=scheduler [ServiceLifecycle] Starting service"))
      for line in lines { #expect(line.count < 300, "\(line)") }
    }
  }

  @Test("the demonstration leaves nothing when Ctrl-C ends it")
  func demo() async throws {
    try await CommandScene.with { scene in
      let tmp = "\(scene.home)/tmp"
      try FileManager.default.createDirectory(atPath: tmp, withIntermediateDirectories: true)
      let variables = Self.variables.merging(["TMPDIR": tmp]) { $1 }
      let text = try await BuiltScript(scene, variables: variables).text(
        "begin demo; hear; signal INT; end; pgrep -f \"^looper serve.*$TMPDIR\"; ls -A tmp")
      // How far it came until then differs.
      let said = text.replacing(/looper-demo-[0-9a-f]{8}/, with: "NAME").replacing(
        #/ +[0-9.]+s  .*\n/#, with: "")
      #expect(
        said == """
          $ looper demo
            A local GitHub, a real `looper serve`, real git and gh, and a scripted agent work in
            ~/tmp/NAME. Nothing leaves this machine.


            Stopped. Nothing is left running, ~/tmp/NAME is removed.
          = 0

          """)
    }
  }

  #if os(Linux)
    /// Stands for systemd's programs: they note what they are asked, and fail while there is a file `broken`.
    private static let control = """
      #!/bin/sh
      echo "  $(basename "$0") $*" >> "$HOME/asked"
      [ "$(basename "$0")" = journalctl ] && { echo one; echo two; }
      [ -e "$HOME/broken" ] || exit 0
      echo "Failed to connect to bus" >&2
      exit 1

      """

    /// Has `looper` run where systemd is PID 1: there is this directory, and with a user manager its socket.
    private static let underSystemd = """
      looper() {
        bwrap --dev-bind / / --tmpfs /run --dir /run/systemd/system --dir /run/user/me/systemd/private looper "$@"
      }

      """

    private static func systemd(_ scene: CommandScene, _ lines: String) async throws -> String {
      for name in ["systemctl", "journalctl"] {
        try scene.write(control, to: "\(scene.home)/bin/\(name)", mode: 0o755)
      }
      let own = ["XDG_RUNTIME_DIR": "/run/user/me", "USER": "nobody-here"]
      return try await BuiltScript(scene, variables: variables.merging(own) { $1 }).text(lines)
    }

    @Test("a stop of the service does not say that a daemon is gone which somebody started by hand")
    func stopOfAnother() async throws {
      try await with { scene in
        let text = try await Self.systemd(
          scene,
          """
          serve
          hear
          \(Self.underSystemd)
          run daemon install >/dev/null
          run daemon stop
          signal TERM
          end
          """)
        #expect(
          text.replacing(/kill \d+/, with: "kill PID") == """
            $ looper serve
            !\(Self.listening.dropFirst())\
            $ looper daemon stop
            ! error: the systemd user service is stopped, but a daemon that is not this service runs; end it: kill PID
            = 5
            = 0

            """)
      }
    }

    @Test("as a service: installed, moved, looked at and taken away by systemd's own programs")
    func service() async throws {
      try await with { scene in
        let text = try await Self.systemd(
          scene,
          """
          \(Self.underSystemd)
          run daemon install
          run daemon install --json
          run daemon start
          run daemon restart --json
          run daemon status
          run daemon logs --lines 2
          run daemon stop
          touch broken
          run daemon start
          rm broken
          run daemon uninstall
          run daemon uninstall --json
          cat asked
          """)
        #expect(text == Self.serviceText)
        let unit = "\(scene.home)/.config/systemd/user/looper.service"
        #expect(!FileManager.default.fileExists(atPath: unit))
      }
    }

    private static let unit = "~/.config/systemd/user/looper.service"

    private static let serviceText = """
      $ looper daemon install
        installed a systemd user service, \(unit); start it with `looper daemon start`
      ! it stops when you log out; to keep it running: loginctl enable-linger nobody-here
      = 0
      $ looper daemon install --json
        {
          "definition" : "\(unit)",
          "notes" : [
            "it stops when you log out; to keep it running: loginctl enable-linger nobody-here"
          ],
          "service" : "systemd user service"
        }
      = 0
      $ looper daemon start
        the daemon runs as a systemd user service; see `looper status`
      = 0
      $ looper daemon restart --json
        {
          "definition" : "\(unit)",
          "notes" : [

          ],
          "service" : "systemd user service"
        }
      = 0
      $ looper daemon status
        stopped; start it with `looper daemon start`
        service  \(unit)
        socket   ~/.looper/looper.sock
        log      the journal, `looper daemon logs`
      = 3
      $ looper daemon logs --lines 2
        one
        two
      = 0
      $ looper daemon stop
        the daemon is stopped
      = 0
      $ looper daemon start
      ! error: systemctl --user start looper.service failed: Failed to connect to bus; see `looper daemon logs`
      = 1
      $ looper daemon uninstall
        removed the systemd user service
      = 0
      $ looper daemon uninstall --json
      ! {"error":{"code":"not_found","message":"no service is installed here; `looper daemon stop` ends a background process"},"ok":false}
      = 4
        systemctl --user daemon-reload
        systemctl --user enable looper.service
        systemctl --user daemon-reload
        systemctl --user enable looper.service
        systemctl --user reset-failed looper.service
        systemctl --user start looper.service
        systemctl --user restart looper.service
        journalctl --user --unit looper.service --no-pager --output cat --lines 2
        systemctl --user stop looper.service
        systemctl --user reset-failed looper.service
        systemctl --user start looper.service
        systemctl --user disable --now looper.service
        systemctl --user daemon-reload
        systemctl --user reset-failed looper.service

      """
  #endif
}
