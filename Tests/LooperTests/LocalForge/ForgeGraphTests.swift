import Testing

@testable import Looper

@Suite("GraphQL answers exactly what was asked, or says why not", .serialized)
struct ForgeGraphTests {
  @Test(
    "a wrong query is an error and no data",
    arguments: [
      ("{ viewer { nonsense } }", "Field 'nonsense' doesn't exist on type 'User'"),
      ("{ repository(owner: \"a\") { id } }", "Field 'repository' is missing required arguments: name"),
      ("{ viewer(x: 1) { login } }", "Field 'viewer' doesn't accept argument 'x'"),
      (
        "{ viewer }",
        "Field must have selections (field 'viewer' returns User but has no selections. Did you mean 'viewer { ... }'?)"
      ),
      (
        "{ viewer { login { x } } }",
        "Selections can't be made on scalars (field 'login' returns String but has selections)"
      ),
      ("query Q($x: Int) { viewer { login } }", "Variable $x is declared by Q but not used"),
      ("{ node(id: $x) { id } }", "Variable $x is used by anonymous query but not declared"),
      ("query($x: Int) { node(id: $x) { id } }", "Type mismatch on variable $x and argument id (Int / ID!)"),
      ("{ viewer { ...F } }", "Fragment F was used, but not defined"),
      ("{ viewer { ... on Nothing { id } } }", "No such type Nothing, so it can't be a fragment condition"),
      ("{ viewer { ... on Issue { id } } }", "Fragment on Issue can't be spread inside User"),
      ("{ viewer { login @maybe } }", "Directive @maybe is not defined"),
      ("{ viewer { login }", "Parse error on end of document at [1, 19], expecting a name"),
    ])
  func wrongQueries(query: String, message: String) async throws {
    try await withForge { scene in
      let answer = try await scene.graph(query)
      #expect(answer["data"] == nil)
      #expect(answer["errors"]?.arrayValue?.first?["message"] == .string(message))
    }
  }

  @Test("a variable of the wrong type, or a missing one, is an error")
  func variables() async throws {
    try await withForge { scene in
      let query =
        "query($n: Int!) { repository(owner: \"acme\", name: \"shop\") { issue(number: $n) { title } } }"
      for given: JSONValue in [[:], ["n": "one"], ["n": .null]] {
        let answer = try await scene.graph(query, given)
        #expect(answer["data"] == nil)
        #expect(answer["errors"]?[0]?["message"] == "Variable $n of type Int! was provided invalid value")
      }
      let answer = try await scene.graph(query, ["n": 1])
      #expect(answer == ["data": ["repository": ["issue": ["title": "It is broken"]]]])
    }
  }

  @Test("aliases, fragments, directives, defaults and __typename work together")
  func features() async throws {
    try await withForge { scene in
      let query = """
        query Sweep($all: Boolean = false) {
          one: repository(owner: "acme", name: "shop") { ...R issue(number: 1) { author { __typename login } } }
          viewer { login @skip(if: $all) id @include(if: $all) }
        }
        fragment R on Repository { nameWithOwner, issues(first: 1, states: [OPEN]) { totalCount nodes { number } } }
        """
      let answer = try await scene.graph(query)
      let one: JSONValue = [
        "nameWithOwner": "acme/shop", "issues": ["totalCount": 1, "nodes": [["number": 1]]],
        "issue": ["author": ["__typename": "User", "login": "alice"]],
      ]
      #expect(answer == ["data": ["one": one, "viewer": ["login": "looper"]]])
      #expect(await scene.forge.requestLog.last?.operation == "Sweep repository viewer")
    }
  }

