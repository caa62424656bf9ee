import Foundation
import Testing

@testable import Looper

@Suite("the program's code is told from everything else in memory")
struct ProgramTextTests {
  @Test("code and constants of the file itself, also after it was replaced")
  func ranges() {
    let maps = """
      1000-3000 r--p 00000000 fe:00 9577444                    /opt/loo per
      3000-5000 r-xp 00002000 fe:00 9577444                    /opt/loo per
      5000-5800 r--p 00004000 fe:00 9577444                    /opt/loo per
      5800-6000 rw-p 00004800 fe:00 9577444                    /opt/loo per
      7000-8000 r-xp 00000000 fe:00 12                         /usr/lib/libc.so.6
      8000-9000 r-xp 00000000 fe:00 9577444                    /opt/loo per (deleted)
      a000-b000 r-xp 00000000 00:00 0                          [vdso]
      b000-c000 r-xp 00000000 00:00 0

      """
    #expect(ProgramText.ranges(of: "/opt/loo per", in: maps) == [0x1000..<0x3000, 0x3000..<0x5000])
    #expect(ProgramText.ranges(of: "/opt/loo per (deleted)", in: maps) == [0x8000..<0x9000])
  }

  #if os(Linux)
    @Test("our own code is found, and the program goes on without it")
    func givesBack() throws {
      let path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
      let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
      #expect(!ProgramText.ranges(of: path, in: maps).isEmpty)
      ProgramText.giveBack()
      #expect(try String(contentsOfFile: "/proc/self/maps", encoding: .utf8).contains(path))
    }
  #endif
}
