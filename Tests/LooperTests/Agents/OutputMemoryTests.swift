import Foundation
import Testing

@testable import Looper

#if os(Linux)
  @Suite(
    "an output of any size costs less than 16 MiB of memory, and the result at its end is found", .serialized)
  struct OutputMemoryTests {
    private static let most: ByteCount = .mebibytes(16)
    private static let mark = #"echo; echo '__LOOPER_RESULT__={"summary":"s"}'"#

    /// A line of the kernel's account of this process, in bytes.
    static func memory(_ name: String) throws -> Int {
      let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("\(name):") })
      let kibibytes = try #require(
        line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) })
      return kibibytes * 1024
    }

    @Test(
      "a gigabyte of lines, a gigabyte without one, a line of 100 MiB",
      arguments: [
        #"yes "$(head -c 65535 /dev/zero | tr '\0' x)" | head -c 1073741824"#,
        #"head -c 1073741824 /dev/zero"#,
        #"head -c 104857600 /dev/zero | tr '\0' '{'"#,
      ])
    func bounded(script: String) async throws {
      try await AgentBench.withBench { bench in
        let runner = bench.runner()
        // What is loaded once stays.
        _ = await runner.run(bench.spec("head -c 1000000 /dev/zero; \(Self.mark)"))
        // Sets the peak back to what is resident now.
        try Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
        let before = try Self.memory("VmRSS")
        let result = await runner.run(bench.spec("\(script); \(Self.mark)"))
        let grown = try Self.memory("VmHWM") - before
        #expect(result.outcome.result == AgentBench.reported)
        #expect(grown < Self.most.bytes)
        print("the output of `\(script)` cost \(grown >> 10) KiB of memory")
      }
    }
  }
#endif
