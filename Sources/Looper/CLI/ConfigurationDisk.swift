import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The configuration file of this invocation, for the commands that write it.
struct ConfigurationDisk {
  let sources: ConfigurationSources

  /// The file that is read now; nil when there is none.
  var present: String? { ConfigurationFile(sources).path }

  /// Where a file belongs that does not exist yet.
  var destination: String {
    guard let explicit = sources.explicit else { return "\(sources.searchDirectories[0])/looper.toml" }
    var isDirectory: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: explicit, isDirectory: &isDirectory)
    if exists, isDirectory.boolValue { return "\(explicit)/looper.toml" }
    let isFile = ConfigurationFormat(rawValue: URL(filePath: explicit).pathExtension.lowercased()) != nil
    return exists || isFile ? explicit : "\(explicit)/looper.toml"
  }

  /// Changes the file, or makes it when there is none. Nothing is written when nothing changes.
  ///
  /// - Returns: the path, and what `body` made of the text.
  func change(
    _ body: (ConfigurationEditor) throws(LooperError) -> ConfigurationEditor.Change
  ) throws(LooperError) -> (path: String, change: ConfigurationEditor.Change) {
    let found = present
    let path = found ?? destination
    let text = found == nil ? "" : try Self.read(path)
    let change = try body(
      ConfigurationEditor(path: path, homeDirectory: sources.homeDirectory, text: text))
    guard change.text != text else { return (path, change) }
    if found != nil, try Self.read(path) != text {
      throw LooperError(.conflict, "\(path) was changed meanwhile; try again")
    }
    try Self.write(change.text, to: path)
    return (path, change)
  }

  /// The text of a configuration file.
  static func read(_ path: String) throws(LooperError) -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw LooperError(.internal, "cannot read \(path); see `ls -l \(path)`")
    }
    guard data.count <= ConfigurationFile.bytesMax else {
      throw LooperError(.validation, "\(path) is larger than \(ConfigurationFile.bytesMax) bytes")
    }
    switch ConfigurationBytes.text(Array(data)) {
    case .success(let text): return text
    case .failure(let error):
      throw LooperError(.validation, "\(path):\(error.line ?? 1): \(error.message)")
    }
  }

  /// Replaces a file whole or not at all; a symbolic link stays one, permissions stay, a new file is the owner's alone.
  static func write(_ text: String, to path: String) throws(LooperError) {
    let target = URL(filePath: path).resolvingSymlinksInPath().path
    let manager = FileManager.default
    let mode = (try? manager.attributesOfItem(atPath: target))?[.posixPermissions] as? NSNumber
    let temporary = "\(target).\(getpid()).new"
    do {
      try manager.createDirectory(
        atPath: URL(filePath: target).deletingLastPathComponent().path, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      throw LooperError(.internal, "cannot make the directory of \(target): \(error.localizedDescription)")
    }
    let attributes: [FileAttributeKey: Any] = [.posixPermissions: mode?.intValue ?? 0o600]
    guard manager.createFile(atPath: temporary, contents: Data(text.utf8), attributes: attributes) else {
      throw LooperError(.internal, "cannot write \(temporary); check the directory and the disk")
    }
    guard rename(temporary, target) == 0 else {
      unlink(temporary)
      throw LooperError(.internal, "cannot replace \(target); check its directory")
    }
  }
}
