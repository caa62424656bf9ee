import Foundation

/// The `looper` executable built next to the running test bundle; children of tests start through it.
enum ShimLocation {
  static let executablePath: String =
    candidates.first(where: FileManager.default.isExecutableFile) ?? "looper"

  private static var candidates: [String] {
    var directories = [
      URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent(),
      Bundle.main.bundleURL,
    ]
    // Tests/LooperTests/Process/ShimLocation.swift: the package is four levels up.
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    directories += ["debug", "release"].map { package.appendingPathComponent(".build/\($0)") }
    return directories.map { $0.appendingPathComponent("looper").path }
  }
}
