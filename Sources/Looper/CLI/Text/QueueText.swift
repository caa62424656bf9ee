/// The queue, in the order of claiming.
enum QueueText {
  static func table(_ items: [QueueItemView], _ style: TextStyle) -> String {
    TextTable(
      columns: [
        "ITEM", "LANE", "LOOP", .init("SUBJECT", .middle(16), drops: 3), "JOB", "DUE",
        .init("QUEUED", drops: 1),
        .init("TITLE", .end(8), drops: 2),
      ],
      rows: items.map { item in
        [
          .init(String(item.id)), .init(item.lane + (item.isBumped ? " (bumped)" : "")), .init(item.loop),
          .init(item.subject), .init(item.job), .init(style.until(item.dueAt)),
          .init(style.ago(item.enqueuedAt)),
          .init(item.title),
        ]
      }
    ).text(style)
  }
}
