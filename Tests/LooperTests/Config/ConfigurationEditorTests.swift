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

  @Test("JSON is written anew in its order, YAML is refused for its comments")
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
    let error = #expect(throws: LooperError.self) {
      try editor("server:\n  port: 1 # mine\n", "/h/looper.yaml").setting("server.port", to: "5")
    }
    let text =
      "/h/looper.yaml is YAML, which cannot be changed without losing its comments; use `looper config edit`"
    #expect(error == LooperError(.conflict, text))
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
