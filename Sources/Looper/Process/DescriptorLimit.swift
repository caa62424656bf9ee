#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The bound on our own open files that `Foundation.Process` needs.
///
/// On Linux every spawn lists `/proc/self/fd` and copies whole `dirent` records of 280 bytes out of libc's buffer of
/// 32 KiB, in which an entry takes 24. With more than about 1,350 open files the last copies read past the buffer's
/// end, and a program whose buffer lies at the end of its heap dies of SIGSEGV. A program that has reached this bound
/// gets `EMFILE` instead, which every caller reports and survives.
enum DescriptorLimit {
  /// Also the usual soft limit of a Linux session, so that children find what they expect.
  static let max: UInt64 = 1024

  /// Lowers our soft limit to ``max``; a lower one stays, and so does the hard one.
  static func lower() {
    var limit = rlimit()
    #if canImport(Darwin)
      let resource = RLIMIT_NOFILE
    #else
      let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #endif
    guard getrlimit(resource, &limit) == 0, limit.rlim_cur > rlim_t(max) else { return }
    limit.rlim_cur = rlim_t(max)
    setrlimit(resource, &limit)
  }
}
