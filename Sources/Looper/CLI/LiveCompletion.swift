import ArgumentParser

/// What a shell offers for a word that names something the daemon knows; nothing when it does not answer at once.
enum LiveCompletion: Sendable {
  case loops, runs, queueItems, projects
  /// Loops and runs.
  case handles

  /// Most words offered: more help nobody who is typing.
  static let wordsMax = 100

  /// For an argument's declaration.
  var kind: CompletionKind {
    .custom { _, _, prefix in await words.filter { $0.hasPrefix(prefix) } }
  }

  /// The newest first. Completion has nowhere to say what went wrong: then there are none.
  private var words: [String] {
    get async {
      do {
        let global = try GlobalOptions.parse([])
        let patience = CommandEnvironment.current.completionPatience
        let socket = try global.loadConfiguration().paths.socketPath
        return try await LooperClient.connected(to: socket, patience: patience) {
          try await words(from: $0)
        }
      } catch {
        return []
      }
    }
  }

  private func words(from client: LooperClient) async throws(LooperError) -> [String] {
    switch self {
    case .loops: try await client.loops(state: nil, project: nil, limit: Self.wordsMax).items.map(\.id)
    case .runs: try await client.runs(loop: nil, state: nil, limit: Self.wordsMax).items.map(\.id)
    case .queueItems: try await client.queue(lane: nil).items.prefix(Self.wordsMax).map { String($0.id) }
    case .projects: try await client.projects().items.map(\.name)
    case .handles:
      try await LiveCompletion.loops.words(from: client) + LiveCompletion.runs.words(from: client)
    }
  }
}
