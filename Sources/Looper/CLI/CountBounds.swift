import ArgumentParser

/// Checks the numbers on a command line. Such options are parsed unconditionally: `--limit -1` is a number out of
/// bounds, and not a limit without its number.
enum CountBounds {
  /// - Parameter option: as it is typed, `--limit`.
  /// - Throws: a usage error that names the bound.
  static func check(_ number: Int, _ option: String, from least: Int = 1, to most: Int? = nil) throws {
    guard number < least || most.map({ number > $0 }) ?? false else { return }
    let bound = most.map { "from \(least) to \($0)" } ?? "of at least \(least)"
    throw ValidationError("\(option) must be a whole number \(bound), not \(number)")
  }
}
