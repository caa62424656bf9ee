/// What one check of `looper doctor` found.
struct DoctorFinding: Codable, Equatable, Sendable {
  /// How bad it is.
  enum Status: String, Codable, Sendable, CaseIterable {
    case ok
    /// It works, but not for long or not as well as it could.
    case warning
    case failed
    /// It could not be looked at, or does not apply here.
    case skipped
  }

  /// Stable, for programs: `git-version`.
  var code: String
  /// `machine`, `tools`, …
  var group: String
  var status: Status
  /// What was found.
  var message: String
  /// A command or an action that mends it; nil when nothing has to be.
  var fix: String?
}

extension DoctorFinding {
  func masked(by mask: SecretMask) -> Self {
    var finding = self
    finding.message = mask.masked(message)
    finding.fix = fix.map(mask.masked)
    return finding
  }
}

/// Everything `looper doctor` found.
struct DoctorReport: Codable, Equatable, Sendable {
  /// Whether nothing failed.
  var isSound: Bool
  /// In a fixed order of groups.
  var findings: [DoctorFinding]

  init(_ findings: [DoctorFinding]) {
    self.findings = findings
    isSound = !findings.contains { $0.status == .failed }
  }

  func count(_ status: DoctorFinding.Status) -> Int { findings.count { $0.status == status } }
}

/// Collects the findings of one group.
struct DoctorNotes: Sendable {
  let group: String
  private(set) var findings: [DoctorFinding] = []

  init(_ group: String) { self.group = group }

  mutating func ok(_ code: String, _ message: String) { add(code, .ok, message, nil) }
  mutating func skip(_ code: String, _ message: String) { add(code, .skipped, message, nil) }
  mutating func warn(_ code: String, _ message: String, fix: String) { add(code, .warning, message, fix) }
  mutating func fail(_ code: String, _ message: String, fix: String) { add(code, .failed, message, fix) }

  /// `ok` when it holds, else a warning.
  mutating func expect(_ code: String, _ holds: Bool, _ message: String, else complaint: String, fix: String)
  {
    if holds { ok(code, message) } else { warn(code, complaint, fix: fix) }
  }

  private mutating func add(
    _ code: String, _ status: DoctorFinding.Status, _ message: String, _ fix: String?
  ) {
    findings.append(DoctorFinding(code: code, group: group, status: status, message: message, fix: fix))
  }
}
