/// A kind of trouble a simulation can be asked for.
enum SimulatedFault: String, CaseIterable, Codable, Sendable {
  /// The daemon dies at any boundary: before or after a commit, a request, a git command.
  case crash
  /// GitHub did what was asked and its answer is lost, or the connection ends before it does anything.
  case lost
  /// Looks that overlap, are doubled, and arrive in another order than they were made.
  case reorder
  /// Reads that answer from before the last write.
  case stale
  /// 401, 403, 404, 409, 422, 5xx, pages of HTML and cut answers; trouble with git's network.
  case errors
  /// Primary and secondary rate limits.
  case limits
  /// The disk is full for a while.
  case disk
  /// The machine's clock jumps by minutes up to a day.
  case clock
  /// Agents fail in every way they know.
  case agents
  /// People edit, close, push, comment, hold, take over and answer late or never.
  case people

  /// What `--faults` says: names parted by commas, `all` or `none`.
  static func parse(_ text: String) throws(LooperError) -> Set<SimulatedFault> {
    if text == "all" { return Set(allCases) }
    if text == "none" { return [] }
    var faults: Set<SimulatedFault> = []
    for name in text.split(separator: ",") {
      guard let fault = SimulatedFault(rawValue: String(name)) else {
        let known = allCases.map(\.rawValue).joined(separator: ", ")
        throw LooperError(.validation, "\(name) is no fault; use \(known), all or none")
      }
      faults.insert(fault)
    }
    return faults
  }
}
