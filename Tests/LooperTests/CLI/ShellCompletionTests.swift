import Foundation
import Testing

@testable import Looper

@Suite("Each shell offers the values of options and what is live, asked as its own completion asks")
struct ShellCompletionTests {
  /// A shell, and the program in it that prints what it offers for a line: `$1` is the script, `$2` the line.
  enum Shell: String, CaseIterable, Sendable {
    case bash, zsh, fish

    var driver: String {
      switch self {
      case .bash: ShellCompletionTests.bash
      case .zsh: ShellCompletionTests.zsh
      case .fish: ShellCompletionTests.fish
      }
    }

    /// Nil where it is not installed.
    var path: String? {
      ["/bin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"].map { "\($0)/\(rawValue)" }
        .first(where: FileManager.default.isExecutableFile)
    }
  }

  private static let bash = #"""
    source "$1"
    read -ra COMP_WORDS <<<"$2"
    [[ $2 == *' ' ]] && COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$2 COMP_POINT=${#2} COMP_TYPE=9
    $(complete -p looper | sed 's/.*-F \([^ ]*\).*/\1/') looper "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
    printf '%s\n' "${COMPREPLY[@]}"
    """#

  /// An interactive shell on a terminal of its own, in which what is offered is printed and the shell then ends.
  private static let zsh = #"""
    zmodload zsh/zpty
    mkdir -p functions && cp "$1" functions/_looper
    zpty z zsh -f -i
    zpty -w z "PS1=; fpath=($PWD/functions \$fpath); autoload -Uz compinit; compinit -u -D"
    zpty -w z 'compadd () { if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi; local -a hits; builtin compadd -A hits "$@"; local hit; for hit in $hits; do print -r -- "<$hit>"; done; builtin compadd "$@" }'
    zpty -w z 'finish () { print -r -- "<>"; exit }; comppostfuncs=(finish)'
    zpty -w -n z "$2"$'\t'
    while zpty -r z line; do
      [[ $line == *'<'*'>'* && $line != *hit* && $line != *print* ]] || continue
      word=${${line##*<}%%>*}
      [[ -z $word ]] && break
      print -r -- $word
    done
    """#

  /// Without a terminal fish does not tell where in a word the cursor is: it is at the end.
  private static let fish = #"""
    source $argv[1]
    function commandline
      if string match -q -- '*C*' "$argv"
        builtin commandline -t | string length
      else
        builtin commandline $argv
      end
    end
    complete -C "$argv[2]" | string split -f 1 \t
    """#

  private static let vendors = ["claude-code", "codex", "cursor", "custom", "opencode"]

  /// A line that is being typed, and what is offered for it, sorted.
  static let lines: [(String, [String])] = [
    ("looper run start a/b#1 --vendor ", vendors), ("looper run start a/b#1 --vendor co", ["codex"]),
    ("looper run start a/b#1 --role ", ["planner", "reviewer", "worker"]),
    ("looper queue clear --lane ", ["auto", "manual", "planned"]),
    ("looper status --color ", ["always", "auto", "never"]), ("looper loops --state bl", ["blocked"]),
    ("looper usage --by pr", ["project"]), ("looper config get server.po", ["server.port"]),
    ("looper why ", ["L12", "L13"]), ("looper pause L13", ["L13"]), ("looper run cancel ", ["R34"]),
    ("looper run logs ", ["R34", "R35"]), ("looper inspect R", ["R34", "R35"]),
    ("looper daemon logs --loop ", ["L12", "L13"]), ("looper run list --loop L1", ["L12", "L13"]),
    ("looper loops --project ", ["acme/app"]), ("looper queue bump ", ["7"]),
  ]

  @Test("what is offered", arguments: Shell.allCases)
  func offered(shell: Shell) async throws {
    try await CommandScene.with { scene in
      scene.operations.change {
        $0.loops = [Sample.loop(), Sample.loop(id: "L13")]
        $0.runs = [Sample.run(), Sample.run(id: "R35", state: "failed")]
        $0.projects = [Sample.project()]
        $0.queue = [Sample.queueItem()]
      }
      let script = await scene.run("completions", shell.rawValue).output
      // What any shell needs: the words, and the way to ask for those that are live.
      for word in Self.vendors + ["planned", "always", "server.port", "---completion"] {
        #expect(script.contains(word), "\(word)")
      }
      guard let path = shell.path else {
        // Said aloud, so that nobody takes the words above for what this shell makes of them.
        let note =
          "\(shell.rawValue) is not here: its completions were read, not tried; apt-get install \(shell.rawValue)\n"
        return try FileHandle.standardError.write(contentsOf: Data(note.utf8))
      }
      try scene.write(script, to: "\(scene.home)/script")
      let programs = URL(filePath: ShimLocation.executablePath).deletingLastPathComponent().path
      let variables = [
        "PATH": "\(programs):/usr/local/bin:/usr/bin:/bin", "LOOPER_TEST_PATIENT": "1", "TERM": "xterm",
      ]
      try await ServedOperations.serving(scene.operations, at: scene.socket) { _, _ in
        for (line, expected) in Self.lines {
          let result = try await BuiltCommand(scene: scene).raw(
            path,
            ["-c", shell.driver] + (shell == .fish ? [] : [shell.rawValue])
              + ["\(scene.home)/script", line], variables)
          let offered = Set(
            result.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
          #expect(offered.sorted() == expected, "\(line): \(result.error)")
        }
      }
    }
  }
}