  @Test("what is missing is NOT_FOUND with null at its place, and the rest is there")
  func missing() async throws {
    try await withForge { scene in
      let query = """
        { a: repository(owner: "acme", name: "none") { id }
          b: repository(owner: "acme", name: "shop") { name issue(number: 99) { id } } }
        """
      let answer = try await scene.graph(query)
      #expect(answer["data"] == ["a": .null, "b": ["name": "shop", "issue": .null]])
      let errors = answer["errors"]?.arrayValue ?? []
      #expect(errors.map { $0["type"] } == ["NOT_FOUND", "NOT_FOUND"])
      #expect(errors.map { $0["path"] } == [["a"], ["b", "issue"]])
      #expect(errors.first?["message"] == "Could not resolve to a Repository with the name 'acme/none'.")
    }
  }

  @Test("connections page by cursor and insist on bounds")
  func pages() async throws {
    try await withForge { scene in
      for number in 2...5 {
        try await scene.forge.createIssue(in: ForgeScene.repository, title: "Issue \(number)", as: "alice")
      }
      let query = """
        query($after: String) { repository(owner: "acme", name: "shop") {
          issues(first: 2, after: $after, orderBy: {field: UPDATED_AT, direction: DESC}) {
            nodes { number } pageInfo { hasNextPage endCursor } } } }
        """
      var seen: [JSONValue] = []
      var cursor = JSONValue.null
      repeat {
        let issues = try await scene.graph(query, ["after": cursor])["data"]?["repository"]?["issues"]
        seen += issues?["nodes"]?.arrayValue?.compactMap { $0["number"] } ?? []
        let isMore = issues?["pageInfo"]?["hasNextPage"] == true
        cursor = isMore ? issues?["pageInfo"]?["endCursor"] ?? .null : .null
      } while cursor != .null
      #expect(seen == [5, 4, 3, 2, 1])
      let unbounded = try await scene.graph(
        "{ repository(owner: \"acme\", name: \"shop\") { issues { totalCount } } }")
      #expect(unbounded["errors"]?[0]?["type"] == "MISSING_PAGINATION_BOUNDARIES")
      let many = try await scene.graph(
        "{ repository(owner: \"acme\", name: \"shop\") { issues(first: 101) { totalCount } } }")
      #expect(many["errors"]?[0]?["type"] == "EXCESSIVE_PAGINATION")
    }
  }

  @Test("the timeline says who set a label and when")
  func timeline() async throws {
    try await withForge { scene in
      try await scene.forge.addLabel("looper:plan", to: 1, in: ForgeScene.repository, as: "alice")
      try await scene.forge.comment("hello", on: 1, in: ForgeScene.repository, as: "alice")
      let query = """
        { repository(owner: "acme", name: "shop") { issue(number: 1) {
          labels(first: 5) { nodes { name } }
          timelineItems(last: 5, itemTypes: [LABELED_EVENT]) { totalCount nodes { __typename
            ... on LabeledEvent { actor { login } label { name } createdAt } } } } } }
        """
      let issue = try await scene.graph(query)["data"]?["repository"]?["issue"]
      let event: JSONValue = [
        "__typename": "LabeledEvent", "actor": ["login": "alice"], "label": ["name": "looper:plan"],
        "createdAt": ForgeJSON.time(ForgeScene.startedAt),
      ]
      #expect(issue?["timelineItems"]?["nodes"] == [event])
      #expect(issue?["labels"]?["nodes"] == [["name": "looper:plan"]])
    }
  }

  @Test("mutations do what the REST routes do, with the same rights")
  func mutations() async throws {
    try await withForge { scene in
      let id = try await scene.graph(
        "{ repository(owner: \"acme\", name: \"shop\") { issue(number: 1) { id } } }")
      let issue = id["data"]?["repository"]?["issue"]?["id"] ?? .null
      let comment =
        "mutation($id: ID!, $body: String!) { addComment(input: {subjectId: $id, body: $body}) { commentEdge { node { databaseId body } } } }"
      let made = try await scene.graph(comment, ["id": issue, "body": "one"])
      #expect(made["data"]?["addComment"]?["commentEdge"]?["node"]?["body"] == "one")
      let label = try await scene.forge.perform(as: "acme") { session in
        try session.createLabel(in: session.repository(ForgeScene.repository), name: "bug").id
      }
      let add =
        "mutation($id: ID!, $labels: [ID!]!) { addLabelsToLabelable(input: {labelableId: $id, labelIds: $labels}) { labelable { labels(first: 3) { nodes { name } } } } }"
      let variables: JSONValue = ["id": issue, "labels": [.string("LA_\(label)")]]
      let refused = try await scene.graph(add, variables, token: "mallory-token")
      #expect(refused["errors"]?[0]?["type"] == "FORBIDDEN")
      let added = try await scene.graph(add, variables)
      #expect(added["data"]?["addLabelsToLabelable"]?["labelable"]?["labels"]?["nodes"] == [["name": "bug"]])
      let unknown = try await scene.graph(comment, ["id": "I_9", "body": "x"])
      #expect(unknown["errors"]?[0]?["type"] == "NOT_FOUND")
    }
  }

