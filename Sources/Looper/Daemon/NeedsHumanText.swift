/// The one line of the status about a loop that a person must move.
enum NeedsHumanText {
  /// - Parameters:
  ///   - objector: who asked for changes, and has not approved since; nil for nobody.
  ///   - circle: the issues that wait for each other, when the loop waits among them.
  static func action(
    for loop: Loop, message: String, objector: String? = nil, circle: [Int] = [],
    _ labels: FlowPolicy.Labels
  ) -> String {
    let address = SubjectAddress(loop)
    let place = address.pull ?? address.subject
    let handle = loop.id.handle
    let said = WhyAnswer.firstLine(message)
    switch loop.state {
    case .waiting(.dependency, _) where !circle.isEmpty:
      return "\(DependencyCircles.words(circle)): take one of these dependencies away, or close one"
    case .waiting(.merge, _):
      return objector.map {
        "\($0) asks for changes: have that approved or dismissed, then merge \(place)"
      } ?? "merge \(place)"
    case .waiting(.specApproval, _): return approval(loop, labels).joined(separator: ", or ")
    case .blocked(.question), .waiting(.answer, nil):
      return "looper answer \(handle) \"…\", or reply on \(address.subject)"
    case .waiting(.answer, let deadline?):
      let clock = WhyAnswer.clock(deadline)
      return "looper answer \(handle) \"…\", or reply on \(address.subject); the default counts at \(clock)"
    case .waiting(.author, _):
      return "\(place) comes from a fork, which Looper never pushes to: have its author push what is missing"
    case .waiting(.edited, _):
      return
        "somebody without write access edited \(address.subject): read it, then take its label away and set it again"
    case .blocked(.budget): return "raise the budget, then looper retry \(handle): \(said)"
    case .blocked(.checksKeepFailing), .blocked(.checksMissing), .blocked(.conflict), .blocked(.reviewRounds),
      .blocked(.needsHuman), .blocked(.noProgress), .blocked(.disagreement):
      return "look at \(place), then looper retry \(handle): \(said)"
    case .blocked: return "see looper why \(handle), then looper retry \(handle): \(said)"
    case .queued, .running, .waiting, .done: return "see looper why \(handle)"
    }
  }

  /// The ways to approve a spec. Nobody can approve a pull request of their own account, hence the label.
  static func approval(_ loop: Loop, _ labels: FlowPolicy.Labels) -> [String] {
    let number = loop.pullNumber ?? loop.subject.number
    let place = SubjectAddress(loop).pull ?? SubjectAddress(loop).subject
    return [
      "approve \(place)",
      "gh pr edit \(number) --repo \(loop.project.display) --add-label \(labels.specReady)",
    ]
  }
}
