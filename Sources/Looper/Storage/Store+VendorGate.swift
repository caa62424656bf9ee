import GRDB

/// Which vendors may be given work; kept so that a restart forgets no limit and starts no second probe.
extension Store {
  /// The gates of all vendors that ever were in trouble; one that is missing is open.
  func vendorGates() async throws -> [Vendor: VendorGate] {
    try await database.read { try Self.vendorGates($0) }
  }

  /// Tells a vendor's gate what happened; writes nothing when that changes nothing.
  func tellGate(of vendor: Vendor, _ event: VendorGate.Event, at now: Timestamp) async throws {
    try await database.write { try Self.tellGate(of: vendor, event, at: now, $0) }
  }

  /// Asks whether a session of `run` may start now; when its vendor may work again, the run finds that out.
  ///
  /// - Returns: why it may not.
  func enterGate(_ run: Run, at now: Timestamp) async throws -> Failure? {
    try await database.write { db in
      if let refusal = try Self.gate(of: run.vendor, db).refusal(of: run.id, at: now) { return refusal }
      try Self.tellGate(of: run.vendor, .claimed(run.id), at: now, db)
      return nil
    }
  }

  /// Makes every closed gate due, for a person who knows more than the vendor said.
  static func hurryGates(at now: Timestamp, _ db: Database) throws {
    for vendor in try vendorGates(db).keys { try tellGate(of: vendor, .hurried, at: now, db) }
  }

  static func vendorGates(_ db: Database) throws -> [Vendor: VendorGate] {
    try Row.fetchAll(
      db, sql: "SELECT vendor, state, failures, cause, until, since, tries, message, runID FROM vendorGate"
    ).reduce(into: [:]) { gates, row in
      guard let vendor = Vendor(rawValue: row["vendor"]) else { return }
      gates[vendor] = gate(row)
    }
  }

  static func tellGate(of vendor: Vendor, _ event: VendorGate.Event, at now: Timestamp, _ db: Database) throws
  {
    let before = try gate(of: vendor, db)
    var gate = before
    let change = gate.apply(event, at: now)
    guard gate != before else { return }
    try save(gate, of: vendor, db)
    switch change {
    case .none: break
    case .closed(let closure):
      try append(
        EventDraft(.agentLimited, "\(vendor.rawValue) until \(closure.until.iso8601): \(closure.message)"),
        at: now, db)
    case .opened: try append(EventDraft(.agentAvailable, "\(vendor.rawValue) works again"), at: now, db)
    }
  }

  private static func gate(of vendor: Vendor, _ db: Database) throws -> VendorGate {
    try Row.fetchOne(
      db,
      sql: """
        SELECT state, failures, cause, until, since, tries, message, runID FROM vendorGate WHERE vendor = :vendor
        """, arguments: ["vendor": vendor.rawValue], as: gate) ?? VendorGate()
  }

  private static func gate(_ row: Row) -> VendorGate {
    guard let cause = (row["cause"] as String?).flatMap(VendorGate.Cause.init(rawValue:)),
      let until = row["until"] as Int64?, let since = row["since"] as Int64?
    else { return VendorGate(.open(failures: row["failures"])) }
    let closure = VendorGate.Closure(
      cause: cause, until: Timestamp(milliseconds: until), since: Timestamp(milliseconds: since),
      tries: row["tries"], message: row["message"])
    guard let run = row["runID"] as Int64? else { return VendorGate(.closed(closure)) }
    return VendorGate(.probing(closure, by: Run.ID(run)))
  }

  private static func save(_ gate: VendorGate, of vendor: Vendor, _ db: Database) throws {
    var failures = 0
    var state = "closed"
    switch gate.state {
    case .open(let count): (state, failures) = ("open", count)
    case .closed: break
    case .probing: state = "probing"
    }
    let closure = gate.closure
    try db.execute(
      sql: """
        INSERT INTO vendorGate (vendor, state, failures, cause, until, since, tries, message, runID)
        VALUES (:vendor, :state, :failures, :cause, :until, :since, :tries, :message, :run)
        ON CONFLICT (vendor) DO UPDATE SET state = :state, failures = :failures, cause = :cause, until = :until,
          since = :since, tries = :tries, message = :message, runID = :run
        """,
      arguments: [
        "vendor": vendor.rawValue, "state": state, "failures": failures, "cause": closure?.cause.rawValue,
        "until": closure?.until.milliseconds, "since": closure?.since.milliseconds,
        "tries": closure?.tries ?? 0, "message": closure?.message ?? "", "run": gate.probe?.rawValue,
      ])
  }
}
