import Foundation
import Testing

@testable import Looper

@Suite("The configuration in force changes only for a good file")
struct ConfigurationSourceTests {
  private static let limited = "[budget]\nday-tokens = 7\n[sandbox]\nmode = \"require\"\n"

  private func budget(_ source: ConfigurationSource) -> Int { source.loaded.configuration.budget.dayTokens }

  @Test(
    "a file that is gone keeps the limits it set, says so once, and is read when it is back",
    arguments: [false, true])
  func goneAndBack(isForced: Bool) throws {
    try ConfigurationHome.with { home in
      let path = try home.write(Self.limited)
      let source = try ConfigurationSource(home.sources())
      try FileManager.default.removeItem(atPath: path)
      guard case .refused(let problem) = isForced ? source.refresh(isForced: true) : source.settled() else {
        Issue.record("taken up without a file")
        return
      }
      #expect(
        home.tilde(problem)
          == "~/.config/looper/looper.toml is gone; put it back, or restart the daemon to go on with the defaults"
      )
      #expect(source.problem == problem)
      #expect(budget(source) == 7)
      #expect(source.loaded.configuration.sandbox.mode == .require)
      guard case .none = source.refresh() else {
        Issue.record("told twice")
        return
      }
      try home.write(Self.limited.replacing("7", with: "8"))
      guard case .replaced = isForced ? source.refresh(isForced: true) : source.settled() else {
        Issue.record("the file that is back was not read")
        return
      }
      #expect(budget(source) == 8)
      #expect(source.problem == nil)
    }
  }

  @Test("a file that appears where none was is taken up, also before one that is further down the list")
  func appears() throws {
    try ConfigurationHome.with { home in
      let source = try ConfigurationSource(home.sources())
      guard case .none = source.refresh() else {
        Issue.record("something was read")
        return
      }
      for (name, tokens) in [(".looper/looper.toml", 1), (".config/looper/looper.yaml", 2)] {
        try home.write(
          name.hasSuffix("toml") ? "budget.day-tokens = \(tokens)" : "budget: {day-tokens: \(tokens)}",
          to: name)
        guard case .replaced = source.settled() else {
          Issue.record("\(name) was not read")
          return
        }
        #expect(budget(source) == tokens)
      }
    }
  }

  @Test(
    "an editor that empties the file before it writes, however often it is looked at, never leaves the defaults in force"
  )
  func halfWritten() throws {
    try ConfigurationHome.with { home in
      try home.write(Self.limited)
      let source = try ConfigurationSource(home.sources())
      let more = Self.limited.replacing("7", with: "12")
      // What lies there at one look after the other; each of it is a good file.
      let looks = [
        ("", 7), ("[budget]\n", 7), (more, 7), (more, 12), ("", 12), ("[budget]\nday-tokens = 5\n", 12),
        ("[budget]\nday-tokens = 5\n", 5),
      ]
      var there = Self.limited
      for (text, tokens) in looks {
        if there != text { try home.write(text) }
        there = text
        _ = source.refresh()
        #expect(budget(source) == tokens, "after \(text)")
        #expect(source.problem == nil)
      }
    }
  }

  @Test("a file that is gone for a moment, or back as it was, is no change")
  func replacedByRename() throws {
    try ConfigurationHome.with { home in
      let path = try home.write(Self.limited)
      let source = try ConfigurationSource(home.sources())
      let moves = [
        (path, path + ".old"), (path + ".old", path), (path, path + ".old"), (path + ".old", path),
      ]
      for (from, to) in moves {
        try FileManager.default.moveItem(atPath: from, toPath: to)
        guard case .none = source.refresh() else {
          Issue.record("taken for a change")
          return
        }
      }
      #expect(source.problem == nil)
      #expect(budget(source) == 7)
    }
  }

  @Test("a file that others may no longer read is read again, for that was told")
  func mode() throws {
    try ConfigurationHome.with { home in
      try home.write("[budget]\nday-tokens = 7\n")
      let source = try ConfigurationSource(home.sources())
      let file = try #require(source.loaded.fileURL).path
      let mode = try #require(
        try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int)
      try FileManager.default.setAttributes([.posixPermissions: mode ^ 0o044], ofItemAtPath: file)
      guard case .none = source.refresh(), case .replaced = source.refresh() else {
        Issue.record("not read again")
        return
      }
    }
  }

  @Test("a host that would be refused at the next start is refused now")
  func openHost() throws {
    try ConfigurationHome.with { home in
      try home.write("[server]\nport = 1\n")
      let source = try ConfigurationSource(home.sources())
      try home.write("[server]\nport = 22\nhost = \"0.0.0.0\"\n")
      guard case .refused(let problem) = source.refresh(isForced: true) else {
        Issue.record("taken up")
        return
      }
      #expect(
        home.tilde(problem)
          == "~/.config/looper/looper.toml:3: server.host: listening on 0.0.0.0 needs TLS; set server.host to "
          + "127.0.0.1 and use a tunnel")
      #expect(source.loaded.configuration.server.port == 1)
    }
  }

  @Test("what is read at the start waits for a restart, and no longer when it is as it was")
  func restart() throws {
    try ConfigurationHome.with { home in
      try home.write("[server]\nport = 1\n")
      let source = try ConfigurationSource(home.sources())
      #expect(source.waitingForRestart == [])
      try home.write("[server]\nport = 22\n[daemon]\nlog-level = \"debug\"\npoll-interval-secs = 9\n")
      _ = source.refresh(isForced: true)
      #expect(source.waitingForRestart == ["server.port", "daemon.log-level"])
      try home.write("[server]\nport = 1\n")
      _ = source.refresh(isForced: true)
      #expect(source.waitingForRestart == [])
    }
  }

  @Test("every key that is read at the start is one there is")
  func keys() {
    #expect(ConfigurationSchema.keys.filter(\.needsRestart).count == 14)
  }
}

extension ConfigurationSource {
  /// The second of two looks at a file that stands still.
  func settled() -> Change {
    guard case .none = refresh() else {
      Issue.record("taken up at the first look")
      return .none
    }
    return refresh()
  }
}
