/// Routes about what went wrong, what was consumed and what lies around.
extension APIRoutes {
  static let housekeeping: [APIRoute] = [
    APIRoute(.get, "\(prefix)/failures", query: ["cursor", "limit"]) { call in
      .data(try await call.operations.failures(try call.page()))
    },
    APIRoute(.get, "\(prefix)/usage", query: ["by", "days"]) { call in
      .data(try await call.operations.usage(try call.usageRequest()))
    },
    APIRoute(.get, "\(prefix)/worktrees", query: ["cursor", "limit"]) { call in
      .data(try await call.operations.worktrees(try call.page()))
    },
    APIRoute(.post, "\(prefix)/worktrees/cleanup") { call in
      .data(
        try await call.operations.cleanUpWorktrees(try call.decodedBody(WorktreeCleanupRequest.self)))
    },
  ]
}

extension APICall {
  func usageRequest() throws(LooperError) -> UsageRequest {
    let text = query["by"] ?? UsageGrouping.day.rawValue
    guard let grouping = UsageGrouping(rawValue: text) else {
      let known = UsageGrouping.allCases.map(\.rawValue).joined(separator: ", ")
      throw LooperError(.validation, "by must be one of \(known), not \(text)")
    }
    return UsageRequest(by: grouping, days: try number("days", in: 1...UsageRequest.daysMax).map(Int.init))
  }
}
