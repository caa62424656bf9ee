import Testing

@testable import Looper

@Suite("what an issue depends on is read, not searched")
struct DependencyTextTests {
  @Test(
    "numbers after the words",
    arguments: [
      ("Depends on #12", [12]), ("this depends on #1, #2 and #3.", [1, 2, 3]), ("Blocked by: #9", [9]),
      ("depends\non #4\nblocked by #5", [4, 5]), ("depends on #7, #7", [7]),
      ("`<!--` is a comment. Depends on #5", [5]), ("To cache or not\n\nDepends on #6", [6]),
      ("<!-- a --> depends on #1 <!-- b --> <!-- depends on #2", [1, 2]),
    ])
  func found(text: String, numbers: [Int]) {
    #expect(DependencyText.numbers(in: text) == numbers)
  }

  @Test(
    "nothing else",
    arguments: [
      "see #12", "#12 depends on this", "depends on 12", "independs on #3", "depends on the #weather",
      "depends on #2147483648", "depends on #99999999999", "<!-- depends on #3 -->",
      "It no longer depends on #3.", "not blocked by #4, #5",
    ])
  func ignored(text: String) {
    #expect(DependencyText.numbers(in: text).isEmpty)
  }

  @Test("no text takes long or gives more than twenty")
  func bounds() {
    let many = "depends on " + (1...500).map { "#\($0)" }.joined(separator: ", ")
    #expect(DependencyText.numbers(in: many).count == DependencyText.numbersMax)
    #expect(DependencyText.numbers(in: String(repeating: "depends on # ", count: 5000)).isEmpty)
    #expect(DependencyText.numbers(in: String(repeating: "<!--", count: 16_000) + "#").isEmpty)
  }
}
