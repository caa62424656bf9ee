import Foundation
import Testing

@testable import Looper

@Suite("The configuration file is changed key by key, whole or not at all")
struct ConfigCommandTests {
  private typealias Result = CommandScene.Result

  private static let file = """
    # mine
    [server]
    port = 1234  # keep this

    [daemon]
    poll-interval-secs = 60

    """

  @Test("set changes one value and leaves comments, order and permissions")
  func set() async throws {
    try await CommandScene.with { scene in
      try scene.write(Self.file, to: scene.file, mode: 0o640)
      let result = await scene.run("config", "set", "server.port", "99")
      let text = "set server.port = 99 (was 1234) in ~/.config/looper/looper.toml\n"
      #expect(result == Result(status: 0, output: text, error: ""))
      #expect(
        scene.text(scene.file) == Self.file.replacingOccurrences(of: "1234", with: "99"))
      #expect(DoctorFiles().mode(scene.file) == 0o640)
    }
  }

  @Test("set makes a file of its own for the user alone when there is none")
  func setNew() async throws {
    try await CommandScene.with { scene in
      let result = await scene.run("config", "set", "validation.commands", #"["make test"]"#, "--json")
      #expect(result.status == 0)
      #expect(scene.text(scene.file) == "[validation]\ncommands = [\"make test\"]\n")
      #expect(DoctorFiles().mode(scene.file) == 0o600)
      let expected = """
        {
          "key" : "validation.commands",
          "path" : "~/.config/looper/looper.toml",
          "value" : [
            "make test"
          ]
        }

        """
      #expect(result.output == expected)
    }
  }

  @Test(
    "what cannot be is refused with a suggestion and changes nothing",
    arguments: [
      (["set", "server.prot", "1"], 2, "unknown key server.prot; the nearest known one is server.port"),
      (["set", "server.port", "x"], 2, "server.port must be a whole number from 0 to 65535, not \"x\""),
      (["set", "server", "x"], 2, "server is a section; name one of its keys, such as server.host"),
      (
        ["set", "projects[0].base", "x"], 2,
        "projects are a list of tables; use `looper project add` or `looper config edit`"
      ),
      (["set", "agent.vendor", "custom"], 2, "~/.config/looper/looper.toml: agent.command: "),
      (
        ["unset", "server.host"], 4,
        "~/.config/looper/looper.toml does not set server.host; see `looper config view --origin`"
      ),
      (["unset", "server.hots"], 2, "unknown key server.hots; the nearest known one is server.host"),
      (["get", "server.prot"], 2, "unknown key server.prot; the nearest known one is server.port"),
    ] as [([String], Int32, String)])
  func refusals(arguments: [String], status: Int32, text: String) async throws {
    try await CommandScene.with { scene in
      try scene.write(Self.file, to: scene.file)
      let result = await scene.run(["config"] + arguments)
      #expect(result.status == status)
      #expect(result.output.isEmpty)
      #expect(result.error.hasPrefix("error: \(text)"))
      #expect(scene.text(scene.file) == Self.file)
    }
  }

  @Test("unset takes the line out, and the default holds again")
  func unset() async throws {
    try await CommandScene.with { scene in
      try scene.write(Self.file, to: scene.file)
      let result = await scene.run("config", "unset", "server.port")
      let text = "took server.port out of ~/.config/looper/looper.toml (was 1234)\n"
      #expect(result == Result(status: 0, output: text, error: ""))
      #expect(scene.text(scene.file) == "# mine\n[server]\n\n[daemon]\npoll-interval-secs = 60\n")
      #expect(await scene.run("config", "get", "server.port").output == "7391\n")
    }
  }

  @Test("a token in the file, or one of the operator's own in the environment, is shown by no command")
  func masked() async throws {
    try await CommandScene.with { scene in
      let token = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"
      let own = ["DEPLOY_TOKEN": "hunter2-of-the-operator"]
      try scene.write("[agent]\ncommand = [\"x\", \"hunter2-of-the-operator\"]\n", to: scene.file)
      let got = await scene.run("config", "get", "agent.command", variables: own)
      #expect(got.output == "[\"x\", \"********\"]\n")
      let view = await scene.run("config", "view", "--json", variables: own).output
      #expect(view.contains("********") && !view.contains("hunter2"))
      let first = await scene.run("config", "set", "agent.command", "[\"x\", \"--token\", \"\(token)\"]")
      #expect(first.output.hasPrefix("set agent.command = [\"x\", \"--token\", \"********\"]"))
      let second = await scene.run("config", "set", "agent.command", "[\"y\"]", "--json")
      #expect(second.status == 0 && second.output.contains("********") && !second.output.contains(token))
      _ = await scene.run("config", "set", "agent.command", "[\"\(token)\"]")
      let wrong = await scene.run("config", "check", "--set", "agent.vendor=\(token)")
      #expect(wrong.status == 2 && wrong.error.contains("********") && !wrong.error.contains(token))
      let last = await scene.run("config", "unset", "agent.command")
      let text = "took agent.command out of ~/.config/looper/looper.toml (was [\"********\"])\n"
      #expect(last == Result(status: 0, output: text, error: ""))
    }
  }

  @Test("get prints a value as it is and a section as lines")
  func get() async throws {
    try await CommandScene.with { scene in
      try scene.write(Self.file, to: scene.file)
      #expect(await scene.run("config", "get", "server.host").output == "127.0.0.1\n")
      let lines = await scene.run("config", "get", "server").output
      let expected = """
        server.host = "127.0.0.1"
        server.port = 1234
        server.enabled = true
        server.socket-path = ""
        server.token-file = ""

        """
      #expect(lines == expected)
      let json = await scene.run("config", "get", "server.port", "--json").output
      let wanted = """
        {
          "key" : "server.port",
          "origin" : "~/.config/looper/looper.toml:3",
          "value" : 1234
        }

        """
      #expect(json == wanted)
    }
  }

  @Test("a layer that wins over the file is told")
  func winner() async throws {
    try await CommandScene.with { scene in
      let result = await scene.run(
        "config", "set", "server.port", "5", variables: ["LOOPER_SERVER_PORT": "6"])
      #expect(result.status == 0)
      #expect(result.error == "note: LOOPER_SERVER_PORT is set and wins over the file\n")
    }
  }

  @Test("init writes the sample, which loads, and does not overwrite")
  func initialise() async throws {
    try await CommandScene.with { scene in
      let text =
        "wrote ~/.config/looper/looper.toml; change it with `looper config set <key> <value>` or `looper config edit`\n"
      let first = await scene.run("config", "init")
      #expect(first == Result(status: 0, output: text, error: ""))
      #expect(scene.text(scene.file) == ConfigurationReference.sample)
      #expect(await scene.run("config", "check").status == 0)
      let again =
        "error: ~/.config/looper/looper.toml exists already; change it with `looper config edit`\n"
      #expect(await scene.run("config", "init") == Result(status: 5, output: "", error: again))
      // A value goes below the line that shows it switched off.
      #expect(await scene.run("config", "set", "server.port", "5").status == 0)
      let changed = ConfigurationReference.sample.replacingOccurrences(
        of: "#port = 7391\n", with: "#port = 7391\nport = 5\n")
      #expect(scene.text(scene.file) == changed)
    }
  }

  @Test("edit without an editor, or with one that is not there, leaves nothing in the way of the next edit")
  func editWithout() async throws {
    try await CommandScene.with { scene in
      for variables in [["PATH": "/usr/bin:/bin"], ["EDITOR": "/nowhere/vi", "PATH": "/usr/bin:/bin"]] {
        let result = await scene.run("config", "edit", variables: variables)
        #expect(result.status != 0)
        #expect(!result.error.contains("is left from an earlier edit"))
      }
    }
  }

  @Test("edit takes the editor's text when it is sound")
  func edit() async throws {
    try await CommandScene.with { scene in
      try scene.write(Self.file, to: scene.file)
      let editor = "\(scene.home)/editor"
      try scene.write("#!/bin/sh\nexec sed -i s/1234/77/ \"$1\"\n", to: editor, mode: 0o700)
      let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
      let variables = ["EDITOR": editor, "PATH": path]
      let result = await scene.run("config", "edit", variables: variables)
      #expect(result == Result(status: 0, output: "changed ~/.config/looper/looper.toml\n", error: ""))
      #expect(scene.text(scene.file)?.contains("port = 77  # keep this") == true)
      let again = await scene.run("config", "edit", variables: variables)
      #expect(again.output == "~/.config/looper/looper.toml was not changed\n")
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scene.home)/.config/looper").count == 1)
    }
  }

  @Test("edit keeps a text that is not sound beside the file, which stays")
  func editBroken() async throws {
    try await CommandScene.with { scene in
      try scene.write(Self.file, to: scene.file)
      let editor = "\(scene.home)/editor"
      try scene.write("#!/bin/sh\nprintf '[server]\\nprot = 1\\n' > \"$1\"\n", to: editor, mode: 0o700)
      let result = await scene.run("config", "edit", variables: ["VISUAL": editor, "EDITOR": "false"])
      let copy = "~/.config/looper/looper.edited.toml"
      let text = """
        error: \(copy):2: server.prot: unknown key; the nearest known one is server.port
        ~/.config/looper/looper.toml was not changed; your text is kept in \(copy)

        """
      #expect(result == Result(status: 2, output: "", error: text))
      #expect(scene.text(scene.file) == Self.file)
      let none = await scene.run("config", "edit")
      #expect(none.status == 5 || none.status == 2)
    }
  }

  @Test("completions are scripts that name every command", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) async throws {
    try await CommandScene.with { scene in
      let result = await scene.run("completions", shell)
      #expect(result.status == 0)
      #expect(result.error.isEmpty)
      let names = LooperCommand.configuration.subcommands.filter { $0.configuration.shouldDisplay }
        .compactMap { $0.configuration.commandName }
      #expect(names.filter { !result.output.contains($0) } == [])
      #expect(await scene.run("completions", "tcsh").status == 2)
    }
  }
}
