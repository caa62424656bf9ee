/// How many of the due items may start now, and which: limits, lanes, ageing, fairness. Pure.
struct Admission: Sendable {
  /// How many runs may be live at once, in all and by what they share.
  struct Limits: Codable, Equatable, Sendable {
    var runs = 4
    var perProject = 4
    var perRole = 4
    var perVendor = 4
  }

  /// A due item, with what its limits count by.
  struct Candidate: Equatable, Sendable {
    var itemID: QueueItem.ID
    var project: Project.ID
    var role: Role
    var vendor: Vendor
    /// Whether it would find out if its vendor works again; one at a time does.
    var isProbe = false
    var lane: Lane
    var dueAt: Timestamp
    var isBumped: Bool
  }

  /// A run that holds a slot.
  struct Slot: Equatable, Sendable {
    var project: Project.ID
    var role: Role
    var vendor: Vendor
    var isProbe = false
  }

  /// Waiting this long past its time raises an item by one lane, so that no lane starves.
  static let ageingStep: Duration = .seconds(600)

  let limits: Limits

  /// Picks items to claim, best first.
  func choose(from candidates: [Candidate], holding slots: [Slot], at now: Timestamp) -> [Candidate] {
    var held = slots
    var rest = candidates
    var chosen: [Candidate] = []
    while held.count < limits.runs {
      let next = rest.indices.filter { fits(rest[$0], held) }.min { left, right in
        key(rest[left], held, now) < key(rest[right], held, now)
      }
      guard let next else { break }
      let candidate = rest.remove(at: next)
      held.append(
        Slot(
          project: candidate.project, role: candidate.role, vendor: candidate.vendor,
          isProbe: candidate.isProbe))
      chosen.append(candidate)
    }
    return chosen
  }

  private func fits(_ candidate: Candidate, _ held: [Slot]) -> Bool {
    held.count { $0.project == candidate.project } < limits.perProject
      && held.count { $0.role == candidate.role } < limits.perRole
      && held.count { $0.vendor == candidate.vendor } < limits.perVendor
      && !(candidate.isProbe && held.contains { $0.isProbe && $0.vendor == candidate.vendor })
  }

  /// Lane raised by age, then the project that holds the fewest slots, then due time, then the older item.
  private func key(_ candidate: Candidate, _ held: [Slot], _ now: Timestamp) -> (Int64, Int, Int64, Int64) {
    let rank: Int64 =
      switch candidate.lane {
      case .manual: 0
      case .planned: 1
      case .auto: 2
      }
    let raise = max(0, (now - candidate.dueAt).milliseconds / Self.ageingStep.milliseconds)
    return (
      candidate.isBumped ? Int64.min : rank - raise, held.count { $0.project == candidate.project },
      candidate.dueAt.milliseconds, candidate.itemID.rawValue
    )
  }
}
