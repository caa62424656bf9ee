import ArgumentParser

/// One loop by its handle, or all live ones.
struct LoopSelection: ParsableArguments {
  @Argument(help: "The loop's handle, L12.", completion: LiveCompletion.loops.kind) var loop: String?
  @Flag(help: "Every live loop the command applies to.") var all = false

  func validate() throws {
    if all == (loop != nil) { throw ValidationError("name one loop, or give --all") }
  }

  /// Does it to each; one that refuses does not stop the others, and makes the command fail at the end.
  func control(_ action: LoopAction, _ done: String, _ global: GlobalOptions) async throws {
    try await global.withClient { client in
      if let loop {
        let view = try await client.control(loop, action)
        return try global.show(view) { _ in LoopText.line(view, done) }
      }
      var refusals: [LooperError] = []
      let live = try await client.loops(state: nil, project: nil, limit: PageRequest.limitMax).items
      for loop in live.filter({ applies(action, to: $0) }) {
        do throws(LooperError) {
          let view = try await client.control(loop.id, action)
          try? global.showLine(view) { _ in LoopText.line(view, done) }
        } catch {
          refusals.append(error)
          try? global.note("\(loop.id): \(error.message)")
        }
      }
      if let first = refusals.first { throw first }
    }
  }

  private func applies(_ action: LoopAction, to loop: LoopView) -> Bool {
    (loop.reason == "paused") == (action == .resume)
  }
}
