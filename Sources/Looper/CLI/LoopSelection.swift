import ArgumentParser

/// One loop by its handle, or all live ones.
struct LoopSelection: ParsableArguments {
  @Argument(help: "The loop's handle, L12.", completion: LiveCompletion.loops.kind) var loop: String?
  @Flag(help: "Every live loop the command applies to.") var all = false

  func validate() throws {
    if all == (loop != nil) { throw ValidationError("name one loop, or give --all") }
  }

  /// Does it to each; one that refuses does not stop the others, and makes the command fail at the end.
  func control(_ action: BulkAction, _ done: String, _ global: GlobalOptions) async throws {
    guard let loop else { return try await controlAll(action, done, global) }
    let view = try await global.withClient(telling: Self.deed(action, "its agent")) {
      try await $0.control(loop, action.action)
    }
    try global.show(view) { _ in
      action == .retry ? LoopText.lineWithoutState(view, done) : LoopText.line(view, done)
    }
  }

  private func controlAll(_ action: BulkAction, _ done: String, _ global: GlobalOptions) async throws {
    let bulk = try await global.withClient(telling: Self.deed(action, "their agents")) {
      try await $0.controlAll(action)
    }
    let succeeded = bulk.items.filter(\.ok)
    if global.json || !succeeded.isEmpty {
      try global.show(bulk) { _ in
        succeeded.map { "\(done) \($0.loop)" }.joined(separator: "\n")
      }
    }
    let refused = bulk.items.filter { !$0.ok }
    for item in refused { try global.note("\(item.loop): \(TerminalText.safe(item.error ?? "refused"))") }
    if let hint = hint(action, bulk) { try global.note(hint) }
    guard refused.isEmpty else {
      throw LooperError(.conflict, "\(refused.count) of \(bulk.items.count) loops refused")
    }
  }

  /// What takes a while; nil for what does not.
  private static func deed(_ action: BulkAction, _ whose: String) -> String? {
    switch action {
    case .pause, .cancel: "waiting for \(whose) to stop"
    case .resume, .retry: nil
    }
  }

  /// What holds from now on, or why nothing was done.
  private func hint(_ action: BulkAction, _ bulk: BulkView) -> String? {
    switch action {
    case .pause where bulk.changed == false:
      "everything is paused already; `looper resume --all` lets new work start"
    case .pause: "nothing new starts any more; `looper resume --all` lets it"
    case .resume where bulk.changed == false:
      bulk.items.isEmpty ? "nothing is paused; see `looper status`" : nil
    case .resume: "new work starts again"
    case .cancel: bulk.items.isEmpty ? "no loop is live; see `looper loops`" : nil
    case .retry: bulk.items.isEmpty ? "no loop is blocked; see `looper loops`" : nil
    }
  }
}
