import Foundation

/// Which repository a git command is about; always said explicitly, never discovered from files an agent
/// can write.
enum GitPlace: Hashable, Sendable {
  /// None: configuration and remotes.
  case nowhere
  /// A bare mirror.
  case mirror(String)
  /// A worktree of ours: its files, its administrative directory, the mirror.
  case worktree(path: String, admin: String, mirror: String)
  /// The user's own checkout, only ever read.
  case checkout(String)
}

/// One git command.
struct GitCall: Sendable {
  var arguments: [String]
  var place: GitPlace
  var input: Data?
  /// Whether it may talk to a remote, and gets what it needs to log in.
  var usesNetwork = false
  /// Whether it may take as long as writing a whole tree does.
  var isLong = false
  /// Another deadline than that of its kind.
  var deadline: Duration?
  /// Another index than the worktree's own.
  var indexPath: String?
  var outputLimit = ByteCount.mebibytes(64)
  /// Exit statuses that are answers, not failures.
  var accepted: Set<Int32> = [0]

  /// The command as messages name it.
  var name: String { "git \(arguments.first ?? "")" }
}

/// What a git command said.
struct GitOutput: Sendable {
  var status: Int32
  var data: Data
  var errorText: String

  var text: String { String(decoding: data, as: UTF8.self) }
  var line: String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
  var lines: [String] { text.split(separator: "\n").map(String.init) }
}

/// Starts git such that nothing an agent, the system or the user's configuration says is executed.
struct GitRunner: Sendable {
  let commands: CommandRunner
  let settings: GitSettings
  let layout: GitLayout

  init(commands: CommandRunner, settings: GitSettings) {
    self.commands = commands
    self.settings = settings
    layout = GitLayout(dataDirectory: settings.dataDirectory)
  }

  /// Runs `call` to its end.
  ///
  /// - Throws: for an exit status that is not among the accepted ones, classified by what git printed.
  func run(_ call: GitCall) async throws(Failure) -> GitOutput {
    let output: GitOutput
    do {
      output = try await attempt(call)
    } catch {
      throw GitFailure.unfinished(call.name, error)
    }
    guard call.accepted.contains(output.status) else {
      throw call.usesNetwork
        ? GitFailure.network(call.name, output.errorText) : GitFailure.local(call.name, output.errorText)
    }
    return output
  }

  /// Runs `call`; every exit status is an answer.
  func attempt(_ call: GitCall) async throws(CommandError) -> GitOutput {
    let command = Command(
      executable: settings.gitPath, arguments: Self.settledConfiguration + call.arguments,
      environment: environment(for: call), workingDirectory: workingDirectory(for: call.place))
    let usual = call.usesNetwork || call.isLong ? settings.longDeadline : settings.localDeadline
    let result = try await commands.run(
      command, standardInput: call.input, deadline: call.deadline ?? usual, outputLimit: call.outputLimit)
    let status: Int32
    switch result.status {
    case .exited(let code): status = code
    case .signalled(let number): status = 128 + number
    }
    return GitOutput(
      status: status, data: result.standardOutput,
      errorText: String(decoding: result.standardError, as: UTF8.self))
  }

  /// Settings that win over every file, also in a git that git starts inside a submodule.
  ///
  /// Filter, merge and diff drivers can only be defined in configuration files: ours and the mirror's, which
  /// ``GitMirror`` keeps. The commit graph could tell lies about ancestors and lies in a directory
  /// agents write.
  private static let settledConfiguration: [String] =
    ["--no-pager", "--no-replace-objects", "--literal-pathspecs"]
    + [
      "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.attributesFile=/dev/null",
      "core.excludesFile=/dev/null", "core.untrackedCache=false", "core.commitGraph=false",
      "core.quotePath=true", "protocol.ext.allow=never", "gc.auto=0", "maintenance.auto=false",
      "submodule.recurse=false", "fetch.recurseSubmodules=false", "push.recurseSubmodules=no",
      "commit.gpgSign=false", "push.gpgSign=false", "log.showSignature=false",
    ].flatMap { ["-c", $0] }

  private func environment(for call: GitCall) -> [String: String] {
    let allowance: ChildEnvironment.Allowance =
      call.usesNetwork
      ? .git.union(.gh).adding(["SSH_AUTH_SOCK"]) : .git
    var environment = ChildEnvironment.base(from: settings.environment, allowing: allowance)
    environment.merge([
      "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_SYSTEM": "/dev/null",
      "GIT_CONFIG_GLOBAL": layout.globalConfiguration, "GIT_ATTR_NOSYSTEM": "1",
      "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_EDITOR": ":", "GIT_GRAFT_FILE": "/dev/null",
      "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh", "GIT_SSH_COMMAND": "ssh -o BatchMode=yes",
      "GIT_AUTHOR_NAME": settings.identity.name, "GIT_AUTHOR_EMAIL": settings.identity.email,
      "GIT_COMMITTER_NAME": settings.identity.name, "GIT_COMMITTER_EMAIL": settings.identity.email,
      "LC_ALL": "C",
    ]) { $1 }
    if call.usesNetwork {
      environment.merge(["GH_PROMPT_DISABLED": "1", "GH_NO_UPDATE_NOTIFIER": "1", "GH_TELEMETRY": "0"]) { $1 }
    }
    switch call.place {
    case .nowhere, .checkout: break
    case .mirror(let path):
      environment["GIT_DIR"] = path
    case .worktree(let path, let admin, let mirror):
      environment["GIT_DIR"] = admin
      environment["GIT_COMMON_DIR"] = mirror
      environment["GIT_WORK_TREE"] = path
    }
    if let index = call.indexPath { environment["GIT_INDEX_FILE"] = index }
    return environment
  }

  private func workingDirectory(for place: GitPlace) -> String? {
    switch place {
    case .nowhere: layout.root
    case .mirror(let path), .worktree(let path, _, _), .checkout(let path): path
    }
  }
}
