import ArgumentParser

/// The options of every command, where they are written before it: `looper --json status`.
enum LeadingOptions {
  private static let flags = ["--json"]
  private static let withValue = ["--color", "--config", "--set", "--socket"]

  /// The same command line with these options behind the command's words, where ArgumentParser wants them.
  static func movedBehindCommand(_ arguments: [String]) -> [String] {
    var rest = arguments[...]
    var options: [String] = []
    while let count = length(of: rest) {
      options += rest.prefix(count)
      rest = rest.dropFirst(count)
    }
    var command: any ParsableCommand.Type = LooperCommand.self
    var path: [String] = []
    while let word = rest.first, let child = subcommand(word, of: command) {
      command = child
      path.append(word)
      rest = rest.dropFirst()
    }
    return path + options + rest
  }

  /// These options wherever they are, those that are whole.
  static func all(in words: [String]) -> [String] {
    var rest = words[...]
    var options: [String] = []
    while !rest.isEmpty {
      if let count = length(of: rest), count <= rest.count {
        options += rest.prefix(count)
        rest = rest.dropFirst(count)
      } else {
        rest = rest.dropFirst()
      }
    }
    return options
  }

  static func subcommand(_ word: String, of command: any ParsableCommand.Type) -> (any ParsableCommand.Type)?
  {
    command.configuration.subcommands.first { $0.configuration.commandName == word }
  }

  /// How many words the option at the beginning takes; nil when there is none of ours.
  static func length(of words: ArraySlice<String>) -> Int? {
    guard let first = words.first else { return nil }
    if flags.contains(first) || withValue.contains(where: { first.hasPrefix("\($0)=") }) { return 1 }
    return withValue.contains(first) ? 2 : nil
  }
}
