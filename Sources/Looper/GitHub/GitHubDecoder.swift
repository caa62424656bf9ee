/// Reads parts of GraphQL answers that several requests share; pure.
enum GitHubDecoder {
  /// Nil for a deleted account gives the empty login, of whom ``Permission/none`` is known.
  static func author(_ json: JSONValue?) -> AuthorSnapshot {
    guard let json, let login = json["login"]?.stringValue, !login.isEmpty else {
      return AuthorSnapshot(login: "", isBot: false, permission: Permission.none)
    }
    let isBot = json["__typename"]?.stringValue == "Bot" || login.hasSuffix("[bot]")
    // GraphQL leaves the suffix out that REST and `viewer` have; without it an app could pass for a user.
    let name = isBot && !login.hasSuffix("[bot]") ? "\(login)[bot]" : login
    return AuthorSnapshot(login: name, isBot: isBot, permission: nil)
  }

  static func time(_ json: JSONValue?) -> Timestamp? { json?.stringValue.flatMap(Timestamp.init(iso8601:)) }

  static func commit(_ json: JSONValue?) -> CommitSHA? { json?.stringValue.flatMap { CommitSHA($0) } }

  /// The number that ends the fragment of a web address: 7 of `…#issuecomment-7`, `…#discussion_r7`.
  ///
  /// GraphQL's `databaseId` does not hold GitHub's larger ids.
  static func id(fromURL url: String) -> Int64? {
    guard let hash = url.lastIndex(of: "#") else { return nil }
    var digits = ""
    for character in url[hash...].reversed() {
      guard character.isASCII, character.isNumber else { break }
      digits.insert(character, at: digits.startIndex)
    }
    return Int64(digits)
  }

  static func comment(_ json: JSONValue) -> CommentSnapshot? {
    guard let url = json["url"]?.stringValue, let id = id(fromURL: url),
      let createdAt = time(json["createdAt"])
    else {
      return nil
    }
    return CommentSnapshot(
      id: id, author: author(json["author"]), body: json["body"]?.stringValue ?? "", createdAt: createdAt,
      updatedAt: time(json["updatedAt"]) ?? createdAt, url: url)
  }

  /// The labels of an issue or pull request with who set each last.
  static func labels(_ json: JSONValue) -> [LabelSnapshot] {
    var setters: [String: (by: AuthorSnapshot?, at: Timestamp?)] = [:]
    for event in json["timelineItems"]?["nodes"]?.arrayValue ?? [] {
      guard let name = event["label"]?["name"]?.stringValue else { continue }
      setters[name.lowercased()] = (author(event["actor"]), time(event["createdAt"]))
    }
    return GitHubFingerprint.labels(of: json).map { name in
      let setter = setters[name.lowercased()]
      return LabelSnapshot(name: name, setBy: setter?.by, setAt: setter?.at)
    }
  }

  static func issue(_ json: JSONValue) -> IssueSnapshot? {
    guard let number = json["number"]?.integerValue, let updatedAt = time(json["updatedAt"]) else {
      return nil
    }
    let nodes = json["comments"]?["nodes"]?.arrayValue ?? []
    let comments = nodes.compactMap(comment)
    let editedAt = time(json["lastEditedAt"])
    let isCut = json["comments"]?["pageInfo"]?["hasPreviousPage"]?.boolValue ?? true
    return IssueSnapshot(
      number: Int(number), title: json["title"]?.stringValue ?? "", body: json["body"]?.stringValue ?? "",
      url: json["url"]?.stringValue ?? "", author: author(json["author"]),
      isOpen: json["state"]?.stringValue == "OPEN", labels: labels(json), comments: comments,
      areCommentsTruncated: isCut || comments.count < nodes.count, updatedAt: updatedAt,
      lastEditedAt: editedAt, editor: editedAt.map { _ in author(json["editor"]) })
  }
}
