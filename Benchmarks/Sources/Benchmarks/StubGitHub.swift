import Foundation

/// A `gh` that finds every repository empty: `Benchmarks __gh LOG api …`, the query on standard input.
enum StubGitHub {
  static let word = "__gh"

  static func answer(_ arguments: [String]) throws {
    let log = arguments.first ?? "/dev/null"
    // One byte a call, so that the size is the count.
    let descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    _ = write(descriptor, ".", 1)
    close(descriptor)
    // `repos/owner/name`, the last argument of a REST call.
    if let path = arguments.last, path.hasPrefix("repos/") {
      let names = path.split(separator: "/")
      return try names.count == 3
        ? reply(facts(of: names[1...].joined(separator: "/")))
        : reply(["message": "Not Found"], status: "404 Not Found")
    }
    let input = FileHandle.standardInput.readDataToEndOfFile()
    let body = (try? JSONSerialization.jsonObject(with: input)) as? [String: Any]
    let query = body?["query"] as? String ?? ""
    var data: [String: Any] = [:]
    for match in query.matches(of: /\b(r\d+): repository\(/) { data[String(match.1)] = repository }
    try reply(["data": data])
  }

  private static func reply(_ body: [String: Any], status: String = "200 OK") throws {
    let head = "HTTP/2.0 \(status)\r\nContent-Type: application/json\r\n\r\n"
    FileHandle.standardOutput.write(Data(head.utf8) + (try JSONSerialization.data(withJSONObject: body)))
  }

  private static func facts(of repository: String) -> [String: Any] {
    [
      "full_name": repository, "default_branch": "main", "archived": false,
      "clone_url": "https://github.com/\(repository).git",
      "permissions": ["admin": false, "push": true, "pull": true],
    ]
  }

  private static var repository: [String: Any] {
    let none: [String: Any] = ["nodes": [Any](), "pageInfo": ["hasNextPage": false]]
    return ["defaultBranchRef": ["name": "main"], "issues": none, "pullRequests": none]
  }
}
