import Testing

@testable import Looper

@Suite("A key of a configuration file is changed and not a byte more")
struct ConfigurationEditorTests {
  private func editor(_ text: String, _ path: String = "/h/looper.toml") -> ConfigurationEditor {
    ConfigurationEditor(path: path, homeDirectory: "/h", text: text)
  }

  @Test(
    "TOML is set where it belongs",
    arguments: [
      ("", "[server]\nport = 5\n"),
      ("# only a comment", "# only a comment\n\n[server]\nport = 5\n"),
      ("[server]\nport=1", "[server]\nport=5"),
      ("[server]\r\nport = 1 # x\r\n", "[server]\r\nport = 5 # x\r\n"),
      (
        "[server] # s\n\n# about\nhost = \"::1\"\n\n[daemon]\n",
        "[server] # s\n\n# about\nhost = \"::1\"\nport = 5\n\n[daemon]\n"
      ),
      ("[server]\n# port = 1\nhost = \"::1\"\n", "[server]\n# port = 1\nport = 5\nhost = \"::1\"\n"),
      ("server.port = 1\n[daemon]\n", "server.port = 5\n[daemon]\n"),
      ("server.host = \"::1\"\n\n[daemon]\n", "server.host = \"::1\"\n\nserver.port = 5\n[daemon]\n"),
      ("[daemon]\nlog-level = \"info\"", "[daemon]\nlog-level = \"info\"\n\n[server]\nport = 5\n"),
      (
        "[[projects]]\nname = \"a/b\"\n[projects.agent]\nmodel = \"m\"\n",
        "[[projects]]\nname = \"a/b\"\n[projects.agent]\nmodel = \"m\"\n\n[server]\nport = 5\n"
      ),
      ("[server]\n[daemon]\n", "[server]\nport = 5\n[daemon]\n"),
      ("[server]", "[server]\nport = 5\n"),
      ("[\"server\"]\n'port' = 0x10\n", "[\"server\"]\n'port' = 5\n"),
    ])
  func set(text: String, expected: String) throws {
    let change = try editor(text).setting("server.port", to: "5")
    #expect(change.text == expected)
    #expect(change.value == 5)
  }

  @Test("a list over several lines is replaced whole, with what follows it kept")
  func list() throws {
    let text = "[validation]\ncommands = [\n  \"a\", # first\n  \"b]\",\n] # end\ntimeout-secs = 9\n"
    let change = try editor(text).setting("validation.commands", to: #"["c"]"#)
    #expect(change.text == "[validation]\ncommands = [\"c\"] # end\ntimeout-secs = 9\n")
    #expect(change.previous == ["a", "b]"])
    let gone = try editor(text).unsetting("validation.commands")
    #expect(gone.text == "[validation]\ntimeout-secs = 9\n")
  }

  @Test("a value in an inline table is left to the user")
  func inline() throws {
    let error = #expect(throws: LooperError.self) {
      try editor("server = { port = 1 }\n").setting("server.port", to: "5")
    }
    let text =
      "server.port is written on line 1 of /h/looper.toml in a way that is left to you; use `looper config edit`"
    #expect(error == LooperError(.conflict, text))
  }

