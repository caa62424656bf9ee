import ArgumentParser

/// What a shell offers for a word that names something the daemon knows; nothing when it does not answer at once.
enum LiveCompletion: Sendable {
  case loops, runs, queueItems, projects
  /// Runs that have not ended.
  case runningRuns
  /// Loops and runs.
  case handles

  /// Most words offered: more help nobody who is typing.
  static let wordsMax = 100

  /// For an argument's declaration.
  var kind: CompletionKind {
    .custom { typed, _, prefix in await words(typed).filter { $0.hasPrefix(prefix) } }
  }

  /// The newest first. Completion has nowhere to say what went wrong: then there are none.
  ///
  /// - Parameter typed: the command line so far, which may say where the daemon is.
  private func words(_ typed: [String]) async -> [String] {
    do {
      let global = try GlobalOptions.parse(LeadingOptions.all(in: typed))
      let patience = CommandEnvironment.current.completionPatience
      let socket =
        try global.socket ?? global.reachingConfiguration(global.sources, isTold: false).paths.socketPath
      return try await LooperClient.connected(to: socket, patience: patience) {
        try await words(from: $0)
      }
    } catch {
      return []
    }
  }

  private func words(from client: LooperClient) async throws(LooperError) -> [String] {
    switch self {
    case .loops: try await client.loops(state: nil, project: nil, limit: Self.wordsMax).items.map(\.id)
    case .runs: try await client.runs(loop: nil, state: nil, limit: Self.wordsMax).items.map(\.id)
    case .runningRuns:
      try await client.runs(loop: nil, state: "running", limit: Self.wordsMax).items.map(\.id)
    case .queueItems: try await client.queue(lane: nil).items.prefix(Self.wordsMax).map { String($0.id) }
    case .projects: try await client.projects().items.map(\.name)
    case .handles:
      try await LiveCompletion.loops.words(from: client) + LiveCompletion.runs.words(from: client)
    }
  }
}
