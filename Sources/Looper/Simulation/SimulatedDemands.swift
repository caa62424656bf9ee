/// What the repository and the operator of this seed demand beyond the usual. Half of the seeds have nothing of it.
///
/// It is drawn by a generator of its own, so that what else a seed does stays as it was.
struct SimulatedDemands: Sendable {
  /// Files that only people's merges may change: what people push by hand, and the work of one loop.
  static let protectedPaths = ["people-*.txt", "src/work-2.txt"]
  /// Nobody reports the required check of this app.
  private static let strangeApp = 4711

  private(set) var isDemanding = false
  /// Replaces what the seed would have.
  private(set) var mergeMode: MergePolicy.Mode?
  /// The rules of the base branch.
  private(set) var protection: ForgeProtection?
  private(set) var allowsAutoMerge = false
  private(set) var protectedPaths: [String] = []
  private(set) var changedLinesMax: Int?
  /// Whether every issue depends on the one that was asked before it.
  private(set) var chainsIssues = false

  init(seed: UInt64) {
    var generator = SplitMix(state: seed ^ 0xdead_beef)
    func chance(perMille: UInt64) -> Bool { generator.next() % 1000 < perMille }
    guard chance(perMille: 500) else { return }
    isDemanding = true
    mergeMode = chance(perMille: 200) ? .off : chance(perMille: 500) ? .auto : .queue
    allowsAutoMerge = chance(perMille: 700)
    chainsIssues = chance(perMille: 400)
    if chance(perMille: 300) { protectedPaths = Self.protectedPaths }
    if chance(perMille: 300) { changedLinesMax = 5 }
    guard chance(perMille: 800) else { return }
    var protection = ForgeProtection()
    if chance(perMille: 700) {
      let isStrange = chance(perMille: 100)
      let isPinned = chance(perMille: 400)
      let app = isStrange ? Self.strangeApp : isPinned ? ForgeApp.actions.id : nil
      protection.requiredChecks = [ForgeRequiredCheck(name: "build", appID: app)]
    }
    protection.isStrict = chance(perMille: 300)
    protection.requiredApprovals = chance(perMille: 150) ? 1 : 0
    protection.hasQueue = chance(perMille: mergeMode == .queue ? 750 : 200)
    protection.queueTime = chance(perMille: 500) ? .seconds(600) : .zero
    protection.queueRefusals = chance(perMille: 300) ? 1 : 0
    self.protection = protection
  }

  func apply(to policy: inout FlowPolicy) {
    if let mergeMode { policy.merge.mode = mergeMode }
    policy.merge.protectedPaths = protectedPaths
    policy.merge.changedLinesMax = changedLinesMax
  }

  func apply(to repository: inout ForgeRepository) {
    repository.protections[repository.defaultBranch] = protection
    repository.allowsAutoMerge = allowsAutoMerge
  }
}
