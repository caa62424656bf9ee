/// How a REST call ended that GitHub answered for good.
enum GitHubOutcome: Equatable, Sendable {
  case done(JSONValue)
  /// With GitHub's own words, and the failure it is when the caller has no use for it.
  case refused(status: Int, said: String, Failure)
}

/// Calls with everything that holds for all of them: the rate gate, classification, counting.
struct GitHubChannel: Sendable {
  let transport: any GhTransport
  let time: any TimeSource
  let gate: GitHubRateGate
  let counters: GitHubCallCounters
  let memory: GitHubMemory

  /// Sends a REST call.
  ///
  /// - Returns: the answer's JSON; null for an empty one.
  func rest(_ request: GhRequest) async throws(Failure) -> JSONValue {
    let answer = try await send(request)
    guard !answer.body.isEmpty else {
      guard answer.isComplete else { throw cutOff(request) }
      return .null
    }
    guard let json = answer.json else { throw cutOff(request) }
    return json
  }

  /// Sends a REST call whose answer is plain text.
  func text(_ request: GhRequest) async throws(Failure) -> String {
    let answer = try await send(request)
    guard answer.isComplete else { throw cutOff(request) }
    return String(decoding: answer.body, as: UTF8.self)
  }

  /// Sends a GraphQL request; throws when it failed as a whole.
  func graphql(_ request: GhRequest) async throws(Failure) -> GraphQLAnswer {
    try sound(try await answer(request))
  }

  /// Sends a GraphQL request whose answer the caller judges.
  func answer(_ request: GhRequest) async throws(Failure) -> GraphQLAnswer {
    let answer = try await send(request)
    guard let decoded = GraphQLAnswer(answer.json) else { throw cutOff(request) }
    return decoded
  }

  /// - Throws: why the request failed as a whole.
  func sound(_ answer: GraphQLAnswer) throws(Failure) -> GraphQLAnswer {
    guard let error = answer.errors.first(where: { $0.path.isEmpty || answer.data.isNull }) else {
      return answer
    }
    throw GitHubFailure.classify(graphQL: error, now: time.now)
  }

  /// Sends a REST call that GitHub may refuse for a reason the caller knows what to do about.
  func attempt(_ request: GhRequest) async throws(Failure) -> GitHubOutcome {
    let (answer, failure) = try await exchange(request)
    guard let failure else {
      guard let json = answer.body.isEmpty && answer.isComplete ? .null : answer.json else {
        throw cutOff(request)
      }
      return .done(json)
    }
    guard case .permanent = failure.kind, let status = answer.status else { throw failure }
    return .refused(status: status, said: GitHubFailure.message(of: answer), failure)
  }

  private func send(_ request: GhRequest) async throws(Failure) -> GhAnswer {
    let (answer, failure) = try await exchange(request)
    if let failure { throw failure }
    return answer
  }

  /// One answer with what is wrong with it; throws when there is none.
  ///
  /// GitHub redirects from a repository's former names, and `gh` (2.23) does not follow where there is a body to send.
  private func exchange(_ request: GhRequest) async throws(Failure) -> (GhAnswer, Failure?) {
    guard let project = request.project else { return try await exchangeOnce(request) }
    let known = memory.name(of: project)
    let first = try await exchangeOnce(request.addressed(to: known))
    guard let status = first.0.status, 300..<400 ~= status, status != 304 else { return first }
    let json = try await rest(.rest(.get, GitHubPath.repository(project), on: request.host, for: .repository))
    guard let name = json["full_name"]?.stringValue.flatMap({ ProjectName("\(request.host)/\($0)") }),
      name != known
    else { return first }
    memory.remember(name: name, of: project)
    return try await exchangeOnce(request.addressed(to: name))
  }

  private func exchangeOnce(_ request: GhRequest) async throws(Failure) -> (GhAnswer, Failure?) {
    if let refusal = gate.refusal(of: request, now: time.now) {
      counters.count(request.kind, outcome: "held")
      throw refusal
    }
    let answer: GhAnswer
    do {
      answer = try await transport.send(request)
    } catch {
      counters.count(request.kind, outcome: error.kind.code)
      throw error
    }
    let judged = judge(answer, to: request)
    let failure = gate.record(answer, to: request, failure: judged, now: time.now)
    counters.count(request.kind, outcome: failure?.kind.code ?? "ok")
    return (answer, failure)
  }

  private func judge(_ answer: GhAnswer, to request: GhRequest) -> Failure? {
    let call = "\(request.method.rawValue) \(request.path)"
    if let failure = GitHubFailure.classify(answer, calling: call, now: time.now) {
      return request.resource == .graphql ? GitHubFailure.ofGraph(failure, status: answer.status) : failure
    }
    guard request.resource == .graphql, let errors = GraphQLAnswer(answer.json)?.errors else { return nil }
    let limit = errors.first { $0.type.hasPrefix("RATE_LIMIT") }
    return limit.map { error in
      let end = GitHubFailure.limitEnd(in: answer.headers, now: time.now)
      let failure = GitHubFailure.classify(graphQL: error, now: time.now)
      return end.map { Failure(.rateLimited(until: $0), failure.message) } ?? failure
    }
  }

  private func cutOff(_ request: GhRequest) -> Failure {
    Failure(.transient, "github's answer to \(request.method.rawValue) \(request.path) is cut off or no JSON")
  }
}
