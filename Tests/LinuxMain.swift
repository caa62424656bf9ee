// The entry point of the test bundle on Linux. SwiftPM would otherwise look for XCTest cases through the index
// store, whose making costs a third of a cold build; every test here is Swift Testing.
import Testing

@main struct TestRunner {
  static func main() async { await Testing.__swiftPMEntryPoint() as Never }
}
