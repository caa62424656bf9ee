import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The files the doctor looks at, below a root that tests can choose.
struct DoctorFiles: Sendable {
  /// Directories with more entries than this are not measured further.
  private static let measuredMax = 100_000

  /// What `/proc`, `/sys`, `/run` and `/var` lie below; empty for the machine itself.
  var systemRoot = ""

  /// The text of a file of the system, without white space around it; nil when it is not there.
  func system(_ path: String) -> String? { text(systemRoot + path) }

  func systemExists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: systemRoot + path) }

  func text(_ path: String) -> String? {
    (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  func isLink(_ path: String) -> Bool {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
  }

  func isDirectory(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
  }

  /// Permission bits, of what a symbolic link leads to; nil when nothing is there.
  func mode(_ path: String) -> Int? {
    let target = URL(filePath: path).resolvingSymlinksInPath().path
    return
      ((try? FileManager.default.attributesOfItem(atPath: target))?[.posixPermissions] as? NSNumber)?.intValue
  }

  func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }

  /// Free bytes and free file nodes where `path`, or the nearest directory above it that exists, lies.
  func space(_ path: String) -> (free: Int64, nodes: Int64)? {
    var place = URL(filePath: path)
    while !exists(place.path), place.path != "/" { place.deleteLastPathComponent() }
    guard let attributes = try? FileManager.default.attributesOfFileSystem(forPath: place.path),
      let free = attributes[.systemFreeSize] as? NSNumber
    else { return nil }
    // A file system without a fixed number of nodes says zero.
    let nodes = (attributes[.systemFreeNodes] as? NSNumber)?.int64Value ?? 0
    let total = (attributes[.systemNodes] as? NSNumber)?.int64Value ?? 0
    return (free.int64Value, total == 0 ? Int64.max : nodes)
  }

  /// Bytes of all files below a directory, and how many files there are; not of more than a fixed number.
  func measure(_ directory: String) -> (bytes: Int64, files: Int) {
    var bytes: Int64 = 0
    var files = 0
    guard let names = FileManager.default.enumerator(atPath: directory) else { return (0, 0) }
    while names.nextObject() is String, files < Self.measuredMax {
      files += 1
      bytes += (names.fileAttributes?[.size] as? NSNumber)?.int64Value ?? 0
    }
    return (bytes, files)
  }

  func names(in directory: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
  }

  static func octal(_ mode: Int) -> String { String(mode, radix: 8) }
}
