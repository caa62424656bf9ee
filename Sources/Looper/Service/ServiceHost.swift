/// One way to keep a daemon running in the background.
///
/// Every call answers when what it asks for is so, or throws what to do about it.
protocol ServiceHost: Sendable {
  /// `systemd user service`, for people.
  var name: String { get }
  /// The file that tells the service manager about us; nil where there is none.
  var definitionPath: String? { get }
  var log: ServiceLog { get }

  /// Writes the definition and has it started at the next boot or login.
  ///
  /// - Returns: what a person should know or do besides.
  func install(_ program: ServiceProgram) async throws(LooperError) -> [String]
  /// Stops it and takes the definition away.
  func uninstall() async throws(LooperError)
  /// Answers when the daemon serves; one that runs already is left alone.
  func start(_ program: ServiceProgram) async throws(LooperError)
  /// Answers when the daemon and its agents are gone; one that does not run is no error.
  func stop(_ program: ServiceProgram) async throws(LooperError)
  func restart(_ program: ServiceProgram) async throws(LooperError)
  /// Whether the process with this number is the one it keeps running, and not one that somebody started by hand.
  func runs(_ pid: Int) async -> Bool
}

/// Where a service's log lines are.
enum ServiceLog: Equatable, Sendable {
  case file(String)
  /// The program that shows them, without the options for how much.
  case journal([String])

  /// Where standard output and error of a daemon go that no journal listens to. The daemon itself puts the file
  /// aside when it is full.
  static func filePath(inDataDirectory directory: String) -> String { "\(directory)/daemon.log" }
}
