import Foundation
import Testing

@Suite("The package's own pages are in order")
struct TidyPackageTests {
  @Test("the layer table has a row for every folder and no row without one")
  func layerTableIsComplete() {
    let rows = TidyLayer.table.map(\.folder).filter { !$0.isEmpty && !$0.contains("/") }
    #expect(TidyPackage.folders == Set(rows))
    #expect(rows == rows.sorted())
  }

  @Test("AGENTS.md repeats the layer table")
  func agentsPageRepeatsTheLayers() {
    let page = TidyPackage.text(of: "AGENTS.md") ?? ""
    let missing = TidyLayer.table.filter { row in
      !row.folder.isEmpty && !page.contains("\n| `\(row.folder)` | \(row.cell) |")
    }
    #expect(missing.isEmpty, "\(missing.map { "| `\($0.folder)` | \($0.cell) |" }.joined(separator: "\n"))")
  }

  @Test("a page stays short enough to be read", arguments: [("AGENTS.md", 120), ("README.md", 300)])
  func pagesAreShort(path: String, linesMax: Int) throws {
    let text = try #require(TidyPackage.text(of: path))
    let count = text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
    #expect(count <= linesMax)
  }

  @Test("C files are no longer than Swift files may be")
  func otherSourcesAreShort() {
    let long = TidyPackage.files.filter { path in
      guard path.hasPrefix("Sources/"), path.hasSuffix(".c") || path.hasSuffix(".h") else { return false }
      return TidySource(path: path, text: TidyPackage.text(of: path) ?? "").lineCount > TidyRule.fileLinesMax
    }
    #expect(long == [])
  }

  @Test("no file names a path of a developer's machine")
  func noMachinePaths() {
    let found = TidyPackage.files.flatMap { path in
      Self.machinePaths(in: TidyPackage.text(of: path) ?? "", path: path)
    }
    #expect(found.isEmpty, "\(found.map(\.description).joined(separator: "\n"))")
  }

  @Test(
    "a machine's path is recognised, one that merely contains the word is not",
    arguments: [
      ("cd \(roots[0])shared", 1), ("\(roots[1])x", 1), ("a\n\"\(roots[0])\"", 2),
      ("https://a.example\(roots[0])", nil),
      ("~\(roots[0])", nil), ("looper\(roots[1])", nil),
    ] as [(String, Int?)])
  func machinePathsAreRecognised(text: String, line: Int?) {
    #expect(Self.machinePaths(in: text, path: "a").first?.line == line)
  }

  /// Put together here so that this file does not break its own rule.
  private static let roots = ["/wo" + "rk/", "/fa" + "rm/"]

  /// Where one of the roots begins a path: no letter, digit, dot, tilde or bracket stands before it.
  private static func machinePaths(in text: String, path: String) -> [TidyViolation] {
    guard roots.contains(where: text.contains) else { return [] }
    return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap {
      number, line in
      roots.flatMap { root in line.ranges(of: root) }.filter { range in
        guard range.lowerBound > line.startIndex else { return true }
        let before = line[line.index(before: range.lowerBound)]
        return !(before.isLetter || before.isNumber || "~.}_-*".contains(before))
      }.map { _ in TidyViolation(path: path, line: number + 1, text: String(line)) }
    }
  }
}

extension TidyLayer {
  /// The row's imports as AGENTS.md writes them.
  fileprivate var cell: String {
    imports.isEmpty ? "–" : imports.sorted().joined(separator: ", ")
  }
}
