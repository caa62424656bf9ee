/// The hosts that only this machine reaches.
enum LoopbackHost {
  static let names: Set<String> = ["localhost", "127.0.0.1", "::1"]

  /// Why the API may not be served there, as plain HTTP would show its token to the network; nil where it may.
  static func problem(serving host: String) -> String? {
    contains(host) ? nil : "listening on \(host) needs TLS; set server.host to 127.0.0.1 and use a tunnel"
  }

  private static func contains(_ host: String) -> Bool {
    let name = plain(host)
    return names.contains(name) || isLoopbackAddress(name)
  }

  /// All of 127.0.0.0/8; a name that begins so is anybody's.
  private static func isLoopbackAddress(_ name: String) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127"
      && parts.allSatisfy { part in
        part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } && UInt8(part) != nil
      }
  }

  /// A host without its port and brackets, in lower case.
  static func plain(_ text: String) -> String {
    let lower = text.lowercased()
    if lower.hasPrefix("[") { return String(lower.dropFirst().prefix { $0 != "]" }) }
    // More than one colon is a bare IPv6 address.
    guard lower.filter({ $0 == ":" }).count == 1 else { return lower }
    return String(lower.prefix { $0 != ":" })
  }
}
