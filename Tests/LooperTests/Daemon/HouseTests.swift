import Foundation
import Testing

@testable import Looper

@Suite("What the daemon keeps is closed to everyone else, also when it was there before")
struct HouseTests {
  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test("an open data directory and an open token are closed, and that is told")
  func closes() throws {
    try ConfigurationHome.with { home in
      let paths = Configuration().paths(homeDirectory: home.path)
      try home.write("token\n", to: ".looper/api-token", mode: 0o644)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: paths.dataDirectory)
      let house = try House(paths)
      #expect(try mode(paths.dataDirectory) == 0o700)
      #expect(try mode(paths.tokenPath) == 0o600)
      #expect(
        house.warnings.map(home.tilde) == [
          "others could read ~/.looper; done: chmod 700 ~/.looper",
          "others could read ~/.looper/api-token; done: chmod 600 ~/.looper/api-token",
        ])
      #expect(try house.token() == "token")
      #expect(try House(paths).warnings == [])
    }
  }

  @Test("what it makes itself is closed from the start")
  func makes() throws {
    try ConfigurationHome.with { home in
      let house = try House(Configuration().paths(homeDirectory: home.path))
      _ = try house.token()
      #expect(house.warnings == [])
      #expect(try mode(house.paths.dataDirectory) == 0o700)
      #expect(try mode(house.sessions) == 0o700)
      #expect(try mode(house.paths.tokenPath) == 0o600)
    }
  }
}
