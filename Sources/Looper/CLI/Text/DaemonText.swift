/// `looper daemon status`: one line, and where to look.
enum DaemonText {
  static func text(_ view: DaemonStateView, _ style: TextStyle) -> String {
    var lines = [headline(view, style)]
    let isForeground = view.service == DaemonStateView.foreground
    let kept = isForeground ? ", a `looper serve` that somebody started" : ""
    lines.append("service  \(view.definition ?? view.service + kept)")
    lines.append("socket   \(view.socket)")
    let elsewhere = isForeground ? "its standard error" : "the journal, \(command("logs", of: view.service))"
    lines.append("log      \(view.log ?? elsewhere)")
    return lines.joined(separator: "\n")
  }

  /// How to ask for the daemon of that name, from wherever this was asked.
  static func command(_ verb: String, of service: String) -> String {
    let isSystem = service == SystemdHost.name(isOfUser: false)
    return "`looper daemon \(verb)\(isSystem ? " --system" : "")`"
  }

  private static func headline(_ view: DaemonStateView, _ style: TextStyle) -> String {
    let pid = view.pid.map { ", pid \($0)" } ?? ""
    switch view.state {
    case .running:
      let since = view.startedAt.map { ", started \(style.ago($0))" } ?? ""
      return "\(style.paint("running", .green)), looper \(view.version ?? "")\(pid)\(since)"
    case .starting: return "\(style.paint("not answering", .yellow))\(pid), starting or stopping"
    case .stopped:
      return "\(style.paint("stopped", .red)); start it with \(command("start", of: view.service))"
    }
  }
}
