import Foundation
import Testing

@testable import Looper

@Suite("The operator's own secrets are taken out of what is shown, and nothing else is")
struct SecretMaskTests {
  private let mask = SecretMask(own: [
    "hunter2-secret", "hunter2-secret-longer", "say \"friend\" \\ enter", "short", "aaaaaaaaaaaa",
  ])

  @Test(
    "of two secrets the longer one goes whole; what is too short or too plain to be one stays",
    arguments: [
      ("token=hunter2-secret;", "token=********;"), ("hunter2-secret-longer", "********"),
      ("hunter2-secrethunter2-secret!", "****************!"), ("hunter2-secre", "hunter2-secre"),
      ("a short word, aaaaaaaaaaaa", "a short word, aaaaaaaaaaaa"), ("", ""),
      ("zwölf hunter2-secret ☃", "zwölf ******** ☃"),
    ])
  func text(text: String, expected: String) { #expect(mask.masked(text) == expected) }

  @Test("JSON stays JSON, also around a secret that it writes in another way")
  func json() throws {
    let value: JSONValue = ["a": "it is say \"friend\" \\ enter.", "b": ["hunter2-secret"], "c": 1]
    let masked = mask.masked(json: try JSONEncoder().encode(value))
    let read = try JSONDecoder().decode(JSONValue.self, from: masked)
    #expect(read == ["a": "it is ********.", "b": ["********"], "c": 1])
  }

  @Test("in a text with places every byte stays where it is")
  func blotted() {
    let bytes = Data("1 hunter2-secret 2 hunter2-secret-longer 3".utf8)
    // A slice has indices of its own.
    let blotted = mask.blotted(bytes.dropFirst(2))
    #expect(String(decoding: blotted, as: UTF8.self) == "************** 2 ********************* 3")
  }

  @Test(
    "the beginning of a secret at the end is recognised",
    arguments: [
      ("it is hunt", 4), ("hunter2-secret-l", 16), ("it is hunter", 6), ("it is", 1), ("it was me", 0),
      ("h", 1), ("", 0),
    ])
  func tail(text: String, expected: Int) { #expect(mask.unfinishedTail(of: Data(text.utf8)) == expected) }

  @Test("without secrets everything is as it was")
  func none() {
    let none = SecretMask()
    #expect(none.lengthMax == 0)
    #expect(none.masked("hunter2-secret") == "hunter2-secret")
    #expect(none.unfinishedTail(of: Data("hunter2".utf8)) == 0)
  }
}
