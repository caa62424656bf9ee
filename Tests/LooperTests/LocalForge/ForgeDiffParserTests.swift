import Testing

@testable import Looper

@Suite("A diff is read into numbered lines")
struct ForgeDiffParserTests {
  private let text = """
    diff --git a/a.txt b/a.txt
    index 1..2 100644
    --- a/a.txt
    +++ b/a.txt
    @@ -1,3 +1,4 @@
     one
    -two
    +TWO
    +more
     three
    @@ -10,2 +11,1 @@ head
     ten
    -eleven
    diff --git a/old.txt b/new.txt
    similarity index 100%
    rename from old.txt
    rename to new.txt

    """

  @Test("files, renames, hunks and both line numbers")
  func parse() {
    let files = ForgeDiffParser.parse(text)
    #expect(files.map(\.path) == ["a.txt", "new.txt"])
    #expect(files.map(\.status) == [.modified, .renamed])
    #expect(files.last?.previousPath == "old.txt")
    #expect(files.first?.additions == 2)
    #expect(files.first?.deletions == 2)
    #expect(files.first?.contains(line: 3, side: .right) == true)
    #expect(files.first?.contains(line: 11, side: .left) == true)
    #expect(files.first?.contains(line: 5, side: .right) == false)
  }

  @Test(
    "a line of the old file is found in the new one, or known to be gone",
    arguments: [(1, 1), (2, nil), (3, 4), (5, 6), (10, 11), (11, nil), (12, 12)] as [(Int, Int?)])
  func lines(old: Int, new: Int?) {
    #expect(ForgeDiffParser.parse(text).first?.newLine(ofOld: old) == new)
  }
}
