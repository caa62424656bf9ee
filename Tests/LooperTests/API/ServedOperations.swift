import Logging
import ServiceLifecycle

@testable import Looper

/// A real server around ``FakeOperations``, for as long as a closure runs.
enum ServedOperations {
  static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

  @discardableResult
  static func serving<Value: Sendable>(
    _ operations: any Operations, at path: String, tcp: APIServer.TCP? = nil,
    limits: ConnectionLimits = ConnectionLimits(),
    _ body: (ServiceGroup, [APIServer.Listener]) async throws -> Value
  ) async throws -> Value {
    let listening = AsyncStream.makeStream(of: APIServer.Listener.self)
    let server = APIServer(
      operations: operations, socketPath: path, tcp: tcp, time: SystemTime(), limits: limits,
      logger: logger,
      onListening: { listening.continuation.yield($0) })
    let services = ServiceGroup(configuration: .init(services: [server], logger: logger))
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { listening.continuation.finish() }
        try await services.run()
      }
      var found: [APIServer.Listener] = []
      var listeners = listening.stream.makeAsyncIterator()
      while found.count < (tcp == nil ? 1 : 2), let next = await listeners.next() { found.append(next) }
      do {
        let value = try await body(services, found)
        await services.triggerGracefulShutdown()
        try await group.waitForAll()
        return value
      } catch {
        await services.triggerGracefulShutdown()
        throw error
      }
    }
  }
}
