import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// The program's own code in memory.
enum ProgramText {
  /// After the start, of whose code the rest of a daemon's life needs little.
  static let delay: Duration = .seconds(5)
  static let cadence: Duration = .seconds(600)

  /// Lets the machine have the pages of our code back; what is used comes again from the file's cache as it is used.
  ///
  /// A daemon's resident size is mostly code: 37 of 47 MiB, a third of it used at the start alone. Only what can be
  /// executed is given back: nothing else of a program is sure to be as it lies in its file.
  static func giveBack() {
    #if os(Linux)
      guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
        let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
      else { return }
      for range in ranges(of: path, in: maps) {
        madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
      }
    #endif
  }

  /// Where a file's code lies, by lines such as `55d0-55e0 r-xp 00de4000 fe:00 95774  /usr/bin/looper`.
  static func ranges(of path: String, in maps: String) -> [Range<UInt>] {
    maps.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
      guard fields.count == 6, fields[1] == "r-xp", fields[5].drop(while: { $0 == " " }) == path else {
        return nil
      }
      let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
      return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
    }
  }
}
