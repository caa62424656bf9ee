/// What may stand after `refs/heads/` in a command line of ours (the rules of `git check-ref-format`).
enum GitBranchName {
  /// GitHub's bound on a ref's length.
  static let bytesMax = 244

  static func isValid(_ name: String) -> Bool {
    guard !name.isEmpty, name.utf8.count <= bytesMax, !name.hasPrefix("-"), !name.hasSuffix("."), name != "@",
      !name.contains(".."), !name.contains("@{")
    else { return false }
    let forbidden: Set<UInt8> = Set("~^:?*[\\ \u{7f}".utf8)
    guard name.utf8.allSatisfy({ $0 >= 0x20 && !forbidden.contains($0) }) else { return false }
    return name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
      !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasSuffix(".lock")
    }
  }

  /// - Throws: `permanent` when no branch can have this name.
  static func check(_ name: String) throws(Failure) {
    guard isValid(name) else { throw Failure(.permanent, "no branch can be named '\(name.prefix(80))'") }
  }
}
