import Foundation
import Testing

@testable import Looper

@Suite("A serving daemon keeps the last good configuration, whatever becomes of its file")
struct ServingConfigurationTests {
  /// What else a file can be; each leaves it unreadable.
  private static let ruins: [(String, @Sendable (String) throws -> Void)] = [
    ("gone", { _ in }),
    (
      "a directory",
      { try FileManager.default.createDirectory(atPath: $0, withIntermediateDirectories: false) }
    ),
    ("unreadable", { try ConfigurationHome.makeUnreadable($0) }),
    ("huge", { try ConfigurationHome.makeHuge($0) }),
    (
      "latin-1",
      {
        try Data("[trust]\ndisclosure-text = \"caf\u{E9}\"".unicodeScalars.map { UInt8($0.value) })
          .write(to: URL(filePath: $0))
      }
    ),
    (
      "utf-16",
      { try Data("[server]\nport = 1\n".data(using: .utf16) ?? Data()).write(to: URL(filePath: $0)) }
    ),
  ]

  /// Mutated files that cannot be loaded.
  private static func broken(_ count: Int) -> [Data] {
    var mutations = ConfigurationMutations(seed: 77)
    var found: [Data] = []
    while found.count < count {
      let bytes = mutations.next(.toml)
      guard case .success(let text) = ConfigurationBytes.text(bytes),
        case .success(let document) = ConfigurationFormat.toml.parse(text)
      else {
        found.append(Data(bytes))
        continue
      }
      do {
        _ = try ConfigurationLoader.load(document: document, path: "f", homeDirectory: "/h")
      } catch {
        found.append(Data(bytes))
      }
    }
    return found
  }

  @Test("through broken, unreadable, huge and missing files it serves on, and takes up the next good one")
  func survives() async throws {
    try await EndToEndScene.run { scene in
      try scene.configure(projects: [], agent: "#!/bin/sh\n")
      let file = scene.directory.configuration
      let good = try String(contentsOfFile: file, encoding: .utf8)
      try await scene.start()
      let before = try await scene.client { try await $0.configuration().entries }
      for (number, bytes) in Self.broken(40).enumerated() {
        // At once: a look in the middle of writing would see an empty file, which is a good one.
        try bytes.write(to: URL(filePath: file), options: .atomic)
        try await scene.signal(SIGHUP)
        let event = try await scene.event(.configuration)
        #expect(event.message.hasPrefix("kept the last good one: "), "file \(number): \(event.message)")
        #expect(try await scene.client { try await $0.configuration().entries } == before, "file \(number)")
      }
      for (name, ruin) in Self.ruins {
        try FileManager.default.removeItem(atPath: file)
        try ruin(file)
        try await scene.signal(SIGHUP)
        let event = try await scene.event(.configuration)
        #expect(event.message.hasPrefix("kept the last good one: "), "\(name): \(event.message)")
        #expect(try await scene.client { try await $0.configuration().entries } == before, "\(name)")
        // What comes next may need the place.
        if name == "gone" { try Data("=".utf8).write(to: URL(filePath: file)) }
      }
      let status = try await scene.client { try await $0.status() }
      #expect(status.health.first { $0.name == "configuration" }?.state == .degraded)
      try FileManager.default.removeItem(atPath: file)
      let next =
        good.replacing("poll-interval-secs = 1", with: "poll-interval-secs = 2") + "[server]\nport = 1\n"
      try scene.directory.write(next.replacing("[server]\nenabled = false\n", with: ""), to: file)
      try await scene.signal(SIGHUP)
      try await scene.event(
        .configuration, "taken up from the changed file; needs a restart: server.port, server.enabled")
      let after = try await scene.client { try await $0.status() }
      #expect(after.health.first { $0.name == "configuration" }?.state == .ok)
      let waiting = "server.port, server.enabled: changed in the file; run: looper daemon restart"
      #expect(after.configWarnings == [waiting])
    }
  }
}
