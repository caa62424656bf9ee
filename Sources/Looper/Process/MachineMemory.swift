import Foundation

/// How much memory the machine has left.
enum MachineMemory {
  /// What can be had without swapping, as the kernel estimates it; nil where it does not say.
  static func available() -> ByteCount? {
    // A file of the kernel's without a size: read to its end, which is short.
    guard let file = FileHandle(forReadingAtPath: "/proc/meminfo") else { return nil }
    defer { try? file.close() }
    return (try? file.readToEnd()).flatMap { available(in: String(decoding: $0, as: UTF8.self)) }
  }

  /// Reads `MemAvailable:    1234 kB` from the text of `/proc/meminfo`.
  static func available(in text: String) -> ByteCount? {
    for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map(ByteCount.kibibytes)
    }
    return nil
  }
}
