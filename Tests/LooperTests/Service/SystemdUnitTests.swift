import Foundation
import Testing

@testable import Looper

@Suite("A service's definition says exactly what is to run")
struct SystemdUnitTests {
  private static let program = ServiceProgram(
    executable: "/opt/my tools/looper", arguments: ["serve", "--set", #"x=100%$HOME"\"#],
    searchPath: "/opt/bin:/usr/bin", shutdownGrace: .milliseconds(20_500))

  @Test("a user's unit hides nothing that agents need")
  func userUnit() {
    let text = #"""
      # Written by `looper daemon install`; change it with `systemctl edit`, which a new install keeps.
      [Unit]
      Description=Looper, an autonomous development team for GitHub repositories
      StartLimitIntervalSec=600
      StartLimitBurst=5

      [Service]
      Type=notify
      NotifyAccess=main
      ExecStart="/opt/my tools/looper" "serve" "--set" "x=100%%$$HOME\"\\"
      ExecReload=/bin/kill -HUP $MAINPID
      WorkingDirectory=~
      Environment="PATH=/opt/bin:/usr/bin"
      # Proxies, certificates, GH_HOST and the like, one NAME=value a line.
      EnvironmentFile=-%E/looper/environment
      Restart=on-failure
      RestartSec=5
      WatchdogSec=60
      # What hangs may also hang in its own handler of the usual SIGABRT.
      WatchdogSignal=SIGKILL
      TimeoutStartSec=180
      TimeoutStopSec=51
      # The daemon ends its agents itself; what is left after it is killed.
      KillMode=mixed
      # An agent that runs out of memory must not take the daemon with it.
      OOMPolicy=continue
      UMask=0077
      NoNewPrivileges=yes
      LockPersonality=yes
      RestrictRealtime=yes
      RestrictSUIDSGID=yes
      SystemCallArchitectures=native
      RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
      SystemCallFilter=~@clock @cpu-emulation @module @obsolete @raw-io @reboot @swap
      SystemCallFilter=~acct bpf fanotify_init nfsservctl open_by_handle_at quotactl setdomainname sethostname syslog vhangup
      SystemCallErrorNumber=EPERM

      [Install]
      WantedBy=default.target

      """#
    #expect(SystemdUnit.text(Self.program, .user) == text)
  }

  @Test("a system unit names its account and holds no capability")
  func systemUnit() {
    let text = SystemdUnit.text(Self.program, .system(account: "bot"))
    let lines = text.split(separator: "\n")
    #expect(SystemdUnit.account(in: text) == "bot")
    #expect(lines.contains("CapabilityBoundingSet="))
    #expect(lines.contains("WantedBy=multi-user.target"))
    #expect(lines.contains("EnvironmentFile=-/etc/looper/environment"))
  }

  /// What hardens each unit whatever systemd says of it; the reasons for the rest are on ``SystemdUnit``.
  private static let hardening = [
    "CapabilityBoundingSet=", "LockPersonality=yes", "NoNewPrivileges=yes", "PrivateDevices=yes",
    "PrivateMounts=yes", "PrivateTmp=yes",
    "ProtectClock=yes", "ProtectControlGroups=yes", "ProtectHostname=yes", "ProtectKernelModules=yes",
    "ProtectSystem=full", "RestrictRealtime=yes", "RestrictSUIDSGID=yes", "SystemCallArchitectures=native",
    "UMask=0077",
  ]

  @Test(
    "systemd finds no fault in a unit, and its exposure stays as low as agents allow",
    arguments: [(ServiceScope.user, 75), (.system(account: "daemon"), 35)])
  func analyzed(scope: ServiceScope, exposureMax: Int) async throws {
    let program = ServiceProgram(
      executable: "/bin/sh", arguments: ["serve"], searchPath: "/usr/bin:/bin", shutdownGrace: .seconds(20))
    let text = SystemdUnit.text(program, scope)
    let missing = Self.hardening.filter { !text.split(separator: "\n").contains($0[...]) }
    #expect(scope == .user ? missing.count == 9 : missing.isEmpty, "missing: \(missing)")
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze") else {
      // Said aloud, so that nobody takes the lines above for a verdict of systemd.
      let note = "systemd-analyze is not here: the unit's lines were compared, systemd did not judge them\n"
      try FileHandle.standardError.write(contentsOf: Data(note.utf8))
      return
    }
    let directory = NSTemporaryDirectory() + "lu-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let path = "\(directory)/\(SystemdUnit.name)"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let shell = ServiceShell.system(
      ["PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": directory, "HOME": directory, "SYSTEMD_PAGER": ""],
      shimPath: ShimLocation.executablePath)
    let manager = scope == .user ? ["--user"] : []
    let verdict = try await shell.run(["systemd-analyze"] + manager + ["verify", path], .seconds(60))
    #expect(verdict == ServiceShell.Answer(isSuccess: true, text: ""))
    let exposure = try await shell.run(
      ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=\(exposureMax)", path],
      .seconds(60))
    #expect(exposure.isSuccess, "\(exposure.text.suffix(200))")
  }

  @Test("a property list escapes what XML would read")
  func propertyList() {
    let text = LaunchdAgent.text(
      ServiceProgram(
        executable: "/opt/a&b/looper", arguments: ["serve", "<x>"], searchPath: "/bin",
        shutdownGrace: .seconds(20)),
      logPath: "/home/u/daemon.log")
    #expect(
      text.contains(
        "    <string>/opt/a&amp;b/looper</string>\n    <string>serve</string>\n    <string>&lt;x&gt;</string>\n"
      ))
    #expect(text.contains("<key>ExitTimeOut</key>\n  <integer>50</integer>"))
  }
}
