import Foundation

/// A path that exists, as the sandbox needs it.
struct SandboxPath: Hashable, Sendable {
  /// Without symbolic links: mounts are made on what they lead to.
  var real: String
  var isDirectory: Bool

  /// Nil when nothing is there, so that there is nothing to hide and nothing to show.
  static func onDisk(_ path: String) -> SandboxPath? {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return nil }
    let real = URL(filePath: path).resolvingSymlinksInPath().path
    return SandboxPath(real: real, isDirectory: isDirectory.boolValue)
  }

  /// A failure shows in the session that needed it.
  static func makeDirectory(_ path: String) {
    guard !FileManager.default.fileExists(atPath: path) else { return }
    try? FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  static func makeFile(_ contents: String, _ path: String) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    // An empty one stands in the way of an agent as well.
    try? file.write(contentsOf: Data(contents.utf8))
  }
}
