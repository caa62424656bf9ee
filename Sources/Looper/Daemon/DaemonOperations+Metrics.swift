/// The daemon for machines that watch it.
extension DaemonOperations {
  func metrics() async throws(LooperError) -> [MetricFamily] {
    try await answering {
      let around = DaemonMetrics.Around(
        version: versionText, startedAt: startedAt, process: .current,
        agentsMax: settings.current.limits.runs,
        eventPublished: await hub.published)
      return DaemonMetrics.families(try await store.counts(), around) + forgeMetrics()
    }
  }

  /// The API is served after recovery, so what is left to ask is whether the database answers.
  func checkReadiness() async throws(LooperError) {
    do {
      _ = try await store.lastEventSequence()
    } catch {
      throw LooperError(.unavailable, "the database does not answer")
    }
  }
}
