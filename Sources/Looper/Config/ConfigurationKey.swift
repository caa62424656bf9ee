/// One key: where it lives in `Root`, what it takes, and the sentence that explains it.
struct ConfigurationKey<Root: Sendable>: Sendable {
  /// Below `Root`, parts joined by dots: `server.port`.
  let path: String
  let expectation: String
  let summary: String
  /// The value in `root`, masked when secret; nil when an optional one is not set.
  let value: @Sendable (_ root: Root) -> JSONValue?
  /// Puts a value into `root`; the answer says why it did not.
  let store: @Sendable (_ value: JSONValue, _ root: inout Root) -> ConfigurationRejection?
  let interpret: @Sendable (String) -> JSONValue
  /// Whether a running daemon goes on with the value it was started with.
  var needsRestart = false
}

extension ConfigurationKey {
  init<Value: Sendable>(
    _ path: String,
    _ field: WritableKeyPath<Root, Value> & Sendable,
    _ codec: ConfigurationCodec<Value>,
    _ summary: String
  ) {
    self.init(
      path: path,
      expectation: codec.expectation,
      summary: summary,
      value: { codec.encode($0[keyPath: field]) },
      store: { value, root in
        switch codec.decode(value) {
        case .success(let result):
          root[keyPath: field] = result
          return nil
        case .failure(let rejection): return rejection
        }
      },
      interpret: codec.interpret)
  }

  /// A key that may be absent.
  init<Value: Sendable>(
    optional path: String,
    _ field: WritableKeyPath<Root, Value?> & Sendable,
    _ codec: ConfigurationCodec<Value>,
    _ summary: String
  ) {
    self.init(
      path: path,
      expectation: codec.expectation,
      summary: summary,
      value: { $0[keyPath: field].map(codec.encode) },
      store: { value, root in
        switch codec.decode(value) {
        case .success(let result):
          root[keyPath: field] = result
          return nil
        case .failure(let rejection): return rejection
        }
      },
      interpret: codec.interpret)
  }

  /// The same key, looked at only when a daemon starts.
  func readAtStart() -> Self {
    var key = self
    key.needsRestart = true
    return key
  }

  /// The same key of a part of something bigger.
  func lifted<Outer: Sendable>(
    to prefix: String, _ field: WritableKeyPath<Outer, Root> & Sendable
  ) -> ConfigurationKey<Outer> {
    let value = self.value
    let store = self.store
    return ConfigurationKey<Outer>(
      path: "\(prefix).\(path)",
      expectation: expectation,
      summary: summary,
      value: { value($0[keyPath: field]) },
      store: { store($0, &$1[keyPath: field]) },
      interpret: interpret,
      needsRestart: needsRestart)
  }

  /// Everything before the last dot; empty for a key at the top.
  var section: String { path.lastIndex(of: ".").map { String(path[..<$0]) } ?? "" }

  /// What follows the last dot.
  var name: String { path.split(separator: ".").last.map(String.init) ?? path }

  /// `LOOPER_<SECTION>_<KEY>`.
  var environmentName: String {
    "LOOPER_" + String(path.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 })
  }
}
