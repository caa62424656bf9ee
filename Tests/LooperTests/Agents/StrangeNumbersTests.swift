import Foundation
import Testing

@testable import Looper

@Suite("no number that a stranger prints stops the daemon")
struct StrangeNumbersTests {
  private static let numbers = [
    "9223372036854775807", "-9223372036854775808", "9223372036854775808", "9007199254740993", "1e308", "-1",
    "1795348800000", "1e18",
  ]

  @Test("every recorded stream, with every number in it replaced, ten times over", arguments: numbers)
  func streams(number: String) throws {
    let zone = try #require(TimeZone(identifier: "UTC"))
    var lines = 0
    for (folder, vendor) in [
      ("claude-code-2.1.330", Vendor.claudeCode), ("codex-0.163.0", .codex), ("cursor-documented", .cursor),
      ("opencode-documented", .opencode),
    ] {
      let adapter = try #require(VendorAdapters.adapter(for: vendor, command: [vendor.rawValue]))
      let directory = GoldenText.url(folder)
      for file in try FileManager.default.contentsOfDirectory(atPath: directory.path)
      where file.hasSuffix(".jsonl") {
        let text = String(decoding: try Data(contentsOf: directory.appending(path: file)), as: UTF8.self)
        let strange = text.replacing(/([:\[,])\s*-?\d+(?:\.\d+)?(?=[,\]}])/) { "\($0.1)\(number)" }
        lines += strange == text ? 0 : 1
        let ten = String(repeating: strange + "\n", count: 10)
        let facts = VendorStreams.facts(VendorStreams.signals(ten, adapter.makeParser()))
        #expect((0...Usage.tokensMax).contains(facts.usage.inputTokens ?? 0), "\(file)")
        _ = UsageLimitText.reset(in: strange, after: Timestamp(milliseconds: 0), zone: zone)
      }
    }
    #expect(lines > 10)
  }

  @Test("a limit's end in seconds and in milliseconds is the same moment, and one beyond all time is no trap")
  func limits() {
    func until(_ number: String) -> Timestamp? {
      let line =
        #"{"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":\#(number)}}"#
      let signals = VendorStreams.signals(line, ClaudeCodeStreamParser())
      guard case .limit(let until, _) = signals.first else { return nil }
      return until
    }
    #expect(until("1795348800") == Timestamp(milliseconds: 1_795_348_800_000))
    #expect(until("1795348800000") == until("1795348800"))
    #expect(until("9223372036854775807") == Timestamp(milliseconds: .max))
    #expect(until("-9223372036854775808") == Timestamp(milliseconds: .min))
  }

  @Test("moments end at the ends of time")
  func moments() {
    let last = Timestamp(milliseconds: .max)
    let first = Timestamp(milliseconds: .min)
    #expect(last + .seconds(1) == last)
    #expect(first - .seconds(1) == first)
    #expect(last + .seconds(Int64.max) == last)
    #expect(last - first == .milliseconds(Int64.max))
    #expect(first - last == .milliseconds(Int64.min))
    #expect(last.nextMidnight == last)
    #expect(Timestamp(seconds: .max) == last)
    #expect(Timestamp(seconds: .min) == first)
    #expect(Timestamp(Date(timeIntervalSince1970: 1e300)) == last)
    #expect(Timestamp(Date(timeIntervalSince1970: -1e300)) == first)
    #expect(Duration.seconds(Int64.max).milliseconds == .max)
    #expect(Duration.seconds(Int64.min).milliseconds == .min)
  }

  @Test("sums of usage stay at what no agent consumes")
  func sums() {
    let most = Usage(inputTokens: Usage.tokensMax, outputTokens: .max, costUSD: .greatestFiniteMagnitude)
    let sum = most + most
    #expect(sum.inputTokens == Usage.tokensMax)
    #expect(sum.outputTokens == Usage.tokensMax)
    #expect(sum.costUSD == Usage.costMax)
    #expect(sum.tokens == 2 * Usage.tokensMax)
  }
}
