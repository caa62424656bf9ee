import Foundation

/// The global configuration our git commands run under: ours, plus how the operator reaches hosts.
struct GitConfiguration: Hashable {
  /// One key of the operator's configuration that is taken over.
  struct Setting: Hashable {
    /// Lower-case, `http` or `url`.
    var section: String
    var subsection: String?
    /// Lower-case.
    var name: String
    var value: String
  }

  var identity: GitIdentity
  var ghPath: String
  var settings: [Setting]

  /// What `git config --get-regexp` finds the keys by that may be taken over.
  static let pattern =
    "^(url\\..*\\.(insteadof|pushinsteadof)|http\\.(.*\\.)?(proxy|proxysslcainfo|sslcainfo|sslcapath))$"

  private static let names: [String: Set<String>] = [
    "http": ["proxy", "proxysslcainfo", "sslcainfo", "sslcapath"],
    "url": ["insteadof", "pushinsteadof"],
  ]

  /// Reads `git config -z --get-regexp`: `key<newline>value<nul>` for each.
  static func settings(in output: Data) -> [Setting] {
    output.split(separator: 0).compactMap { record in
      let parts = record.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { return nil }
      let key = String(decoding: parts[0], as: UTF8.self)
      guard let first = key.firstIndex(of: "."), let last = key.lastIndex(of: ".") else { return nil }
      let section = String(key[..<first])
      let name = String(key[key.index(after: last)...])
      guard names[section]?.contains(name) == true else { return nil }
      return Setting(
        section: section, subsection: first == last ? nil : String(key[key.index(after: first)..<last]),
        name: name, value: String(decoding: parts[1], as: UTF8.self))
    }
  }

  /// The file's text.
  var text: String {
    let helper = "!'\(ghPath.replacing("'", with: "'\\''"))' auth git-credential"
    var lines = [
      "# Written by Looper at every start; changes are lost.",
      "[user]", "\tname = \(Self.quoted(identity.name))", "\temail = \(Self.quoted(identity.email))",
      "[credential]", "\thelper = \(Self.quoted(helper))",
    ]
    for setting in settings {
      lines.append("[\(setting.section)\(setting.subsection.map { " \(Self.quotedSubsection($0))" } ?? "")]")
      lines.append("\t\(setting.name) = \(Self.quoted(setting.value))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A value in git's quoting.
  static func quoted(_ value: String) -> String {
    let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      .replacing("\n", with: "\\n").replacing("\t", with: "\\t")
    return "\"\(escaped)\""
  }

  private static func quotedSubsection(_ value: String) -> String {
    "\"\(value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: ""))\""
  }
}
