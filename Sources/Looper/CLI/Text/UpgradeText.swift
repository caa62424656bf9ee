/// What an upgrade did, in a line.
enum UpgradeText {
  /// - Parameter origin: where the package came from, when the command named it.
  static func text(_ report: Upgrade.Report, isCheck: Bool, from origin: String?) -> String {
    guard report.from != report.to else { return "looper \(report.from) is the newest" }
    guard report.isUpgraded else {
      return isCheck
        ? "looper \(report.to) is there, this is \(report.from); get it with `looper upgrade\(origin.map { " --from \($0)" } ?? "")`"
        : "nothing changed"
    }
    var text = "upgraded looper \(report.from) to \(report.to)"
    if let backup = report.backup { text += "; the database before is \(backup)" }
    if report.isRestarted { text += "; the daemon runs the new one" }
    if report.needsRestart { text += "; the running daemon is still the old one: restart it" }
    return text
  }
}
