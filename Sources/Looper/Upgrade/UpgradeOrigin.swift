import Foundation

/// Where a package is taken from; its checksum is beside it, named the same with `.sha256`.
enum UpgradeOrigin: Equatable, Sendable {
  /// An absolute path.
  case file(String)
  /// `https`, or `http` on this machine.
  case address(URL)
  /// The newest release of a repository on GitHub.
  case releases(of: ProjectName)

  static let checksumSuffix = ".sha256"
  private static let loopback = ["127.0.0.1", "[::1]", "::1", "localhost"]

  /// What `--from` says.
  ///
  /// - Throws: `validation` for an address that anybody on the way could change.
  init(_ text: String, currentDirectory: String) throws(LooperError) {
    guard text.contains("://"), let url = URL(string: text) else {
      let base = URL(filePath: currentDirectory, directoryHint: .isDirectory)
      self = .file(URL(filePath: text, relativeTo: base).standardizedFileURL.path)
      return
    }
    let isSafe = url.scheme == "https" || url.scheme == "http" && Self.loopback.contains(url.host ?? "")
    guard isSafe else {
      throw LooperError(.validation, "packages are not fetched from \(text); use https or a file")
    }
    self = .address(url)
  }
}

/// Brings a package and its checksum into a directory.
struct UpgradeFetcher: Sendable {
  /// A package is some tens of MiB.
  static let packageBytesMax = ByteCount.mebibytes(256)
  private static let checksumBytesMax = ByteCount.kibibytes(4)
  private static let deadline = Duration.seconds(600)

  let commands: CommandRunner
  /// The `gh` that is asked for releases.
  let gh: String
  let environment: [String: String]

  /// A fetched package.
  struct Fetched: Sendable {
    var archive: String
    /// SHA-256 in hexadecimal.
    var checksum: String
  }

  func fetch(_ origin: UpgradeOrigin, into directory: String) async throws(LooperError) -> Fetched {
    let archive = "\(directory)/package.tar.gz"
    let checksum: Data
    switch origin {
    case .file(let path):
      try copy(path, to: archive)
      checksum = try read(path + UpgradeOrigin.checksumSuffix)
    case .address(let url):
      try await Download.fetch(url.absoluteString, to: archive, limit: Self.packageBytesMax)
      let beside = "\(directory)/package.sha256"
      try await Download.fetch(
        url.absoluteString + UpgradeOrigin.checksumSuffix, to: beside, limit: Self.checksumBytesMax)
      checksum = try read(beside)
    case .releases(let repository):
      let release = try await newest(of: repository)
      try write(try await asset(release.package, on: repository.host), to: archive)
      checksum = try await asset(release.checksum, on: repository.host)
    }
    let words = String(decoding: checksum, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard let word = words.first, word.count == 64, word.allSatisfy(\.isHexDigit) else {
      throw LooperError(.validation, "the checksum of the package cannot be read; nothing was changed")
    }
    return Fetched(archive: archive, checksum: word.lowercased())
  }

  private func copy(_ path: String, to target: String) throws(LooperError) {
    do {
      try FileManager.default.copyItem(atPath: path, toPath: target)
    } catch {
      throw LooperError(.notFound, "\(path) cannot be read; name a package that scripts/package made")
    }
  }

  private func read(_ path: String) throws(LooperError) -> Data {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw LooperError(.notFound, "\(path) cannot be read; a package comes with its checksum")
    }
    return data
  }

  private func write(_ data: Data, to path: String) throws(LooperError) {
    guard FileManager.default.createFile(atPath: path, contents: data) else {
      throw LooperError(.internal, "cannot write \(path)")
    }
  }
}

// MARK: releases on GitHub

extension UpgradeFetcher {
  /// The API paths of a release's files for this machine.
  struct Release: Equatable, Sendable {
    var package: String
    var checksum: String
  }

  /// The end of the names of packages for this machine.
  static let platform: String = {
    #if os(macOS)
      let system = "darwin"
    #else
      let system = "linux"
    #endif
    #if arch(arm64)
      return "\(system)-\(system == "darwin" ? "arm64" : "aarch64").tar.gz"
    #else
      return "\(system)-x86_64.tar.gz"
    #endif
  }()

  private func newest(of repository: ProjectName) async throws(LooperError) -> Release {
    let path = "repos/\(repository.owner)/\(repository.name)/releases/latest"
    let answer = try await ask(["api", "--hostname", repository.host, path], limit: .mebibytes(4))
    guard let json = try? JSONDecoder().decode(JSONValue.self, from: answer),
      let release = Self.release(json)
    else {
      throw LooperError(.notFound, "the newest release of \(repository) has no package for \(Self.platform)")
    }
    return release
  }

  static func release(_ json: JSONValue) -> Release? {
    var paths: [String: String] = [:]
    for asset in json["assets"]?.arrayValue ?? [] {
      guard let name = asset["name"]?.stringValue, let url = asset["url"]?.stringValue,
        let path = URL(string: url)?.path
      else { continue }
      // Relative to the API's root, which on GitHub Enterprise is below /api/v3.
      paths[name] = String(path.replacing("/api/v3", with: "").drop { $0 == "/" })
    }
    guard let name = paths.keys.first(where: { $0.hasSuffix(platform) }), let package = paths[name],
      let checksum = paths[name + UpgradeOrigin.checksumSuffix]
    else { return nil }
    return Release(package: package, checksum: checksum)
  }

  private func asset(_ path: String, on host: String) async throws(LooperError) -> Data {
    try await ask(
      ["api", "--hostname", host, "-H", "Accept: application/octet-stream", path], limit: Self.packageBytesMax
    )
  }

  private func ask(_ arguments: [String], limit: ByteCount) async throws(LooperError) -> Data {
    let command = Command(
      executable: gh, arguments: arguments, environment: GhClient.childEnvironment(from: environment))
    let result: CommandResult
    do {
      result = try await commands.run(command, deadline: Self.deadline, outputLimit: limit)
    } catch {
      throw LooperError(.internal, "gh could not be asked for the release: \(error)")
    }
    guard result.status.isSuccess else {
      let complaint = String(decoding: result.standardError, as: UTF8.self)
      throw LooperError(
        .internal, "gh api failed: \(complaint.trimmingCharacters(in: .whitespacesAndNewlines))")
    }
    return result.standardOutput
  }
}
