/// `looper usage`: a table with a total.
enum UsageText {
  static func text(_ usage: UsageView, _ style: TextStyle) -> String {
    TextTable(
      columns: [.init(usage.by.uppercased(), .middle(20)), "SESSIONS", "INPUT", "OUTPUT", "RAN", "COST"],
      rows: (usage.rows + [usage.total]).map { row in
        [
          .init(row.key), .init(String(row.sessions)),
          .init(known(TextStyle.count(row.inputTokens), row.inputTokens != nil, row.sessionsWithoutTokens)),
          .init(known(TextStyle.count(row.outputTokens), row.outputTokens != nil, row.sessionsWithoutTokens)),
          .init(row.agentSeconds.map { TextStyle.duration(.milliseconds($0 * 1000)) } ?? "?"),
          .init(known(TextStyle.money(row.costUSD), row.costUSD != nil, row.sessionsWithoutCost)),
        ]
      }
    ).text(style)
  }

  /// `?` for what nobody told, `12k+` for what not everybody told.
  private static func known(_ text: String, _ isKnown: Bool, _ silent: Int) -> String {
    isKnown ? text + (silent > 0 ? "+" : "") : "?"
  }
}
