import Foundation

/// Recognises an answer that a client has already (RFC 9110, section 8.8.3).
enum EntityTag {
  /// FNV-1a, 64 bits: it tells answers apart, it does not protect.
  static func tag(of data: Data) -> String {
    let hash = data.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return "\"\(String(hash, radix: 16))-\(data.count)\""
  }

  /// Whether the header `If-None-Match` names `tag`; weak ones count, as it says there.
  static func matches(_ header: String?, _ tag: String) -> Bool {
    guard let header else { return false }
    return header.split(separator: ",").contains { part in
      let name = part.trimmingCharacters(in: .whitespaces)
      return name == "*" || name == tag || name == "W/\(tag)"
    }
  }
}
