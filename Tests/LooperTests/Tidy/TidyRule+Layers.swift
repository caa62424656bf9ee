extension TidyRule {
  static let layerRules: [TidyRule] = [
    TidyRule(
      sentence: "every folder of the product has a row in the layer table",
      bad: [TidySample("Sources/Looper/Misc/Sample.swift", "enum Sample {}")],
      good: [TidySample("Sources/Looper/Domain/Sample.swift", "enum Sample {}")]
    ) { source in
      guard source.path.hasPrefix("Sources/Looper/"), TidyLayer.row(for: source.path) == nil else {
        return []
      }
      return [TidyViolation(path: source.path, line: 0, text: "its folder has no row in TidyLayer.table")]
    },
    TidyRule(
      sentence: "a folder imports only what the layer table gives it",
      bad: [
        TidySample("Sources/Looper/Domain/Sample.swift", "import GRDB"),
        TidySample("Sources/Looper/LocalForge/Sample.swift", "import Hummingbird"),
        TidySample("Sources/Looper/API/Sample.swift", "import struct ArgumentParser.Argument"),
        TidySample("Sources/Looper/Sample.swift", "import Yams"),
        "import FoundationNetworking",
      ],
      good: [
        TidySample("Sources/Looper/Storage/Sample.swift", "import GRDB"),
        TidySample("Sources/Looper/LocalForge/Server/Sample.swift", "import Hummingbird"),
        "// import GRDB\nimport Foundation\nimport Logging",
      ]
    ) { source in
      guard let row = TidyLayer.row(for: source.path) else { return [] }
      return source.imports.filter {
        !row.imports.contains($0.module) && !TidyLayer.common.contains($0.module)
      }
      .map { TidyViolation(path: source.path, line: $0.line, text: "import \($0.module)") }
    },
    .tokens(
      "Domain and Roles compute: no concurrency, no clock, no files, no processes, no randomness",
      at: [
        "FileManager", "Process", "SystemRandomNumberGenerator", "Task", "async", "await", "actor", "Date",
        "UUID", "random", "randomElement", "shuffled",
      ],
      bad: [
        TidySample("Sources/Looper/Domain/Sample.swift", "func f() async {}"),
        TidySample("Sources/Looper/Domain/Sample.swift", "let x = \"\\(await f())\""),
        TidySample("Sources/Looper/Roles/Sample.swift", "actor Sample {}"),
        TidySample("Sources/Looper/Roles/Sample.swift", "let now = Date()"),
        TidySample("Sources/Looper/Roles/Sample.swift", "let files = FileManager.default"),
        TidySample("Sources/Looper/Roles/Sample.swift", "let child = Process()"),
        TidySample("Sources/Looper/Roles/Sample.swift", "let id = UUID()"),
      ],
      good: [
        TidySample(
          "Sources/Looper/Domain/Sample.swift", "// async\nlet text = \"await Date()\"\nlet actor: String"),
        "func f() async { let now = Date() }",
      ]
    ) { source, index in
      guard TidyLayer.row(for: source.path)?.isPure == true else { return false }
      return source.isImpure(at: index)
    },
    .tokens(
      "only the folder Process starts processes",
      at: ["Process"],
      bad: ["let child = Process()", "let child: Foundation.Process?"],
      good: [
        TidySample("Sources/Looper/Process/Sample.swift", "let child = Process()"),
        "let now = ProcessInfo.processInfo.systemUptime",
        .test("let child = Process()"),
      ]
    ) { source, _ in
      source.path.hasPrefix("Sources/Looper/") && !source.path.hasPrefix("Sources/Looper/Process/")
    },
    .tokens(
      "nothing talks HTTP through Foundation",
      at: ["URLSession"],
      bad: ["let session = URLSession.shared"],
      good: ["let session = \"URLSession\""]
    ) { source, _ in source.path.hasPrefix("Sources/") },
  ]
}

extension TidySource {
  /// The modules of the import lines.
  fileprivate var imports: [(module: String, line: Int)] {
    let kinds: Set<String> = [
      "actor", "class", "enum", "func", "let", "protocol", "struct", "typealias", "var",
    ]
    return indices(of: ["import"]).map { index in
      (text(kinds.contains(text(index + 1)) ? index + 2 : index + 1), tokens[index].line)
    }
  }

  /// Whether the token is one that code which only computes does not need.
  fileprivate func isImpure(at index: Int) -> Bool {
    switch text(index) {
    case "FileManager", "Process", "SystemRandomNumberGenerator", "Task": true
    case "async", "await": text(index - 1) != "."
    case "actor": text(index + 1).first?.isUppercase == true
    case "Date": text(index + 1) == "(" && text(index + 2) == ")" || reads(".", "now", at: index + 1)
    case "UUID": reads("(", ")", at: index + 1)
    case "random", "randomElement", "shuffled": text(index - 1) == "." && text(index + 1) == "("
    default: false
    }
  }
}
