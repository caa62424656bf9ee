extension SessionFacts {
  /// Reads the whole output of a session that nobody follows any more; what cannot be read tells nothing.
  init(readingOutputIn directory: SessionDirectory, with adapter: any VendorAdapter) {
    self.init()
    var parser = adapter.makeParser()
    var tail = LogTail(path: directory.standardOutput, lineBytesMax: SessionFollower.lineBytesMax)
    while !tail.isAtEnd(), let lines = try? tail.nextLines(bytesMax: .mebibytes(1)) {
      for line in lines { for signal in parser.read(line) { apply(signal) } }
    }
    guard let line = tail.finalPartialLine() else { return }
    for signal in parser.read(line) { apply(signal) }
  }
}
