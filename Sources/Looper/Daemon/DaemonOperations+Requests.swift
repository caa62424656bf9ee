/// Requests that are to be done once.
extension DaemonOperations {
  func claim(_ request: IdempotentRequest) async throws(LooperError) -> IdempotencyClaim {
    try await answering { try await store.claim(request, at: time.now) }
  }

  func settle(_ request: IdempotentRequest, with answer: KeptAnswer?) async throws(LooperError) {
    try await answering { [store] in
      // What was done must be remembered also when its caller has gone.
      try await shielded { try await store.settle(request, with: answer) }
    }
  }
}
