/// What this binary is.
enum LooperVersion {
  static let current = "0.1.0"
}
