import Foundation

/// The mark that `scripts/package` puts at the end of the executable in a package.
///
/// Only what carries it is replaced by an upgrade. Any other looper was built by whoever uses it, wherever the file
/// lies now: replacing it would be undone by the next build, or lose changes that exist nowhere else.
enum PackageStamp {
  /// As `scripts/package` writes it, behind everything that the system loads.
  static let text = "\nlooper-package\n"

  static func isOn(_ executable: String) -> Bool {
    // What cannot be read is not ours to replace either.
    guard let end = try? LogTail.lastBytes(ByteCount(bytes: text.utf8.count), ofFile: executable) else {
      return false
    }
    return end.elementsEqual(text.utf8)
  }

  /// - Throws: `conflict` for a development build.
  static func check(_ executable: String) throws(LooperError) {
    guard !isOn(executable) else { return }
    throw LooperError(
      .conflict,
      "\(executable) was built from sources and is not replaced; build it anew, or install a package")
  }
}
