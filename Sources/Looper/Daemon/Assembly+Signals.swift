import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import UnixSignals

/// What reaches the daemon from outside the API: signals, a changed file, the service manager.
extension Assembly {
  /// As shells report an end by SIGTERM.
  private static let terminatedStatus: Int32 = 143

  /// Takes a changed configuration file up; a broken one is told and changes nothing.
  func watchConfiguration() async {
    await drive(on: [], every: ConfigurationSource.cadence, time: time) {
      await configuration.look()
      learnSecrets()
    }
  }

  /// SIGHUP reads the configuration again whether or not its file looks changed.
  func reloadOnHangUp() async {
    for await _ in await UnixSignalsSequence(trapping: .sighup) { await configuration.look(isForced: true) }
  }

  /// Feeds the service manager's watchdog as long as the database answers, and says when we begin to stop.
  func report(to notifier: ServiceNotifier) async {
    if let cadence = notifier.cadence {
      await drive(on: [], every: cadence, time: time) {
        // A database that fails is reported elsewhere; one that hangs must not look alive.
        _ = try? await store.lastEventSequence()
        notifier.tell(.alive)
      }
    } else {
      // Until cancelled.
      await drive(on: [], every: .seconds(3600), time: time) {}
    }
    notifier.tell(.stopping)
  }

  /// Runs `services` until SIGTERM or SIGINT, which shuts them down in order; the second one ends the process at once.
  ///
  /// That is as safe as SIGKILL: shims end the agents when the daemon is gone, the next daemon recovers. Both signals are
  /// heard in one place: two that listen apart see two signals that come close together as one, each at another time.
  func serveUntilSignal(_ services: ServiceGroup) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        let requests = Countdown(2)
        for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
          guard requests.step() else {
            await services.triggerGracefulShutdown()
            continue
          }
          log.notice("asked twice to stop: ending at once")
          _exit(Self.terminatedStatus)
        }
      }
      try await services.run()
      group.cancelAll()
    }
  }
}

/// Counts down from a number, for whoever must know when the last of several things has happened.
final class Countdown: Sendable {
  private let left: Mutex<Int>

  init(_ count: Int) { left = Mutex(count) }

  /// - Returns: whether this was the last step.
  func step() -> Bool {
    left.withLock { left in
      left -= 1
      return left == 0
    }
  }
}
