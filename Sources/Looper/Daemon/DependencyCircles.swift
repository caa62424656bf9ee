/// Issues that wait for each other, as the last looks saw what each depends on: nothing but a person ends that.
struct DependencyCircles: Sendable {
  private struct Issue: Hashable {
    var project: Project.ID
    var number: Int
  }

  private let blockers: [Issue: [Int]]

  /// - Parameters:
  ///   - loops: the live ones.
  ///   - blockers: what those that wait for a dependency wait for.
  init(_ loops: [Loop], _ blockers: [Loop.ID: [BlockerSnapshot]]) {
    self.blockers = loops.reduce(into: [:]) { found, loop in
      guard let number = loop.subject.issueNumber, let open = blockers[loop.id] else { return }
      found[Issue(project: loop.projectID, number: number)] =
        open.filter { $0.repository == nil }.map(\.number)
    }
  }

  /// The issues on the shortest way from a loop's issue back to it, that issue first and last; empty when there is none.
  func circle(through loop: Loop) -> [Int] {
    guard let start = loop.subject.issueNumber else { return [] }
    var seen: Set<Int> = []
    var ways = [[start]]
    while let way = ways.first, let last = way.last {
      ways.removeFirst()
      for number in blockers[Issue(project: loop.projectID, number: last)] ?? [] {
        if number == start { return way + [start] }
        if seen.insert(number).inserted { ways.append(way + [number]) }
      }
    }
    return []
  }

  /// `#18 waits for #19 waits for #18`.
  static func words(_ circle: [Int]) -> String { circle.map { "#\($0)" }.joined(separator: " waits for ") }
}
