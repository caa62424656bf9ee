extension ConfigurationSchema {
  static let sandbox: [ConfigurationKey<Configuration>] = [
    .init(
      "sandbox.mode", \.sandbox.mode, .choice,
      "Whether agents need bubblewrap's sandbox (require), run without it when it cannot start (prefer), or never use it."
    ),
    .init(
      "sandbox.network", \.sandbox.network, .choice,
      "The network of agents; with none they reach no provider but one on their own loopback."),
    .init(
      "sandbox.validation-network", \.sandbox.validationNetwork, .choice,
      "The network of validation commands."),
    .init(
      "sandbox.hide", \.sandbox.hide, .paths,
      "What agents must not see in addition to the usual: keys, logins, other vendors' directories, Looper's own data."
    ),
    .init(
      "sandbox.show", \.sandbox.show, .paths,
      "What agents may read although it is usually hidden, ~/.npmrc for example."
    ),
    .init(
      "sandbox.writable", \.sandbox.writable, .paths,
      "What agents may write beside the worktree: caches such as ~/.cache, a custom agent's own directory."),
  ]
}

extension ConfigurationCodec<[String]> {
  fileprivate static var paths: Self {
    list(.whole, "a list of paths that are absolute or begin with ~/") {
      ConfigurationText.isRooted($0) && $0 != "/"
    }
  }
}
