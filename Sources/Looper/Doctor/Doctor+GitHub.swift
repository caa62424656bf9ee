import Foundation

/// Whether GitHub answers, to whom, and how much it still lets be asked.
extension Doctor {
  private static let rateMin = 500
  private static let clockDriftMax = Duration.seconds(60)

  func github(_ scene: Scene) async -> [DoctorFinding] {
    var notes = DoctorNotes("github")
    let configured = scene.configuration.projects.map(\.name.host)
    let watched = (scene.daemon?.projects ?? []).compactMap { ProjectName($0.name)?.host }
    let others = Set(configured + watched).subtracting([AssumedHost.name]).sorted()
    for host in [AssumedHost.name] + others { await examine(host, scene, &notes) }
    return notes.findings
  }

  /// The code of the finding that says why nothing on a host can be looked at; nil when it can.
  ///
  /// - Parameter findings: those of ``github(_:)``.
  static func obstacle(on host: String, _ findings: [DoctorFinding]) -> String? {
    let suffix = suffix(of: host)
    func status(_ code: String) -> DoctorFinding.Status? { findings.first { $0.code == code }?.status }
    guard let answer = status("github-api\(suffix)"), answer != .ok else { return nil }
    switch status("github-login\(suffix)") {
    case .failed: return "github-login\(suffix)"
    case .skipped: return "gh"
    case .ok, .warning, nil: return "github-api\(suffix)"
    }
  }

  /// Codes are stable; another host is told by its suffix.
  private static func suffix(of host: String) -> String { host == AssumedHost.name ? "" : "-\(host)" }

  private func examine(_ host: String, _ scene: Scene, _ notes: inout DoctorNotes) async {
    let suffix = Self.suffix(of: host)
    let codes = ["github-api", "github-scopes", "github-clock", "github-rate"].map { $0 + suffix }
    let gh = ghPath(scene)
    let login = await probe.run(gh, ["auth", "status", "--hostname", host], allowing: .gh)
    switch login {
    case .output: notes.ok("github-login\(suffix)", "gh is logged in to \(host)")
    case .notFound:
      notes.skip("github-login\(suffix)", "there is no gh")
      for code in codes { notes.skip(code, "there is no gh") }
      return
    case .refused(let text), .broken(let text):
      notes.fail(
        "github-login\(suffix)", "gh is not logged in to \(host): \(Self.complaint(text))",
        fix: "gh auth login --hostname \(host)")
    }
    let answer = await probe.run(
      gh, ["api", "--include", "--hostname", host, "user"], allowing: .gh)
    guard case .output(let text) = answer else {
      let reason: String =
        switch answer {
        case .refused(let text), .broken(let text): Self.complaint(text)
        case .output, .notFound: "gh went away"
        }
      if case .output = login {
        notes.fail(codes[0], "\(host) did not answer: \(reason)", fix: "gh api --hostname \(host) user")
      } else {
        notes.skip(codes[0], "gh is not logged in")
      }
      for code in codes.dropFirst() { notes.skip(code, "\(host) did not answer") }
      return
    }
    judge(GhOutput.parse(Data(text.utf8), complaint: "", isComplete: true), host, suffix, &notes)
  }

  /// As the daemon chooses it.
  func ghPath(_ scene: Scene) -> String {
    let configured = scene.configuration.github.ghPath
    return configured.hasPrefix("/") && !FileManager.default.isExecutableFile(atPath: configured)
      ? "gh" : configured
  }

  private func judge(_ answer: GhAnswer, _ host: String, _ suffix: String, _ notes: inout DoctorNotes) {
    let login = (try? JSONDecoder().decode(JSONValue.self, from: answer.body))?["login"]?.stringValue
    notes.ok("github-api\(suffix)", "\(host) answers" + (login.map { " as \($0)" } ?? ""))
    scopes(answer.headers["x-oauth-scopes"], host, "github-scopes\(suffix)", &notes)
    if let text = answer.headers["date"], let there = Self.moment(text) {
      let drift = abs((time.now - there).milliseconds)
      notes.expect(
        "github-clock\(suffix)", drift <= Self.clockDriftMax.milliseconds, "\(drift / 1000) s apart",
        else: "the clock here is \(drift / 1000) s away from \(host)'s", fix: "sudo timedatectl set-ntp true")
    } else {
      notes.skip("github-clock\(suffix)", "\(host) did not say what time it is")
    }
    if let left = answer.headers["x-ratelimit-remaining"].flatMap({ Int($0) }) {
      notes.expect(
        "github-rate\(suffix)", left >= Self.rateMin, "\(left) calls left in this hour",
        else: "only \(left) calls are left in this hour",
        fix: "looper config set daemon.poll-interval-secs 120")
    } else {
      notes.skip("github-rate\(suffix)", "\(host) did not say")
    }
  }

  /// Fine-grained tokens name no scopes; what they may is seen per project.
  private func scopes(_ header: String?, _ host: String, _ code: String, _ notes: inout DoctorNotes) {
    let scopes = (header ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    guard !scopes.isEmpty else { return notes.skip(code, "the token names no scopes") }
    let missing = ["repo", "workflow"].filter { !scopes.contains($0) }
    notes.expect(
      code, missing.isEmpty, scopes.joined(separator: ", "),
      else: "the token lacks the scope \(missing.joined(separator: ", "))",
      fix: "gh auth refresh --hostname \(host) --scopes \(missing.joined(separator: ","))")
  }

  /// The line of gh's answer that says what is wrong.
  static func complaint(_ text: String) -> String {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
    let marked = lines.first { $0.hasPrefix("gh:") || $0.hasPrefix("X ") || $0.contains("error") }
    return marked ?? lines.last ?? "it said nothing"
  }

  /// Reads `Sun, 22 Nov 2026 12:00:00 GMT`.
  static func moment(_ text: String) -> Timestamp? {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let words = text.split(separator: " ").map(String.init)
    guard words.count == 6, let month = months.firstIndex(of: words[2]) else { return nil }
    let number = month + 1 < 10 ? "0\(month + 1)" : String(month + 1)
    return Timestamp(iso8601: "\(words[3])-\(number)-\(words[1])T\(words[4])Z")
  }
}
