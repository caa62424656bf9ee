import Testing

@testable import Looper

@Suite("A marker is recognised only as the last line of what the viewer wrote")
struct WriteMarkerTests {
  private func key(_ body: String, by author: String = "looper") -> String? {
    WriteMarker.key(in: body, by: author, viewer: "Looper")
  }

  @Test("what is appended is read back", arguments: ["L1/R2/publish", "a b", "x-->y", "ü%20", "k#0"])
  func roundTrip(key: String) {
    let body = WriteMarker(key: key).appended(to: "Hello\n")
    #expect(self.key(body) == key)
    #expect(self.key(body.replacing("\n", with: "\r\n") + "\r\n") == key)
    #expect(WriteMarker.stripped(body) == "Hello")
  }

  @Test("the text of a marker")
  func text() {
    #expect(WriteMarker(key: "L1/x").appended(to: "Hi") == "Hi\n\n<!-- looper:key=L1/x -->")
    #expect(WriteMarker(key: "a>b").text == "<!-- looper:key=a%3Eb -->")
  }

  @Test("somebody else's marker and one in the middle count for nothing")
  func forged() {
    let body = WriteMarker(key: "L1").appended(to: "")
    #expect(key(body, by: "mallory") == nil)
    #expect(key(body + "\nmore") == nil)
    #expect(WriteMarker.key(in: body, by: "", viewer: "") == nil)
  }

  @Test("a marker in an agent's text is defused")
  func defused() {
    let body = WriteMarker(key: "mine").appended(to: "x\n<!-- looper:key=other -->")
    #expect(key(body) == "mine")
    #expect(key(String(body.dropLast(WriteMarker(key: "mine").text.count))) == nil)
  }

  @Test("a body too long for GitHub keeps its marker")
  func long() {
    let body = WriteMarker(key: "k").appended(to: String(repeating: "ä", count: 70_000))
    #expect(body.utf8.count <= WriteMarker.bodyLengthMax)
    #expect(key(body) == "k")
  }
}
