import ArgumentParser

/// Finds the command that a mistyped one was meant to be.
enum CommandSuggestion {
  /// Words further apart than this are not alike.
  private static let editsMax = 2

  /// What to say when the first word that is no option names no command; nil when that is not what is wrong.
  static func error(for arguments: [String]) -> LooperError? {
    var command: any ParsableCommand.Type = LooperCommand.self
    var path = ["looper"]
    var rest = arguments[...]
    while let word = rest.first, !command.configuration.subcommands.isEmpty {
      if let count = LeadingOptions.length(of: rest) {
        rest = rest.dropFirst(count)
        continue
      }
      guard !word.hasPrefix("-"), word != "help" else { return nil }
      if let child = LeadingOptions.subcommand(word, of: command) {
        command = child
        path.append(word)
        rest = rest.dropFirst()
        continue
      }
      let nearest = nearest(to: word, in: command)
      // Where a word may be something else than a command, only a likeness says that it was meant to be one.
      if command.configuration.defaultSubcommand != nil, nearest == nil { return nil }
      return unknown(word, in: path, nearest: nearest)
    }
    return nil
  }

  /// The subcommand of `command` that is most like `word`; nil when none is.
  static func nearest(to word: String, in command: any ParsableCommand.Type) -> String? {
    let known = command.configuration.subcommands.compactMap { $0.configuration.commandName }
    let typed = Array(word.lowercased().utf8)
    let scored = known.map { (edits: ConfigurationSuggestion.edits(typed, Array($0.utf8)), name: $0) }
    return scored.filter { $0.edits <= editsMax && $0.edits < $0.name.count }.min { $0 < $1 }?.name
  }

  private static func unknown(_ word: String, in path: [String], nearest: String?) -> LooperError {
    let prefix = path.joined(separator: " ")
    let hint = nearest.map { "did you mean `\(prefix) \($0)`?" } ?? "see `\(prefix) --help`"
    return LooperError(.badRequest, "unknown command \(word); \(hint)")
  }
}
