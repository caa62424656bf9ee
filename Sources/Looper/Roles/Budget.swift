/// What a budget is for, from the smallest to the largest.
enum BudgetLevel: String, Codable, Sendable, CaseIterable {
  case run, loop
  /// One project, from midnight to midnight UTC.
  case projectDay = "project-day"
  /// Everything, from midnight to midnight UTC.
  case day

  static let daily = allCases.filter(\.isDaily)

  /// Whether it comes back by itself with the next day.
  var isDaily: Bool {
    switch self {
    case .run, .loop: false
    case .projectDay, .day: true
    }
  }

  /// As in "1110 of the run's 1000 tokens used".
  fileprivate var owner: String {
    switch self {
    case .run: "the run's"
    case .loop: "the loop's"
    case .projectDay: "the project's daily"
    case .day: "the daily"
    }
  }
}

/// What was used at one level: by sessions that ended, and by those under way as far as they told.
struct Spending: Equatable, Sendable {
  var usage = Usage.unknown
  /// Of agents, not of waits.
  var time: Duration = .zero
  /// Sessions under way, each of which spends time while nobody tells.
  var sessions = 0
}

/// What may be used at one level; nil means no limit.
struct BudgetLimit: Codable, Equatable, Sendable {
  var tokens: Int?
  /// US dollars.
  var cost: Double?
  var time: Duration?
}

/// How far one of a budget's measures is used up.
struct BudgetReading: Equatable, Sendable {
  /// From here on people are warned.
  static let warnedFraction = 0.8

  var level: BudgetLevel
  /// 1 is all of it.
  var fraction: Double
  var words: String

  var isSpent: Bool { fraction >= 1 }
  var isWarning: Bool { fraction >= Self.warnedFraction && !isSpent }
}

/// What may still be used before a budget has anything to say; nil means no limit.
struct BudgetRoom: Equatable, Sendable {
  /// How often the time of sessions is counted that are about to spend the rest of it together.
  static let tick: Duration = .milliseconds(500)

  var tokens: Int?
  /// US dollars.
  var cost: Double?
  /// How long a session may go on before its time is counted again.
  var time: Duration?
}

/// The end of a budget: no failure of anybody.
struct BudgetBreach: Error, Codable, Equatable, Sendable {
  var level: BudgetLevel
  var message: String
}

extension FlowPolicy.Budget {
  subscript(level: BudgetLevel) -> BudgetLimit {
    switch level {
    case .run: run
    case .loop: loop
    case .projectDay: projectDay
    case .day: day
    }
  }

  /// The measures of a level that have a limit, and how far each is used. What is unknown is in no sum: a limit holds
  /// those who tell, and where there is one that somebody does not tell, `config check` and `status` say so.
  func readings(_ level: BudgetLevel, _ spent: Spending) -> [BudgetReading] {
    let limit = self[level]
    var readings: [BudgetReading] = []
    if let most = limit.tokens {
      let used = spent.usage.tokens ?? 0
      readings.append(
        BudgetReading(
          level: level, fraction: Double(used) / Double(max(most, 1)),
          words: "\(used) of \(level.owner) \(most) tokens used"))
    }
    if let most = limit.cost {
      let used = spent.usage.costUSD ?? 0
      let shown = (used * 10_000).rounded() / 10_000
      readings.append(
        BudgetReading(
          level: level, fraction: used / max(most, .leastNonzeroMagnitude),
          words: "\(shown) of \(level.owner) \(most) US dollars used"))
    }
    if let most = limit.time {
      let used = spent.time.milliseconds / 60_000
      readings.append(
        BudgetReading(
          level: level, fraction: spent.time.inSeconds / max(most.inSeconds, 0.001),
          words: "agents ran \(used) of \(level.owner) \(most.milliseconds / 60_000) minutes"))
    }
    return readings
  }

  /// The first level that is used up.
  func breach(_ spent: [BudgetLevel: Spending], at levels: [BudgetLevel] = BudgetLevel.allCases)
    -> BudgetBreach?
  {
    for level in levels {
      let readings = readings(level, spent[level] ?? Spending())
      if let spent = readings.first(where: \.isSpent) {
        return BudgetBreach(level: level, message: spent.words)
      }
    }
    return nil
  }

  /// What may still be used before anything becomes worth a warning or is spent, the level with the least.
  func room(_ spent: [BudgetLevel: Spending]) -> BudgetRoom {
    var room = BudgetRoom()
    for level in BudgetLevel.allCases {
      let used = spent[level]?.usage ?? .unknown
      if let most = self[level].tokens {
        room.tokens = min(room.tokens ?? .max, Int(Self.rest(of: Double(most), Double(used.tokens ?? 0))))
      }
      if let most = self[level].cost {
        room.cost = min(room.cost ?? .infinity, Self.rest(of: most, used.costUSD ?? 0))
      }
      if let most = self[level].time {
        let wait = Self.wait(leaving: most - (spent[level]?.time ?? .zero), spent[level]?.sessions ?? 0)
        room.time = room.time.map { min($0, wait) } ?? wait
      }
    }
    return room
  }

  /// A session alone is looked at again when the rest is over. What several have told is up to a pulse old each, and they
  /// spend it as many times as fast: once it may be over within a pulse they are looked at all the time.
  private static func wait(leaving rest: Duration, _ sessions: Int) -> Duration {
    guard sessions > 1 else { return max(rest, .zero) }
    return rest > SessionNews.pulse * 2 * sessions ? SessionNews.pulse : BudgetRoom.tick
  }

  /// What is left until the next mark of one measure.
  private static func rest(of most: Double, _ used: Double) -> Double {
    let warned = most * BudgetReading.warnedFraction
    return max((used < warned ? warned : most) - used, 0)
  }

  /// What became worth a warning between two accounts.
  func warnings(from before: [BudgetLevel: Spending], to after: [BudgetLevel: Spending]) -> [BudgetReading] {
    BudgetLevel.allCases.flatMap { level in
      let old = readings(level, before[level] ?? Spending())
      let new = readings(level, after[level] ?? Spending())
      return zip(old, new).filter { $0.fraction < BudgetReading.warnedFraction && $1.isWarning }.map(\.1)
    }
  }
}
