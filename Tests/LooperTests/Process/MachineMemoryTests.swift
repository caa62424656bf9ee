import Testing

@testable import Looper

@Suite("what memory is left is read from the kernel's own estimate")
struct MachineMemoryTests {
  @Test("the line is found among the others, and a text without it says nothing")
  func text() {
    let text = """
      MemTotal:        8048276 kB
      MemFree:          146708 kB
      MemAvailable:    3145728 kB
      Buffers:          201204 kB

      """
    #expect(MachineMemory.available(in: text) == .mebibytes(3072))
    #expect(MachineMemory.available(in: "MemTotal: 8048276 kB\n") == nil)
    #expect(MachineMemory.available(in: "MemAvailable: much\n") == nil)
    #expect(MachineMemory.available(in: "") == nil)
  }

  #if os(Linux)
    @Test("the machine is asked")
    func machine() throws {
      #expect(try #require(MachineMemory.available()) > ByteCount(bytes: 0))
    }
  #endif
}
