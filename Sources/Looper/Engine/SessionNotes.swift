/// Decides which news of a session are worth a commit: a hundred talkative agents must not keep the disk busy, and no
/// budget may learn of its end late. Pure.
struct SessionNotes: Sendable {
  /// At most one commit in this time of what changes nothing for anybody.
  static let interval: Duration = .seconds(2)
  /// Usage is written at once when it is more than this part of what is left until a budget has something to say:
  /// so many sessions may wait at the same time.
  static let roomShare = 100

  private var written: SessionNews?
  /// What every budget had left at the last commit.
  private var room = BudgetRoom()

  /// Whether to write now. What is left out is contained in the next.
  func takes(_ news: SessionNews) -> Bool {
    guard let written else { return true }
    if news.active - written.active >= min(Self.interval, room.time ?? Self.interval) { return true }
    // The first words of a model open its vendor's gate.
    if (written.usage.outputTokens ?? 0) == 0, (news.usage.outputTokens ?? 0) > 0 { return true }
    let tokens = (news.usage.tokens ?? 0) - (written.usage.tokens ?? 0)
    if let left = room.tokens, tokens * Self.roomShare > left { return true }
    let cost = (news.usage.costUSD ?? 0) - (written.usage.costUSD ?? 0)
    if let left = room.cost, cost * Double(Self.roomShare) > left { return true }
    return false
  }

  /// When the session has run so long, a budget's time may be over; nil when none is limited.
  var dueAt: Duration? {
    guard let written, let time = room.time else { return nil }
    return written.active + time
  }

  /// What it does now, when that was not told yet.
  func newProgress(_ news: SessionNews) -> String? {
    news.progress == written?.progress ? nil : news.progress
  }

  /// Takes in that `news` were written.
  mutating func note(_ news: SessionNews, leaving room: BudgetRoom) {
    written = news
    self.room = room
  }
}
