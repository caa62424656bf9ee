import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Which service manager there is, and where things lie for it.
struct ServiceSurroundings: Sendable {
  var variables: [String: String]
  var homeDirectory: String
  var paths: ConfigurationPaths
  var isSystemWide: Bool
  /// The account a system service runs as.
  var account: String
  var time: any TimeSource
  var shell: ServiceShell
  /// Whether systemd is PID 1; the tests say so themselves.
  var hasSystemd = FileManager.default.fileExists(atPath: "/run/systemd/system")
  var uid = geteuid()

  /// The way the daemon is, or would be, kept running.
  ///
  /// - Parameter isInstalling: also one that is not installed yet.
  func host(isInstalling: Bool) throws(LooperError) -> any ServiceHost {
    if isSystemWide { return try systemHost() }
    #if os(macOS)
      let launchd = LaunchdHost(
        homeDirectory: homeDirectory, uid: uid, logPath: background.logPath, shell: shell)
      if isInstalling || isThere(launchd.definitionPath) { return launchd }
    #else
      let systemd = SystemdHost(
        scope: .user, unitDirectory: userUnitDirectory, account: account, shell: shell)
      if hasUserManager, isInstalling || isThere(systemd.definitionPath) { return systemd }
    #endif
    return background
  }

  var background: BackgroundHost {
    let socket = UnixSocketPath(path: paths.socketPath)
    return BackgroundHost(
      dataDirectory: paths.dataDirectory, lockPath: "\(paths.databasePath).lock",
      environment: variables, time: time,
      answers: { socket.answers })
  }

  private func systemHost() throws(LooperError) -> any ServiceHost {
    guard hasSystemd else {
      throw LooperError(.preconditionFailed, "systemd does not run here; leave --system out")
    }
    return SystemdHost(
      scope: .system(account: account), unitDirectory: SystemdHost.systemUnitDirectory, account: account,
      shell: shell)
  }

  /// A user manager is there when its socket or the session's bus is.
  private var hasUserManager: Bool {
    guard hasSystemd, let runtime = variables["XDG_RUNTIME_DIR"], runtime.hasPrefix("/") else { return false }
    return isThere("\(runtime)/systemd/private") || isThere("\(runtime)/bus")
  }

  private var userUnitDirectory: String {
    let configuration = variables["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    return "\(configuration ?? "\(homeDirectory)/.config")/systemd/user"
  }

  private func isThere(_ path: String?) -> Bool { path.map(FileManager.default.fileExists(atPath:)) ?? false }
}
