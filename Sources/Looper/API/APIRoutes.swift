/// The whole table of the API.
enum APIRoutes {
  static let prefix = "/api/v1"
  /// Answers without a token and tells nothing.
  static let health = "/healthz"
  /// Whether the daemon serves and its database answers; needs no token either.
  static let readiness = "/readyz"
  static let metrics = "/metrics"

  static let all: [APIRoute] = general + projects + loops + runs + queue + housekeeping

  private static let paging = ["cursor", "limit"]

  private static let general: [APIRoute] = [
    APIRoute(.get, health) { _ in .data([String: String]()) },
    APIRoute(.get, readiness) { call in
      try await call.operations.checkReadiness()
      return .data([String: String]())
    },
    APIRoute(.get, metrics) { call in
      .document(MetricsText.text(try await call.operations.metrics()), mediaType: MetricsText.mediaType)
    },
    APIRoute(.get, "\(prefix)/openapi.json") { _ in
      .document(OpenAPIDocument.text, mediaType: "application/json")
    },
    APIRoute(.get, "\(prefix)/version") { call in .data(try await call.operations.version()) },
    APIRoute(.get, "\(prefix)/status") { call in .data(try await call.operations.status()) },
    APIRoute(.get, "\(prefix)/config") { call in .data(try await call.operations.configuration()) },
    APIRoute(.get, "\(prefix)/inspect/:handle") { call in
      .data(try await call.operations.inspect(try call.inspectTarget()))
    },
    APIRoute(.get, "\(prefix)/events", query: ["after", "limit", "follow"]) { call in
      try await EventsRoute.answer(call)
    },
  ]

  private static let projects: [APIRoute] = [
    APIRoute(.get, "\(prefix)/projects", query: paging) { call in
      .data(try await call.operations.projects(try call.page()))
    },
    APIRoute(.post, "\(prefix)/projects") { call in
      .data(try await call.operations.addProject(try call.decodedBody(ProjectRequest.self)))
    },
    APIRoute(.post, "\(prefix)/projects/sync") { call in
      .data(try await call.operations.syncProjects(try call.decodedBody(SyncRequest.self)))
    },
    APIRoute(.get, "\(prefix)/projects/*name") { call in
      .data(try await call.operations.project(try call.projectName()))
    },
    APIRoute(.delete, "\(prefix)/projects/*name") { call in
      .data(try await call.operations.removeProject(try call.projectName()))
    },
  ]

  private static let loops: [APIRoute] =
    [
      APIRoute(.get, "\(prefix)/loops", query: ["state", "project"] + paging) { call in
        .data(try await call.operations.loops(try call.loopFilter(), try call.page()))
      },
      APIRoute(.post, "\(prefix)/loops") { call in
        .data(try await call.operations.start(try call.decodedBody(StartRequest.self).checked()))
      },
      APIRoute(.get, "\(prefix)/loops/:loop") { call in
        .data(try await call.operations.loop(try call.loopID()))
      },
      APIRoute(.get, "\(prefix)/loops/:loop/why") { call in
        .data(try await call.operations.why(try call.loopID()))
      },
    ]
    + [
      APIRoute(.post, "\(prefix)/loops/:loop/answer") { call in
        .data(try await call.operations.answer(try call.loopID(), try call.decodedBody(AnswerRequest.self)))
      }
    ]
    + LoopAction.allCases.map { action in
      APIRoute(.post, "\(prefix)/loops/:loop/\(action.rawValue)") { call in
        .data(try await call.operations.control(try call.loopID(), action))
      }
    }
    + BulkAction.allCases.map { action in
      APIRoute(.post, "\(prefix)/bulk/\(action.rawValue)") { call in
        .data(try await call.operations.controlAll(action))
      }
    }

  private static let runs: [APIRoute] = [
    APIRoute(.get, "\(prefix)/runs", query: ["loop", "state"] + paging) { call in
      .data(try await call.operations.runs(try call.runFilter(), try call.page()))
    },
    APIRoute(.get, "\(prefix)/runs/:run") { call in .data(try await call.operations.run(try call.runID())) },
    APIRoute(.post, "\(prefix)/runs/:run/cancel") { call in
      .data(try await call.operations.cancelRun(try call.runID()))
    },
    APIRoute(.post, "\(prefix)/runs/:run/retry") { call in
      .data(try await call.operations.retryRun(try call.runID()))
    },
    APIRoute(.get, "\(prefix)/runs/:run/log", query: ["offset", "bytes"]) { call in
      .data(try await call.operations.runLog(try call.runID(), try call.logRequest()))
    },
  ]

  private static let queue: [APIRoute] = [
    APIRoute(.get, "\(prefix)/queue", query: ["lane"] + paging) { call in
      .data(try await call.operations.queue(try call.lane(), try call.page()))
    },
    APIRoute(.delete, "\(prefix)/queue", query: ["lane"]) { call in
      .data(try await call.operations.clearQueue(try call.lane()))
    },
    APIRoute(.post, "\(prefix)/queue/:item/bump") { call in
      .data(try await call.operations.bump(try call.queueItemID()))
    },
  ]
}
