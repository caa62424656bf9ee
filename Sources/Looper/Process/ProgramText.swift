import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// The program's own code in memory.
enum ProgramText {
  /// After the start, of whose code the rest of a daemon's life needs little.
  static let delay: Duration = .seconds(5)
  static let cadence: Duration = .seconds(60)

  /// Lets the machine have the pages of our code and constants back; what is used comes again from the file's cache, page
  /// by page and not with its neighbours.
  ///
  /// A daemon's resident size is mostly its own file: 37 of 47 MiB, of which an idle one needs a fraction. Only what lies
  /// in memory as it lies in the file is given back: code, and the segment at the file's beginning. A later segment that
  /// cannot be written looks the same, but the loader has put addresses into it which are not in the file.
  static func giveBack() {
    #if os(Linux)
      guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
        let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
      else { return }
      for range in ranges(of: path, in: maps) {
        let start = UnsafeMutableRawPointer(bitPattern: range.lowerBound)
        madvise(start, range.count, MADV_RANDOM)
        madvise(start, range.count, MADV_DONTNEED)
      }
    #endif
  }

  /// Where a file's code and constants lie, by lines such as `55d0-55e0 r-xp 00de4000 fe:00 95774  /usr/bin/looper`.
  static func ranges(of path: String, in maps: String) -> [Range<UInt>] {
    maps.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
      guard fields.count == 6, fields[1] == "r-xp" || fields[1] == "r--p" && UInt(fields[2], radix: 16) == 0,
        fields[5].drop(while: { $0 == " " }) == path
      else {
        return nil
      }
      let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
      return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
    }
  }
}