  @Test("every field of the type table is answered on a pull request and on an issue")
  func everyField() async throws {
    try await withForge { scene in
      let number = try await scene.openPull()
      let head = try #require(try await scene.git.branches(of: scene.barePath)["feature"])
      try await scene.forge.reportCheck(
        ForgeSession.CheckReport(name: "test", conclusion: .success), on: head, in: ForgeScene.repository)
      try await scene.forge.postStatus(
        .success, context: "s", on: head, in: ForgeScene.repository, as: "alice")
      let anchor = ForgeAnchor(path: "list.txt", line: 2)
      let review = ForgeSession.NewReview(
        event: .comment, body: "x", comments: [.init(anchor: anchor, body: "y")])
      try await scene.forge.submitReview(review, on: number, in: ForgeScene.repository, as: "alice")
      try await scene.forge.addLabel("bug", to: number, in: ForgeScene.repository, as: "alice")
      try await scene.forge.comment("hello", on: number, in: ForgeScene.repository, as: "alice")
      for (field, type) in [("pullRequest(number: \(number))", "PullRequest"), ("issue(number: 1)", "Issue")]
      {
        let selection = ForgeGraphSelectionText(depth: 4).text(of: type)
        let repository = ForgeGraphSelectionText(depth: 1).text(of: "Repository")
        let query =
          "{ repository(owner: \"acme\", name: \"shop\") { \(repository) it: \(field) { \(selection) } } }"
        let answer = try await scene.graph(query)
        let messages = answer["errors"]?.arrayValue?.compactMap { $0["message"]?.stringValue } ?? []
        #expect(Set(messages) == [])
        #expect(answer["data"]?["repository"]?["it"]?["number"] != nil)
      }
    }
  }
}

/// Writes a selection of every field of a type that needs no argument but a page size.
struct ForgeGraphSelectionText {
  let depth: Int
  private let table = ForgeGraphTypeTable.github

  init(depth: Int) { self.depth = depth }

  func text(of type: String) -> String {
    let own = fields(of: type, isAlone: true)
    // Members of a union may have fields of the same name and different types: each gets its own aliases.
    let members = table.possibleTypes(of: type).subtracting([type]).sorted()
    let nested = members.map { "... on \($0) { __typename \(fields(of: $0, isAlone: false)) }" }
    return "__typename \(own) \(nested.joined(separator: " "))"
  }

  private func fields(of type: String, isAlone: Bool) -> String {
    let fields = (table.fields(of: type) ?? [:]).sorted { $0.key < $1.key }
    return fields.compactMap { name, field in
      let required =
        field.arguments.contains { $0.value.isRequired } || ["object", "isRequired"].contains(name)
      if required { return nil }
      let page = field.arguments["first"] == nil ? "" : "(first: 1)"
      let alias = isAlone ? "" : "\(type)_\(name): "
      guard table.isComposite(field.type.base) else { return "\(alias)\(name)\(page)" }
      if depth == 0 { return nil }
      return
        "\(alias)\(name)\(page) { \(ForgeGraphSelectionText(depth: depth - 1).text(of: field.type.base)) }"
    }.joined(separator: " ")
  }
}