  @Test("a problem that was there does not keep another key from being changed, a new one does")
  func problems() throws {
    let text = "[server]\nprot = 1\nport = 2\n"
    #expect(try editor(text).setting("server.port", to: "5").text == "[server]\nprot = 1\nport = 5\n")
    #expect(try editor(text).unsetting("server.prot").text == "[server]\nport = 2\n")
    let error = #expect(throws: LooperError.self) {
      try editor("[labels]\nplan = \"a\"\n").setting("labels.hold", to: "A")
    }
    #expect(error?.code == .validation)
  }

  @Test("a file that cannot be read is named with its line")
  func broken() throws {
    let error = #expect(throws: LooperError.self) { try editor("[server\n").setting("server.port", to: "5") }
    #expect(error?.code == .validation)
    #expect(error?.message.hasPrefix("/h/looper.toml:1: ") == true)
    #expect(error?.message.hasSuffix("; mend it with `looper config edit`") == true)
  }

  @Test(
    "YAML written in blocks is set where it belongs",
    arguments: [
      ("", "server:\n  port: 5\n"), ("# only a comment", "# only a comment\nserver:\n  port: 5\n"),
      ("server:\n  port: 1 # mine\n", "server:\n  port: 5 # mine\n"),
      ("server:\n  port: 1", "server:\n  port: 5"),
      ("server:\r\n    port: 1\r\n", "server:\r\n    port: 5\r\n"),
      (
        "# top\nserver:   # s\n    # about\n    host: '::1'\n\n# daemon\ndaemon:\n  log-level: info\n",
        "# top\nserver:   # s\n    # about\n    host: '::1'\n    port: 5\n\n# daemon\ndaemon:\n  log-level: info\n"
      ),
      ("daemon:\n  log-level: info\n", "daemon:\n  log-level: info\nserver:\n  port: 5\n"),
      ("server:\ndaemon:\n  log-level: info\n", "server:\n  port: 5\ndaemon:\n  log-level: info\n"),
      ("\"server\":\n  'port': 0x10\n", "\"server\":\n  'port': 5\n"),
      (
        "projects:\n- name: a/b\n  port: 3\nserver:\n  host: '#1 # x' # port: 9\n",
        "projects:\n- name: a/b\n  port: 3\nserver:\n  host: '#1 # x' # port: 9\n  port: 5\n"
      ),
    ])
  func setYAML(text: String, expected: String) throws {
    let path = "/h/looper.yaml"
    let change = try editor(text, path).setting("server.port", to: "5")
    #expect(change.text == expected)
    #expect(change.value == 5)
  }

  @Test(
    "a YAML list is replaced whole, a text keeps its quotes' meaning, and a section that lost all goes too")
  func valuesYAML() throws {
    let path = "/h/looper.yml"
    let text = "validation:\n  commands:\n  - a\n  - \"b # c\"\n\n  timeout-secs: 9 # s\n"
    let change = try editor(text, path).setting("validation.commands", to: #"["c"]"#)
    #expect(change.text == "validation:\n  commands: [\"c\"]\n\n  timeout-secs: 9 # s\n")
    #expect(change.previous == ["a", "b # c"])
    let gone = try editor(text, path).unsetting("validation.commands")
    #expect(gone.text == "validation:\n\n  timeout-secs: 9 # s\n")
    let last = editor("# top\nlabels:\n  plan: \"a # b\" # c\nserver:\n  port: 1\n", path)
    #expect(
      try last.setting("labels.plan", to: "d: e").text
        == "# top\nlabels:\n  plan: \"d: e\" # c\nserver:\n  port: 1\n")
    #expect(try last.unsetting("labels.plan").text == "# top\nserver:\n  port: 1\n")
    let deep = try editor("agent:\n  vendor: codex\n", path).setting("agent.roles.reviewer.model", to: "m")
    #expect(deep.text == "agent:\n  vendor: codex\n  roles:\n    reviewer:\n      model: \"m\"\n")
  }

  @Test(
    "YAML in flow style or with anchors is left to the user",
    arguments: ["server: {port: 1}\n", "a: &x {port: 1}\nserver: *x\n", "{server: {port: 1}}\n"])
  func flowYAML(text: String) throws {
    let error = #expect(throws: LooperError.self) {
      try editor(text, "/h/looper.yaml").setting("server.port", to: "5")
    }
    #expect(error?.code == .conflict)
    #expect(error?.message.hasSuffix("in a way that is left to you; use `looper config edit`") == true)
  }

  @Test("JSON is written anew in its order")
  func others() throws {
    let json = try editor(#"{"server": {"port": 1, "host": "::1"}, "agent": {}}"#, "/h/looper.json")
      .setting("server.port", to: "5")
    let expected = """
      {
        "server": {
          "port": 5,
          "host": "::1"
        },
        "agent": {}
      }

      """
    #expect(json.text == expected)
  }

  @Test("every key can be set to its default in the sample, and taken out again to leave the sample")
  func everyKey() throws {
    for key in ConfigurationSchema.keys {
      guard let value = key.value(Configuration()) else { continue }
      let word = value.stringValue ?? TOMLText.literal(value)
      let change: ConfigurationEditor.Change
      do {
        change = try editor(ConfigurationReference.sample).setting(key.path, to: word)
      } catch {
        // Some defaults mean "not set" and cannot be written.
        #expect(error.code == .validation, "\(key.path): \(error.message)")
        continue
      }
      let back = try editor(change.text).unsetting(key.path)
      #expect(back.text == ConfigurationReference.sample, "\(key.path)")
    }
  }
}
