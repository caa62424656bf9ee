/// The environment of children, built from an allow-list: what is not named here does not leak.
enum ChildEnvironment {
  /// Which variables of the daemon's environment a kind of child may see.
  struct Allowance: Hashable, Sendable {
    var names: Set<String>
    var prefixes: Set<String> = []

    /// Both, for a git that asks `gh` for its credentials, and for names from the configuration.
    func union(_ other: Allowance) -> Allowance {
      Allowance(names: names.union(other.names), prefixes: prefixes.union(other.prefixes))
    }

    /// With single names added.
    func adding(_ extra: some Sequence<String>) -> Allowance {
      Allowance(names: names.union(extra), prefixes: prefixes)
    }

    func allows(_ name: String) -> Bool {
      names.contains(name) || prefixes.contains { name.hasPrefix($0) }
    }
  }

  /// The variables of `parent` that `allowance` lets through.
  static func base(from parent: [String: String], allowing allowance: Allowance) -> [String: String] {
    parent.filter { allowance.allows($0.key) }
  }

  /// The variables of `parent` named in `names` or beginning with one of `prefixes`.
  static func base(
    from parent: [String: String], allowing names: Set<String>, prefixes: [String] = []
  ) -> [String: String] {
    base(from: parent, allowing: Allowance(names: names, prefixes: Set(prefixes)))
  }

  private static let locale = Allowance(names: ["HOME", "LANG", "PATH", "TZ"], prefixes: ["LC_"])

  /// Where the network is behind; proxies may hold a password, but without them nothing is reached.
  private static let proxies: Set<String> = [
    "ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "all_proxy", "http_proxy", "https_proxy",
    "no_proxy",
  ]

  /// Certificate authorities, as OpenSSL, Go, curl, Python and Node name them.
  private static let certificates: Set<String> = [
    "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE",
  ]
}

extension ChildEnvironment.Allowance {
  /// What git needs to work and to reach a network: no secret, no agent socket, of `GIT_*` only the CA.
  static let git = ChildEnvironment.shared.adding(["GIT_SSL_CAINFO", "GIT_SSL_CAPATH"])

  /// What `gh` needs, with its own configuration and tokens.
  static let gh = ChildEnvironment.shared.union(
    Self(names: ["XDG_CONFIG_HOME"], prefixes: ["GH_"]))

  /// What an agent may see: who and where it is, never a GitHub credential.
  static let agent = ChildEnvironment.shared.adding(["LOGNAME", "SHELL", "TERM", "USER"])
}

extension ChildEnvironment {
  /// What all presets have in common.
  fileprivate static let shared = locale.adding(proxies).adding(certificates)
}
