import ArgumentParser

/// `looper completions`: what a shell needs to complete our command lines.
struct CompletionsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions", abstract: "Print the completion script of a shell.",
    discussion: """
      bash:  looper completions bash > ~/.local/share/bash-completion/completions/looper
      zsh:   looper completions zsh > "${fpath[1]}/_looper"
      fish:  looper completions fish > ~/.config/fish/completions/looper.fish

      Start a new shell afterwards; print the script again after an upgrade.

      Example: looper completions bash
      """)

  /// The shells that scripts can be made for.
  enum Shell: String, ExpressibleByArgument, CaseIterable, Codable, Sendable { case bash, zsh, fish }

  /// What `--json` prints.
  struct Result: Codable, Equatable, Sendable {
    var shell: Shell
    var script: String
  }

  @OptionGroup var global: GlobalOptions
  @Argument(help: "bash, zsh or fish.") var shell: Shell

  func run() async throws {
    let generated: CompletionShell =
      switch shell {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    let script = LooperCommand.completionScript(for: generated)
    try global.show(Result(shell: shell, script: script)) { _ in script }
  }
}
