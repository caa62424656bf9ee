import Foundation
import Testing

@testable import Looper

@Suite("every key that the documentation names exists")
struct DocumentedKeysTests {
  /// Files whose names look like keys.
  private static let files: Set<String> = ["daemon.log", "daemon.pid"]
  private static let pages = TidyPackage.files.filter {
    $0 == "README.md" || $0.hasPrefix("docs/") && $0.hasSuffix(".md")
  }

  /// What stands at the beginning of a piece of code and looks like a key of one of our sections.
  private static func named(in text: String) -> [String] {
    let sections = Set(ConfigurationSchema.sections.map(\.name))
    return text.matches(of: /`([a-z]+(?:\.[a-z<>-]+)+)(?: = [^`]*)?`/).map { String($0.1) }
      .filter { sections.contains(String($0.prefix { $0 != "." })) && !files.contains($0) }
  }

  /// Whether it is a key, or a section of keys; `<role>` stands for any part.
  private static func exists(_ name: String) -> Bool {
    let wanted = name.split(separator: ".")
    return (ConfigurationSchema.keys.map(\.path) + RepositoryConfiguration.keys.map(\.path)).contains {
      path in
      let parts = path.split(separator: ".")
      return parts.count >= wanted.count
        && zip(parts, wanted).allSatisfy { $1.hasPrefix("<") || $0 == $1 }
    }
  }

  @Test("in the README and in every page", arguments: pages)
  func exist(page: String) throws {
    let text = try #require(TidyPackage.text(of: page))
    #expect(Self.named(in: text).filter { !Self.exists($0) } == [], "\(page)")
  }

  @Test("the test would notice one that does not")
  func notices() {
    let text =
      "`agent.environment`, `agent.<role>.vendor`, `agent.roles.<role>.vendor`, `agent.vendor = \"x\"`, `a.b`"
    #expect(Self.named(in: text).filter { !Self.exists($0) } == ["agent.environment", "agent.<role>.vendor"])
    #expect(Self.pages.contains("docs/vendors.md"))
  }
}
