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
    let input = FileHandle.standardInput.readDataToEndOfFile()
    let body = (try? JSONSerialization.jsonObject(with: input)) as? [String: Any]
    let query = body?["query"] as? String ?? ""
    var data: [String: Any] = [:]
    for match in query.matches(of: /\b(r\d+): repository\(/) { data[String(match.1)] = repository }
    let answer = try JSONSerialization.data(withJSONObject: ["data": data])
    let head = "HTTP/2.0 200 OK\r\nContent-Type: application/json\r\n\r\n"
    FileHandle.standardOutput.write(Data(head.utf8) + answer)
  }

  private static var repository: [String: Any] {
    let none: [String: Any] = ["nodes": [Any](), "pageInfo": ["hasNextPage": false]]
    return ["defaultBranchRef": ["name": "main"], "issues": none, "pullRequests": none]
  }
}
