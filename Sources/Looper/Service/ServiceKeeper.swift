import Foundation

/// What keeps a daemon running that is not this command's own service: systemd's other manager, or nobody.
enum ServiceKeeper {
  /// ``SystemdHost/name`` of the unit a process belongs to; nil when it belongs to none of ours.
  static func name(ofProcess pid: Int) -> String? {
    FileManager.default.contents(atPath: "/proc/\(pid)/cgroup").flatMap {
      name(inCgroup: String(decoding: $0, as: UTF8.self))
    }
  }

  /// - Parameter text: of `/proc/<pid>/cgroup`, `0::/system.slice/looper.service` (cgroups(7)).
  static func name(inCgroup text: String) -> String? {
    let path = text.split(separator: "\n").lazy.compactMap { line in
      line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).last
    }.first { $0.split(separator: "/").last == Substring(SystemdUnit.name) }
    return path.map { SystemdHost.name(isOfUser: $0.contains("/user@")) }
  }
}
