import Testing

@testable import Looper

@Suite("a GitHub host has a breaker for reads and one for writes, and an outage of both is one piece of news")
struct HostHealthTests {
  private static let now = Timestamp(milliseconds: 1_790_000_000_000)
  private static let host = "github.com"
  private static let trouble = Failure(.transient, "github answered 502")

  private func fail(_ health: HostHealth, _ access: HostHealth.Access, at now: Timestamp = Self.now)
    -> HostHealth.Change
  {
    health.failed(Self.host, access, Self.trouble, unit: 1, at: now)
  }

  @Test("reads open at the first failure, writes at the third in a row")
  func thresholds() {
    let health = HostHealth()
    #expect(fail(health, .write) == .none)
    #expect(fail(health, .write) == .none)
    #expect(health.succeeded(Self.host, .write) == .none)
    #expect(fail(health, .write) == .none)
    #expect(fail(health, .write) == .none)
    #expect(health.admitsWork(Self.host, at: Self.now))
    #expect(fail(health, .write) == .becameUnavailable(Self.trouble.message))
    #expect(health[Self.host, .read].isAvailable)
    #expect(health[Self.host, .write].retryAt == Self.now + .seconds(5))
    let other = HostHealth()
    #expect(fail(other, .read) == .becameUnavailable(Self.trouble.message))
    #expect(other[Self.host, .write].isAvailable)
  }

  @Test("no work begins while either is open, and a probe of the writes may when it is due")
  func admission() {
    let health = HostHealth()
    for _ in 1...3 { _ = fail(health, .write) }
    #expect(!health.admitsWork(Self.host, at: Self.now))
    #expect(health.admitsWork(Self.host, at: Self.now + .seconds(5)))
    _ = fail(health, .read)
    #expect(!health.admitsWork(Self.host, at: Self.now + .seconds(3600)))
  }

  @Test("the second breaker to open and the first to close are no news")
  func oneOutage() {
    let health = HostHealth()
    #expect(fail(health, .read) == .becameUnavailable(Self.trouble.message))
    for _ in 1...5 { #expect(fail(health, .write) == .none) }
    #expect(health.succeeded(Self.host, .read) == .becameAvailable)
    #expect(health[Self.host].isAvailable)
    let writes = HostHealth()
    for _ in 1...3 { _ = fail(writes, .write) }
    #expect(writes.succeeded(Self.host, .read) == .none)
    #expect(!writes[Self.host].isAvailable)
    #expect(writes.succeeded(Self.host, .write) == .becameAvailable)
  }
}
