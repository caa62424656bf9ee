/// Commands on every loop at once.
extension DaemonOperations {
  /// Loops that are stopped at the same time, each of which may have to wait for its agent's end.
  static let bulkAtOnce = 16

  /// One loop that refuses does not keep the others from it.
  func controlAll(_ action: BulkAction) async throws(LooperError) -> BulkView {
    try await answering {
      // First, so that nothing begins meanwhile.
      let changed: Bool? =
        switch action {
        case .pause: try await store.setAllPaused(true, at: time.now)
        case .resume: try await store.setAllPaused(false, at: time.now)
        case .cancel, .retry: nil
        }
      var rest = try await store.loops(for: action, isEndOfPause: changed ?? false)[...]
      var items: [BulkItemView] = []
      while !rest.isEmpty {
        items += await results(of: action.action, on: Array(rest.prefix(Self.bulkAtOnce)))
        rest = rest.dropFirst(Self.bulkAtOnce)
      }
      return BulkView(items: items, changed: changed)
    }
  }

  private func results(of action: LoopAction, on loops: [Loop.ID]) async -> [BulkItemView] {
    await withTaskGroup(of: (Loop.ID, LooperError?).self) { group in
      for id in loops {
        group.addTask {
          do throws(LooperError) {
            _ = try await control(id, action, ofAll: true)
            return (id, nil)
          } catch {
            return (id, error)
          }
        }
      }
      var found: [Loop.ID: LooperError?] = [:]
      for await (id, error) in group { found[id] = error }
      return loops.map { id in
        let error = found[id] ?? nil
        return BulkItemView(loop: id.handle, ok: error == nil, error: error?.message)
      }
    }
  }
}
