import Foundation
import Testing

@testable import Looper

#if canImport(Glibc)
  import Glibc
#endif

@Suite("The service manager hears what the daemon says, and nothing when it did not ask")
struct ServiceNotifierTests {
  #if os(Linux)
    @Test("a path is told each piece of news")
    func path() throws {
      let path = NSTemporaryDirectory() + "ln-\(UInt32.random(in: 0 ... .max))"
      defer { unlink(path) }
      let ear = NotifyEar(Array(path.utf8))
      let notifier = try #require(ServiceNotifier(environment: ["NOTIFY_SOCKET": path]))
      #expect(notifier.tell(.ready))
      #expect(notifier.tell(.stopping))
      #expect([ear.next(), ear.next()] == ["READY=1", "STOPPING=1"])
    }

    @Test("an abstract name begins with a zero byte")
    func abstract() throws {
      let name = "looper-test-\(UInt32.random(in: 0 ... .max))"
      let ear = NotifyEar([0] + Array(name.utf8))
      let notifier = try #require(ServiceNotifier(environment: ["NOTIFY_SOCKET": "@\(name)"]))
      #expect(notifier.tell(.alive))
      #expect(ear.next() == "WATCHDOG=1")
    }
  #endif

  @Test("nobody listening is no trouble")
  func nobody() throws {
    let notifier = try #require(ServiceNotifier(environment: ["NOTIFY_SOCKET": "/nonexistent/notify"]))
    #expect(!notifier.tell(.ready))
  }

  @Test("the watchdog is fed twice as often as it asks, when it asks us")
  func cadence() {
    func cadence(_ environment: [String: String]) -> Duration? {
      ServiceNotifier(environment: environment.merging(["NOTIFY_SOCKET": "/x"]) { $1 }, pid: 7)?.cadence
    }
    #expect(cadence([:]) == nil)
    #expect(cadence(["WATCHDOG_USEC": "60000000"]) == .seconds(30))
    #expect(cadence(["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "7"]) == .seconds(30))
    #expect(cadence(["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "8"]) == nil)
    #expect(ServiceNotifier(environment: [:]) == nil)
    #expect(ServiceNotifier(environment: ["NOTIFY_SOCKET": "relative"]) == nil)
  }

  @Test("only the last step is the last")
  func countdown() {
    let countdown = Countdown(2)
    #expect([countdown.step(), countdown.step(), countdown.step()] == [false, true, false])
  }
}
