import GRDB

extension Store {
  /// A hint each time something committed to one of `tables`.
  ///
  /// Buffer newest(1): an element says "look again", so losing an older one loses nothing. Ends when its task is
  /// cancelled.
  func changes(in tables: [String]) -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let observation = DatabaseRegionObservation(tracking: tables.map { Table($0) })
    let cancellable = observation.start(
      in: database.writer, onError: { _ in continuation.finish() }, onChange: { _ in continuation.yield() })
    continuation.onTermination = { _ in cancellable.cancel() }
    return stream
  }
}
