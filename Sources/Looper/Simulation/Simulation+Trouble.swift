/// What goes wrong by itself, beside what ``SimulatedTransport`` and the agents do.
extension Simulation {
  func makeTrouble() async {
    if fate.allows(.crash), !fate.isDoomed, fate.chance(perMille: 40) {
      fate.crash(afterBoundaries: fate.draw(0...60))
    }
    if fate.allows(.disk), !fate.isDiskFull, fate.chance(perMille: 2) {
      fate.setDiskFull(true)
      diskFreeAt = time.trueNow + .seconds(fate.draw(10...1800))
      journal.note("the disk is full")
    }
    jumpWithTheClock(perMille: 1)
  }

  func jumpWithTheClock(perMille: Int) {
    guard fate.allows(.clock), clockRightAt == nil, fate.chance(perMille: perMille) else { return }
    let seconds = fate.pick([-3600, -60, 120, 7200, 86_400]) ?? 0
    time.setOffset(.seconds(seconds))
    clockRightAt = time.trueNow + .seconds(fate.draw(60...7200))
    journal.note("the clock jumps by \(seconds) s")
  }
}
