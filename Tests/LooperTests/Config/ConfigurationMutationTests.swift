import Foundation
import Testing

@testable import Looper

@Suite(
  "Whatever is done to a configuration file, it is read or refused with its place, and never half taken up")
struct ConfigurationMutationTests {
  private static let filesPerSeed = 25

  /// Twenty seeds of twenty-five files each, in three formats.
  static let cases = ConfigurationFormat.allCases.flatMap { format in
    (0..<20).map { (format, UInt64($0)) }
  }

  @Test("a problem names the file and, for a text, the line", arguments: cases)
  func refusals(format: ConfigurationFormat, seed: UInt64) throws {
    var mutations = ConfigurationMutations(seed: seed)
    try ConfigurationHome.with { home in
      for number in 0..<Self.filesPerSeed {
        let file = ".looper/looper.\(format.rawValue)"
        try home.write(Data(mutations.next(format)), to: file)
        for problem in home.problems() {
          let hasPlace = problem.hasPrefix("~/\(file):") && problem.contains(#/^\S+:\d+: /#)
          #expect(hasPlace, "seed \(seed), file \(number): \(problem)")
        }
      }
    }
  }

  @Test("a serving daemon keeps the last good one and takes up every good one", arguments: cases)
  func live(format: ConfigurationFormat, seed: UInt64) throws {
    var mutations = ConfigurationMutations(seed: seed &+ 1000)
    try ConfigurationHome.with { home in
      let file = ".looper/looper.\(format.rawValue)"
      try home.write(Data((ConfigurationMutations.samples[format] ?? "").utf8), to: file)
      let source = try ConfigurationSource(home.sources())
      var last = source.loaded.configuration
      for number in 0..<Self.filesPerSeed {
        try home.write(Data(mutations.next(format)), to: file)
        // The file's time must differ, as it does for people.
        let time = Date(timeIntervalSince1970: 1_700_000_000 + Double(number))
        try FileManager.default.setAttributes(
          [.modificationDate: time], ofItemAtPath: "\(home.path)/\(file)")
        switch source.settled() {
        case .none: Issue.record("seed \(seed), file \(number): not looked at")
        case .replaced(let loaded): last = loaded.configuration
        case .refused(let problem): #expect(!problem.isEmpty && source.problem == problem)
        }
        #expect(source.loaded.configuration == last, "seed \(seed), file \(number)")
      }
    }
  }
}
