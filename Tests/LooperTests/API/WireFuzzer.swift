import Foundation
import HTTPTypes

@testable import Looper

/// Writes requests as bytes: most as HTTP/1.1 has them, some with what only a wire can carry.
struct WireFuzzer {
  /// The bytes of one request, and what they ask for when they are understood.
  struct Sent: CustomStringConvertible {
    var bytes: [UInt8]
    var method: String
    var target: String
    var description: String { String(decoding: bytes.prefix(600), as: UTF8.self) }
  }

  private var fuzzer: RequestFuzzer
  private var random: SplitMix
  /// Header lines of every request.
  private let always: [String]

  init(_ document: JSONValue, seed: UInt64, always: [String]) {
    fuzzer = RequestFuzzer(document, seed: seed)
    random = SplitMix(state: seed &* 31)
    self.always = always
  }

  mutating func next() -> Sent {
    let made = fuzzer.next()
    var lines = always + made.headers.map { "\($0.name): \($0.value)" }
    var method = made.method.rawValue
    var target = made.path.isEmpty ? "/" : made.path
    var version = "HTTP/1.1"
    var body = Array(made.body.utf8)
    var length: String? = body.isEmpty ? nil : String(body.count)
    var lineEnd = "\r\n"
    switch Int.random(in: 0..<40, using: &random) {
    case 0: method = ["get", "G", "PROPFIND", "QUERY", "BREW", "G ET"].randomElement(using: &random) ?? "get"
    case 1: version = ["HTTP/1.0", "HTTP/2", "HTTP/9.9", "", "http/1.1"].randomElement(using: &random) ?? ""
    case 2: target = "http://elsewhere.example\(target)"
    case 3:
      target += ["#part", " ", "\t", "\u{0}", "\\", "|", "ä", "\u{7F}"].randomElement(using: &random) ?? ""
    case 4: target = ["*", "", "x", "//", "/../../etc/passwd"].randomElement(using: &random) ?? "*"
    case 5: length = ["-1", "x", "1e3", "0x10", "99999999999999999999", "1, 2"].randomElement(using: &random)
    case 6: length = String(body.count + 7)
    case 7: lines.append("Content-Length: \(body.count)")
    case 8:
      (body, length) = (chunked(body), nil)
      lines.append("Transfer-Encoding: chunked")
    case 9:
      (body, length) = (Array("zz\r\nodd\r\n0\r\n\r\n".utf8), nil)
      lines.append("Transfer-Encoding: chunked")
    case 10:
      lines.append("Transfer-Encoding: chunked")
      body = chunked(body)
    case 11: lines.append("Transfer-Encoding: gzip")
    case 12: lines.append("Content-Encoding: gzip")
    case 13:
      body = [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00]
      length = String(body.count)
    case 14:
      body = Array("{\"url\":\"".utf8) + [0xC3, 0x28, 0xFF] + Array("\"}".utf8)
      length = String(body.count)
    case 15:
      body = Array(repeating: UInt8(ascii: " "), count: APIResponder.bodyBytesMax + 1)
      length = String(body.count)
    case 16: lines.append("X-Long: \(String(repeating: "x", count: 40_000))")
    case 17: lines += (0..<150).map { "X-\($0): 1" }
    case 18:
      let odd = ["No colon", ": empty", "X y: 1", "X: a\u{0}b", "\u{E4}: 1"]
      lines.append(odd.randomElement(using: &random) ?? "")
    case 19: lineEnd = "\n"
    case 20: lines.append("Expect: 100-continue")
    case 21: lines.append("Upgrade: h2c")
    case 22: lines.append("Host: twice.example")
    case 23: lines.removeFirst()
    default: break
    }
    if let length { lines.append("Content-Length: \(length)") }
    lines.append("Connection: close")
    let head = ["\(method) \(target) \(version)"] + lines + ["", ""]
    return Sent(bytes: Array(head.joined(separator: lineEnd).utf8) + body, method: method, target: target)
  }

  private func chunked(_ body: [UInt8]) -> [UInt8] {
    let size = String(body.count, radix: 16)
    let last = Array("0\r\n\r\n".utf8)
    return body.isEmpty ? last : Array("\(size)\r\n".utf8) + body + Array("\r\n".utf8) + last
  }
}

extension APIAsking.Answer {
  /// Reads an answer off the wire; nil when it is none.
  init?(wire text: String) {
    guard let end = text.range(of: "\r\n\r\n") else { return nil }
    let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ", maxSplits: 2)
    guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else { return nil }
    self.init(status: status, headers: [:], text: String(text[end.upperBound...]))
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let name = HTTPField.Name(String(parts[0])) else { return nil }
      headers.append(HTTPField(name: name, value: parts[1].trimmingCharacters(in: .whitespaces)))
    }
  }
}
