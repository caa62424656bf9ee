import HTTPTypes
import Testing

@testable import Looper

@Suite("what is wrong with a request is said in the words of the wire")
struct RequestBodyTests {
  @Test(
    "members are named as they are sent, and types as JSON calls them",
    arguments: [
      ("/api/v1/worktrees/cleanup", #"{"dry_run":true}"#, "is_dry_run is missing"),
      ("/api/v1/worktrees/cleanup", #"{"is_dry_run":"yes"}"#, "is_dry_run must be true or false"),
      ("/api/v1/loops", #"{"url":"acme/tool#1","extra_args":"x"}"#, "extra_args must be a list"),
      ("/api/v1/loops", #"{"url":7}"#, "url must be a text"),
      ("/api/v1/loops", "[]", "the body must be an object"),
    ])
  func bodies(path: String, body: String, message: String) async throws {
    let answer = try await APIAsking(FakeOperations()).ask(
      path, method: .post, body: body, headers: [.contentType: "application/json"])
    #expect(answer.status == 422)
    #expect(answer.text == #"{"error":{"code":"validation","message":"\#(message)"},"ok":false}"#)
  }

  @Test(
    "a member that nobody knows is refused, whatever it holds, and nothing is done",
    arguments: [
      (
        "/api/v1/loops", #"{"url":"acme/tool#1","no_plam":true}"#, "no_plam",
        "extra_args, model, no_plan, role, url, vendor"
      ),
      (
        "/api/v1/loops", #"{"url":"acme/tool#1","noPlan":true}"#, "noPlan",
        "extra_args, model, no_plan, role, url, vendor"
      ),
      ("/api/v1/projects", #"{"name":"acme/tool","b":{},"a":null}"#, "a", "base, name, path"),
      ("/api/v1/worktrees/cleanup", #"{"is_dry_run":true,"x":[]}"#, "x", "is_dry_run"),
    ])
  func unknown(path: String, body: String, member: String, known: String) async throws {
    let operations = FakeOperations()
    let answer = try await APIAsking(operations).ask(
      path, method: .post, body: body, headers: [.contentType: "application/json"])
    #expect(answer.status == 400)
    let message = "unknown member \(member); known here: \(known)"
    #expect(answer.text == #"{"error":{"code":"bad_request","message":"\#(message)"},"ok":false}"#)
    #expect(operations.read(\.started).isEmpty)
  }

  @Test(
    "events are a stream unless a page is asked for",
    arguments: [
      ("", "", true), ("", "*/*", true), ("", "text/event-stream", true), ("?after=0", "*/*", true),
      ("?follow=true", "application/json", true), ("?follow=false", "text/event-stream", false),
      ("", "application/json", false), ("?limit=5", "*/*", false), ("?limit=5", "text/event-stream", true),
    ])
  func events(query: String, accept: String, isStream: Bool) async throws {
    var headers: HTTPFields = [:]
    if !accept.isEmpty { headers[.accept] = accept }
    let answer = try await APIAsking(FakeOperations()).ask("/api/v1/events\(query)", headers: headers)
    #expect(answer.status == 200)
    #expect(answer.headers[.contentType]?.hasPrefix("text/event-stream") == isStream)
  }
}
