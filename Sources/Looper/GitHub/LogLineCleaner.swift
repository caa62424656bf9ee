/// Takes off a log line what is not the program's own words; pure.
enum LogLineCleaner {
  private static let escape: Unicode.Scalar = "\u{1B}"

  static func clean(_ line: Substring) -> String {
    let plain = withoutTimestamp(Substring(withoutEscapes(line)))
    var text = Substring(plain)
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }

  /// Without ANSI sequences and other control characters.
  private static func withoutEscapes(_ line: Substring) -> String {
    var result = String.UnicodeScalarView()
    var scalars = line.unicodeScalars[...]
    while let scalar = scalars.popFirst() {
      switch scalar {
      case escape: skipSequence(&scalars)
      case "\u{9B}": skipControlSequence(&scalars)
      case "\t": result.append(" ")
      case _ where scalar.value < 0x20 || scalar.value == 0x7F || scalar == "\u{FEFF}": continue
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  private static func skipSequence(_ scalars: inout Substring.UnicodeScalarView) {
    guard let kind = scalars.popFirst() else { return }
    switch kind {
    case "[": skipControlSequence(&scalars)
    case "]":
      // An operating system command, such as a link, ends with BEL or ESC \.
      while let scalar = scalars.popFirst(), scalar != "\u{07}" {
        guard scalar == escape else { continue }
        if scalars.first == "\\" { scalars.removeFirst() }
        return
      }
    case "(", ")": _ = scalars.popFirst()
    default: return
    }
  }

  private static func skipControlSequence(_ scalars: inout Substring.UnicodeScalarView) {
    while let scalar = scalars.popFirst(), !(0x40...0x7E).contains(scalar.value) {}
  }

  /// Without the time GitHub Actions puts first: `2026-11-22T10:00:00.1234567Z `, also after a tab-separated
  /// job and step name, and without `[10:00:00]` or `2026-11-22 10:00:00,123`.
  private static func withoutTimestamp(_ line: Substring) -> Substring {
    // By bytes: a regular expression per line takes minutes on a long log.
    let forms: [StaticString] = ["dddd-dd-ddTdd:dd:dd", "dddd-dd-dd dd:dd:dd", "[dd:dd:dd"]
    for form in forms {
      guard var rest = matched(form, at: line.utf8) else { continue }
      if let first = rest.first, first == UInt8(ascii: ".") || first == UInt8(ascii: ",") {
        rest = rest.dropFirst().drop(while: isDigit)
      }
      if let first = rest.first, first == UInt8(ascii: "Z") || first == UInt8(ascii: "]") {
        rest = rest.dropFirst()
      }
      if rest.first == UInt8(ascii: " ") { rest = rest.dropFirst() }
      return Substring(rest)
    }
    return line
  }

  /// What follows `form`, in which `d` stands for a digit; nil when the line does not begin like it.
  private static func matched(_ form: StaticString, at line: Substring.UTF8View) -> Substring.UTF8View? {
    let isMatch = form.withUTF8Buffer { pattern in
      let start = line.prefix(pattern.count)
      return start.count == pattern.count
        && zip(pattern, start).allSatisfy { $0 == UInt8(ascii: "d") ? isDigit($1) : $0 == $1 }
    }
    return isMatch ? line.dropFirst(form.utf8CodeUnitCount) : nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

/// How much a log line looks like the reason of a failure; pure.
enum LogErrorRank: Equatable {
  case none
  /// It ends a failing job or speaks of failure, but seldom says why.
  case weak
  /// It names what is wrong.
  case strong

  init(line: String) {
    let lower = line.lowercased()
    if Self.harmless.contains(where: lower.contains) {
      self = .none
    } else if Self.hasRuleCode(line) {
      self = .strong
    } else if Self.isWeak(lower) {
      self = .weak
    } else if Self.strongWords.contains(where: lower.contains)
      || Self.strongCases.contains(where: line.contains)
    {
      self = .strong
    } else {
      self = .none
    }
  }

  /// Lines that count or name failures without there being one.
  private static let harmless = [
    "0 errors", "0 failed", "0 failures", "no errors", "errors: 0", "failures: 0", "failed: 0", "error_on_",
    "-werror",
    "##[group]", "continue-on-error", "if-no-files-found: error", "fail-fast", "--no-fail",
  ]
  private static let strongWords = [
    "error:", "error[", "error ts", "##[error]", "panic:", "panicked at", "traceback (most recent call last)",
    "assertion", "assertionerror", "fatal:", "undefined reference", "segmentation fault", "out of memory",
    "cannot find", "no such file or directory", "permission denied", "command not found", "not ok ",
    "exception in",
    "unhandled", "--- fail", "timed out", "killed", "err!", "error cs", "cmake error", "[error]", "npm error",
    "compileerror", "failed asserting", "failure/error", "no space left", "unable to locate", "has exceeded",
    " error  ", "error couldn", "not in scope", "heap limit", "(core dumped)", "is not checked",
  ]
  private static let strongCases = ["FAILED", "FAIL ", "FAIL:", "Error:", "Exception:", "✗", "✘", "✕", "● "]

  /// A linter's rule after a place or a caret: `a.py:9:5: F821 …`, `^--^ SC2086 (info): …`.
  private static func hasRuleCode(_ line: String) -> Bool {
    let words = line.split(separator: " ", maxSplits: 8)
    for (place, code) in zip(words, words.dropFirst()) where place.hasSuffix(":") || place.hasPrefix("^") {
      let letters = code.prefix { $0.isASCII && $0.isUppercase }
      let digits = code.dropFirst(letters.count)
      if (1...4).contains(letters.count), (3...5).contains(digits.count), digits.allSatisfy(\.isNumber) {
        return true
      }
    }
    return false
  }

  private static func isWeak(_ line: String) -> Bool {
    line.contains("exit code") && !line.contains("failed to solve") || line.contains("exit status")
      || line.contains("exited with")
      || line.contains("build failed") || line.contains("make: ***") || line.contains("npm err! errno")
  }
}
