import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What this process takes of the machine, as far as the system tells.
struct ProcessUsage: Equatable, Sendable {
  var residentBytes: Int64?
  /// User and system time, without children.
  var cpuSeconds: Double
  var openFiles: Int?

  static var current: ProcessUsage {
    var usage = rusage()
    #if canImport(Darwin)
      getrusage(RUSAGE_SELF, &usage)
    #else
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    #endif
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return ProcessUsage(
      residentBytes: residentBytes, cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
      openFiles: openFiles)
  }

  private static var residentBytes: Int64? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
    let fields = text.split(separator: " ")
    guard fields.count > 1, let pages = Int64(fields[1]) else { return nil }
    return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
  }

  private static var openFiles: Int? {
    let names = try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd")
    // One of them is the directory being read.
    return names.map { max(0, $0.count - 1) }
  }
}
