import Foundation

/// Reads the patch text of `git diff-tree -p --no-renames` (git 2.39) into the lines that can be commented
/// on.
///
/// Every line of a hunk begins with a space, `+`, `-` or `\`, so no file's content can be taken for a header.
struct GitDiff {
  /// GitHub lists no more files of a pull request than this.
  static let filesMax = 3000

  private(set) var files: [TreeFacts.File] = []
  /// True when there were more than ``filesMax``.
  private(set) var isTruncated = false

  init(parsing patch: Data) {
    for line in patch.split(separator: UInt8(ascii: "\n")) {
      if line.starts(with: Self.fileMark) {
        guard files.count < Self.filesMax else {
          isTruncated = true
          return
        }
        let path = Self.path(inHeader: line.dropFirst(Self.fileMark.count))
        files.append(TreeFacts.File(path: path, isDeleted: false, rightLines: [], leftLines: []))
      } else if line.starts(with: Self.hunkMark) {
        addHunk(line)
      } else if line.starts(with: Self.deletedMark), !files.isEmpty {
        files[files.count - 1].isDeleted = true
      }
    }
  }

  private static let fileMark = Array("diff --git ".utf8)
  private static let hunkMark = Array("@@ -".utf8)
  private static let deletedMark = Array("deleted file mode ".utf8)

  /// Reads `@@ -1,4 +1,5 @@ …`; a side without lines has no range.
  private mutating func addHunk(_ line: Data) {
    let words = line.prefix(80).split(separator: UInt8(ascii: " "))
    guard words.count >= 3, !files.isEmpty else { return }
    if let left = Self.range(words[1]) { files[files.count - 1].leftLines.append(left) }
    if let right = Self.range(words[2]) { files[files.count - 1].rightLines.append(right) }
  }

  /// Reads `-12,3` or `+7`.
  private static func range(_ word: Data) -> ClosedRange<Int>? {
    let numbers = String(decoding: word.dropFirst(), as: UTF8.self).split(separator: ",").map { Int($0) }
    guard let first = numbers.first ?? nil else { return nil }
    let count = numbers.count > 1 ? numbers[1] ?? 0 : 1
    return count > 0 ? first...(first + count - 1) : nil
  }

  /// The path of `a/path b/path`: both sides are the same without renames, so the middle is known whatever
  /// the name holds; odd names come quoted.
  private static func path(inHeader header: Data) -> String {
    let bytes = [UInt8](header)
    let name: [UInt8]
    if bytes.first == UInt8(ascii: "\"") {
      name = Array(unquoted(bytes).dropFirst(2))
    } else {
      name = Array(bytes.dropFirst(2).prefix(max(0, (bytes.count - 5) / 2)))
    }
    return String(decoding: name, as: UTF8.self)
  }

  /// The bytes of git's C-like quoting, up to the closing quote.
  static func unquoted(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var index = 1
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      guard bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count else {
        result.append(bytes[index])
        index += 1
        continue
      }
      let digits = bytes[(index + 1)...].prefix(3)
      if digits.count == 3, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }) {
        result.append(digits.reduce(0) { $0 &* 8 &+ ($1 - UInt8(ascii: "0")) })
        index += 4
      } else {
        result.append(escapes[bytes[index + 1]] ?? bytes[index + 1])
        index += 2
      }
    }
    return result
  }

  private static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "t"): 9, UInt8(ascii: "n"): 10,
    UInt8(ascii: "v"): 11, UInt8(ascii: "f"): 12, UInt8(ascii: "r"): 13,
  ]
}
