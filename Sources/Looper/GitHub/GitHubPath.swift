/// REST paths, with every part percent-encoded.
enum GitHubPath {
  /// `repos/owner/name/…`
  static func repository(_ project: ProjectName, _ parts: String..., query: [(String, String)] = []) -> String
  {
    let path = (["repos", project.owner, project.name] + parts).map(encoded).joined(separator: "/")
    guard !query.isEmpty else { return path }
    return path + "?" + query.map { "\(encoded($0.0))=\(encoded($0.1))" }.joined(separator: "&")
  }

  /// Everything but RFC 3986's unreserved characters encoded; `gh` itself would replace `{owner}` and `:owner`.
  static func encoded(_ part: String) -> String {
    var text = ""
    for byte in part.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: "~"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        text += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    return text
  }
}
