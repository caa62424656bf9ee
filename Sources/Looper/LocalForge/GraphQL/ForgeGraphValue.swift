/// What a field resolves to, before its selections are made.
indirect enum ForgeGraphValue: Sendable {
  case leaf(JSONValue)
  case object(ForgeGraphObject)
  case list([ForgeGraphValue])

  static let null = Self.leaf(.null)
  static func text(_ text: String?) -> Self { .leaf(ForgeJSON.text(text)) }
  static func number(_ number: Int?) -> Self { .leaf(ForgeJSON.number(number)) }
  static func flag(_ flag: Bool) -> Self { .leaf(.bool(flag)) }
  static func time(_ time: Timestamp?) -> Self { .leaf(ForgeJSON.time(time)) }
  static func object(_ object: ForgeGraphObject?) -> Self { object.map { Self.object($0) } ?? .null }

  static func record(_ type: String, _ fields: [String: ForgeGraphValue]) -> Self {
    .object(.record(type: type, fields: fields))
  }
}

/// Something with fields: a row of the state, by its identity, or a ready-made record.
indirect enum ForgeGraphObject: Sendable {
  case query
  case mutation
  case repository(Int)
  /// An issue or a pull request.
  case issue(Int)
  case comment(Int)
  case review(Int)
  case reviewComment(Int)
  case thread(Int)
  case label(Int)
  case event(Int)
  case actor(String)
  case commit(CommitSHA, repositoryID: Int)
  case ref(String, repositoryID: Int)
  case rollup(CommitSHA, repositoryID: Int)
  case combinedStatus(CommitSHA, repositoryID: Int)
  case checkRun(Int)
  /// The suite of a check run.
  case checkSuite(ofRun: Int)
  case status(Int)
  case record(type: String, fields: [String: ForgeGraphValue])
}
