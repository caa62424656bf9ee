import ArgumentParser
import Foundation

/// Which events a command shows; every option narrows.
struct EventFilter: ParsableArguments {
  @Option(
    help: ArgumentHelp("Only of this loop, L12.", valueName: "loop"), completion: LiveCompletion.loops.kind)
  var loop: String?
  @Option(
    help: ArgumentHelp("Only of this run, R34.", valueName: "run"), completion: LiveCompletion.runs.kind)
  var run: String?
  @Option(
    help: ArgumentHelp("Only of this project, owner/name.", valueName: "project"),
    completion: LiveCompletion.projects.kind)
  var project: String?
  @Option(
    help: ArgumentHelp(
      "Only this kind, run.ended, or this family of kinds, run; may be given again.", valueName: "kind"),
    completion: .list(Event.Kind.allCases.map(\.rawValue)))
  var kind: [String] = []
  @Option(help: ArgumentHelp("Only since then: 10m, 2h, 3d, or 2026-11-22T10:35:28Z.", valueName: "time"))
  var since: String?

  var isEmpty: Bool { loop == nil && run == nil && project == nil && kind.isEmpty && since == nil }

  /// The options once they are understood.
  struct Wanted: Equatable {
    var loop: String?
    var run: String?
    var project: ProjectName?
    var kinds: [String]
    var since: Timestamp?

    func fits(_ event: EventView) -> Bool {
      if let loop, event.loop != loop { return false }
      if let run, event.run != run { return false }
      if let project, event.project.flatMap({ ProjectName($0) }) != project { return false }
      if let since, event.at < since { return false }
      return kinds.isEmpty || kinds.contains { event.kind == $0 || event.kind.hasPrefix("\($0).") }
    }
  }

  /// - Throws: `bad_request` for a handle, name, kind or time that is none.
  func wanted(now: Timestamp) throws(LooperError) -> Wanted {
    Wanted(
      loop: try Self.read(loop, as: "a loop, L12") { Loop.ID(handle: $0)?.handle },
      run: try Self.read(run, as: "a run, R34") { Run.ID(handle: $0)?.handle },
      project: try Self.read(project, as: "a project, owner/name") { ProjectName($0) },
      kinds: try kind.map { text throws(LooperError) in
        try Self.read(text, as: "a kind of event, \(Event.Kind.runEnded.rawValue)") {
          Self.isKind($0) ? $0 : nil
        } ?? text
      },
      since: try Self.read(since, as: "a time, 10m or 2026-11-22T10:35:28Z") { Self.time($0, before: now) })
  }

  private static func read<Value>(
    _ text: String?, as what: String, _ parse: (String) -> Value?
  ) throws(LooperError) -> Value? {
    guard let text else { return nil }
    guard let value = parse(text) else { throw LooperError(.badRequest, "\(text) is not \(what)") }
    return value
  }

  private static func isKind(_ text: String) -> Bool {
    Event.Kind.allCases.contains { $0.rawValue == text || $0.rawValue.hasPrefix("\(text).") }
  }

  private static func time(_ text: String, before now: Timestamp) -> Timestamp? {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    if let unit = text.last.flatMap({ units[$0] }), let number = Int32(text.dropLast()), number >= 0 {
      return now - .seconds(unit * Int(number))
    }
    return Timestamp(iso8601: text)
  }
}

extension EventFilter.Wanted {
  /// How far back a search without a time goes: pages of a thousand events.
  private static let pagesMax = 100

  /// The past events that fit, oldest first: all since the wanted time, else the newest `count`.
  ///
  /// - Parameter newest: the last event of the log that is looked at.
  func past(_ count: Int, through newest: Int64, _ client: LooperClient) async throws -> [EventView] {
    var found: [EventView] = []
    var end = newest
    let size = Int64(EventPageView.limitMax)
    for _ in 0..<Self.pagesMax where end > 0 {
      let start = max(0, end - size)
      let page = try await client.events(after: start, limit: EventPageView.limitMax).items.filter {
        $0.sequence <= end
      }
      found = page.filter(fits) + found
      let isFarEnough =
        since.map { since in page.first.map { $0.at < since } ?? false } ?? (found.count >= count)
      if isFarEnough { break }
      end = start
    }
    return since == nil ? Array(found.suffix(max(0, count))) : found
  }
}
