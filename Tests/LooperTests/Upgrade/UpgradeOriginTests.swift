import Foundation
import Testing

@testable import Looper

@Suite("Where packages come from and which version they are")
struct UpgradeOriginTests {
  @Test(
    "a path is taken from where the caller stands, an address only when nobody on the way can change it",
    arguments: [
      ("looper.tar.gz", "file /here/looper.tar.gz"), ("/tmp/looper.tar.gz", "file /tmp/looper.tar.gz"),
      ("https://example.org/looper.tar.gz", "address https://example.org/looper.tar.gz"),
      ("http://127.0.0.1:8080/x", "address http://127.0.0.1:8080/x"), ("http://example.org/x", "refused"),
      ("ftp://example.org/x", "refused"),
    ])
  func origins(text: String, expected: String) {
    let found: String
    do throws(LooperError) {
      found =
        switch try UpgradeOrigin(text, currentDirectory: "/here") {
        case .file(let path): "file \(path)"
        case .address(let url): "address \(url)"
        case .releases(let name): "releases \(name)"
        }
    } catch {
      found = "refused"
    }
    #expect(found == expected)
  }

  @Test(
    "versions are compared as numbers",
    arguments: [("0.2.0", "0.10.0"), ("v0.9.9", "1.0.0"), ("1.2.3", "1.2.4")])
  func order(lower: String, higher: String) throws {
    let left = try #require(UpgradeVersion(lower))
    let right = try #require(UpgradeVersion(higher))
    #expect(left < right)
    #expect(!(right < left))
  }

  @Test("what is no version is none", arguments: ["", "1", "1.2", "1.2.x", "1.2.3.4", "1..3", "-1.0.0"])
  func noVersion(text: String) { #expect(UpgradeVersion(text) == nil) }

  @Test("a release's files for this machine are found by their names")
  func release() throws {
    let name = "looper-0.2.0-\(UpgradeFetcher.platform)"
    func asset(_ name: String, _ number: Int) -> JSONValue {
      [
        "name": .string(name),
        "url": .string("https://api.github.com/repos/acme/looper/releases/assets/\(number)"),
      ]
    }
    let both: JSONValue = [
      "assets": .array([asset("install.sh", 1), asset(name, 2), asset(name + ".sha256", 3)])
    ]
    let path = "repos/acme/looper/releases/assets"
    #expect(UpgradeFetcher.release(both) == .init(package: "\(path)/2", checksum: "\(path)/3"))
    #expect(UpgradeFetcher.release(["assets": .array([asset(name, 2)])]) == nil)
  }
}
