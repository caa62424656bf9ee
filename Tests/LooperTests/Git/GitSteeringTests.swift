import Foundation
import Testing

@testable import Looper

@Suite("what steers agents comes from the base branch, and no commit takes it in")
struct GitSteeringTests {
  /// A base with steering files and a branch that changes every one of them.
  private func branch(_ scene: GitScene) async throws -> CommitSHA {
    try await scene.author(
      """
      mkdir -p .claude lib; echo base > CLAUDE.md; echo base > .claude/settings.json; echo base > lib/AGENTS.md
      echo base > only-base.txt; ln -s CLAUDE.md AGENTS.md
      """)
    return try await scene.author(
      """
      git checkout -q -b topic; echo evil > CLAUDE.md; echo evil > .claude/settings.json; echo evil > lib/AGENTS.md
      rm AGENTS.md; echo evil > AGENTS.md; echo '{}' > .mcp.json; echo work > work.txt
      """, branch: "topic")
  }

  private func prepare(_ scene: GitScene, _ head: CommitSHA, takes: Bool = true) async throws -> WorktreeFacts
  {
    try await scene.workspaces.prepare(
      WorktreeRequest(
        repository: try scene.repository, loopID: scene.loopID, start: .branch("topic", expected: head),
        baseBranch: "main", takesSteeringFromBase: takes))
  }

  @Test("changed ones are the base's, added ones are gone, and the tree is clean")
  func replaced() async throws {
    try await GitScene.with { scene in
      _ = try await prepare(scene, try await branch(scene))
      for name in ["CLAUDE.md", ".claude/settings.json", "lib/AGENTS.md"] {
        #expect(scene.text("\(scene.worktreePath)/\(name)") == "base\n")
      }
      #expect(GitFiles.kind("\(scene.worktreePath)/AGENTS.md") == .symbolicLink)
      #expect(GitFiles.kind("\(scene.worktreePath)/.mcp.json") == .missing)
      #expect(scene.text("\(scene.worktreePath)/work.txt") == "work\n")
      #expect(try await scene.asAgent("git status --porcelain") == "")
    }
  }

  @Test("of a pull request to another branch they are those of the project's branch all the same")
  func otherBase() async throws {
    try await GitScene.with { scene in
      _ = try await branch(scene)
      let head = try await scene.author("echo released > CLAUDE.md; echo more > more.txt", branch: "release")
      let facts = try await scene.workspaces.prepare(
        WorktreeRequest(
          repository: try scene.repository, loopID: scene.loopID, start: .branch("release", expected: head),
          baseBranch: "release", steeringBranch: "main", takesSteeringFromBase: true))
      #expect(facts.baseSHA == head)
      #expect(facts.mergeBase == head)
      #expect(scene.text("\(scene.worktreePath)/CLAUDE.md") == "base\n")
    }
  }

  @Test("an agent's commit and ours keep the head's own versions")
  func committed() async throws {
    try await GitScene.with { scene in
      let facts = try await prepare(scene, try await branch(scene))
      try await scene.asAgent(
        """
        git config user.name A; git config user.email a@b; echo fix > fix.txt; git add -A; git commit -qam fix
        echo more > more.txt
        """)
      let tree = try await scene.workspaces.inspect(facts, leftovers: .commit(message: "Fix"))
      #expect(tree.changedPaths == ["fix.txt", "more.txt"])
      #expect(try await scene.shell("git show \(tree.headSHA):CLAUDE.md", in: scene.mirrorPath) == "evil")
      #expect(try await scene.shell("git show \(tree.headSHA):.mcp.json", in: scene.mirrorPath) == "{}")
    }
  }

  @Test("a reviewer's clean tree counts as untouched, and work that may change them gets them back")
  func givenBack() async throws {
    try await GitScene.with { scene in
      let head = try await branch(scene)
      let facts = try await prepare(scene, head)
      #expect(try await scene.workspaces.inspect(facts, leftovers: .discard).discardedChanges == false)
      _ = try await prepare(scene, head, takes: false)
      #expect(scene.text("\(scene.worktreePath)/CLAUDE.md") == "evil\n")
      #expect(scene.text("\(scene.worktreePath)/.mcp.json") == "{}\n")
      try await scene.asAgent("echo mine > CLAUDE.md")
      #expect(try await scene.asAgent("git status --porcelain") == " M CLAUDE.md")
    }
  }

  @Test(
    "OpenCode's configuration draws in the base's files, and no instructions that the branch may have changed"
  )
  func references() async throws {
    try await GitScene.with { scene in
      try await scene.author(
        #"""
        mkdir -p docs/guide prompts .opencode style; echo base > docs/rules.md; echo same > CONTRIBUTING.md
        printf 'say "base"\n' > prompts/build.txt; echo same > style/a.txt; echo '{"instructions": ["same.md"]}' > .opencode/opencode.json
        cat > opencode.jsonc <<'END'
        {
          // What agents are told; "instructions" too.
          "instructions": ["docs/rules.md", "./docs/guide/*.md", "CONTRIBUTING.md", "style/*.txt", "https://a.test/x.md",],
          /* Roles. */
          "agent": {"build": {"prompt": "{file:./prompts/build.txt}"}, "plan": {"prompt": "{file:./prompts/plan.txt}"}},
        }
        END
        """#)
      let head = try await scene.author(
        """
        git checkout -q -b topic; echo evil > docs/rules.md; echo evil > docs/guide/new.md; echo evil > prompts/build.txt
        echo evil > prompts/plan.txt; echo evil > style/b.md
        """, branch: "topic")
      _ = try await prepare(scene, head)
      let text = scene.text("\(scene.worktreePath)/opencode.jsonc")
      #expect(
        text == #"""
          {"agent":{"build":{"prompt":"say \"base\"\n"},"plan":{"prompt":""}},"instructions":["CONTRIBUTING.md","style/*.txt","https://a.test/x.md"]}

          """#)
      #expect(
        scene.text("\(scene.worktreePath)/.opencode/opencode.json") == #"{"instructions": ["same.md"]}"#
          + "\n")
      #expect(scene.text("\(scene.worktreePath)/docs/rules.md") == "evil\n")
      #expect(try await scene.asAgent("git status --porcelain") == "")
      _ = try await prepare(scene, head, takes: false)
      #expect(scene.text("\(scene.worktreePath)/opencode.jsonc")?.contains("What agents are told") == true)
    }
  }

  @Test(
    "an instruction may name what lies where its fixed beginning leads and ends as it does",
    arguments: [
      ("docs/a.md", "", true), ("./docs/a.md", "", true), ("Docs/A.md", "", true), ("docs", "", true),
      ("docs/b.md", "", false),
      ("docs/*.md", "", true), ("docs/*.txt", "", false), ("docs/{a,b}.md", "", true), ("**/*.md", "", true),
      ("*", "", true),
      ("lib/*.md", "", false), ("../docs/a.md", ".opencode", true), ("../docs/a.md", "", false),
      ("./*.md", "", true),
      ("/docs/a.md", "", false), ("~/docs/a.md", "", false), ("https://a.test/docs/a.md", "", false),
      ("linked/x.md", "", true), ("linked/*/x.md", "", true), ("*/x.txt", "", true),
    ])
  func instructions(entry: String, directory: String, mayName: Bool) {
    #expect(
      OpenCodeReferences.instruction(entry, in: directory, mayName: ["docs/a.md"], links: ["linked"])
        == mayName)
  }

  @Test(
    "a configuration that cannot be read says nothing, one without instructions stays as it is",
    arguments: [
      (#"{"instructions": ["a.md"], broken"#, "{}\n"), (#"{"model": "m", broken"#, #"{"model": "m", broken"#),
      (#"{"instructions": ["b.md"],}"#, #"{"instructions": ["b.md"],}"#),
      (
        #"{"x": "//, }", /*,*/ "instructions": ["a.md", /* } */], }"#,
        #"{"instructions":[],"x":"//, }"}"# + "\n"
      ),
    ])
  func unreadable(text: String, clean: String) {
    #expect(OpenCodeReferences(text).withoutInstructions { $0 == "a.md" }.text == clean)
  }

  @Test("a link of the base shows what it leads to in the base, or nothing, never what the branch has there")
  func links() async throws {
    try await GitScene.with { scene in
      try await scene.author(
        """
        mkdir -p docs tools/claude same; echo base > docs/x.md; ln -s docs/x.md CLAUDE.md; ln -s CLAUDE.md AGENTS.md
        echo base > tools/claude/settings.json; ln -s tools/claude .claude
        echo base > same/y.md; ln -s y.md same/AGENTS.md; ln -s docs pages; ln -s ../pages/x.md same/CLAUDE.md
        ln -s absent.md CLAUDE.local.md
        """)
      let head = try await scene.author(
        """
        git checkout -q -b topic; echo evil > docs/x.md; echo evil > tools/claude/settings.json
        echo evil > tools/claude/more.json; mkdir evil; echo evil > evil/settings.json; ln -s evil .cursor
        echo evil > absent.md
        """, branch: "topic")
      let facts = try await prepare(scene, head)
      for name in ["CLAUDE.md", "AGENTS.md", "same/CLAUDE.md"] {
        #expect(scene.text("\(scene.worktreePath)/\(name)") == "base\n", "\(name)")
      }
      #expect(scene.text("\(scene.worktreePath)/docs/x.md") == "evil\n")
      for name in [".claude", ".cursor", "CLAUDE.local.md"] {
        #expect(GitFiles.kind("\(scene.worktreePath)/\(name)") == .missing, "\(name)")
      }
      #expect(GitFiles.kind("\(scene.worktreePath)/same/AGENTS.md") == .symbolicLink)
      #expect(try await scene.asAgent("git status --porcelain") == "")
      let tree = try await scene.workspaces.inspect(facts, leftovers: .commit(message: "Nothing"))
      #expect(tree.changedPaths == [])
      _ = try await prepare(scene, head, takes: false)
      for name in ["CLAUDE.md", "same/CLAUDE.md", ".claude"] {
        #expect(GitFiles.kind("\(scene.worktreePath)/\(name)") == .symbolicLink, "\(name)")
      }
    }
  }

  @Test("a link of the base to a submodule shows nothing")
  func submodule() async throws {
    try await GitScene.with { scene in
      try await scene.author(
        "git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),shared; mkdir shared; ln -s shared .claude"
      )
      let head = try await scene.author(
        """
        git checkout -q -b topic; git rm -q --cached shared; rmdir shared; mkdir shared; echo evil > shared/settings.json
        """, branch: "topic")
      _ = try await prepare(scene, head)
      #expect(GitFiles.kind("\(scene.worktreePath)/.claude") == .missing)
    }
  }

  @Test(
    "what the base imports is the base's text, at any depth and behind links, while the imported file is the work's"
  )
  func imports() async throws {
    try await GitScene.with { scene in
      try await scene.author(
        """
        mkdir -p docs pages lib other; ln -s CLAUDE.md AGENTS.md; ln -s docs/z.md GUIDE.md
        echo 'Ask @alice. Rules: @docs/x.md, @docs/new.md' > CLAUDE.md
        echo 'base x, more in @y.md' > docs/x.md; echo 'base y @x.md' > docs/y.md; echo 'base z' > docs/z.md
        echo 'base p' > pages/p.md; echo 'base same' > docs/same.md
        echo '@../pages/p.md' > lib/CLAUDE.md; echo '@../docs/same.md a@b.example' > other/CLAUDE.md
        echo 'See (@../GUIDE.md#top).' > other/AGENTS.md
        """)
      let head = try await scene.author(
        """
        git checkout -q -b topic; echo 'evil y' > docs/y.md; echo evil > docs/new.md; echo 'evil z' > docs/z.md
        mkdir evil; echo 'evil p' > evil/p.md; git rm -qr pages; ln -s evil pages
        """, branch: "topic")
      let facts = try await prepare(scene, head)
      let rules = """
        Ask @alice. Rules: docs/x.md, docs/new.md


        The file docs/x.md, imported above, as it is in the base branch:

        base x, more in y.md


        The file docs/y.md, imported above, as it is in the base branch:

        base y x.md

        """
      #expect(scene.text("\(scene.worktreePath)/CLAUDE.md") == rules)
      #expect(scene.text("\(scene.worktreePath)/AGENTS.md") == rules)
      #expect(
        scene.text("\(scene.worktreePath)/lib/CLAUDE.md") == """
          ../pages/p.md


          The file pages/p.md, imported above, as it is in the base branch:

          base p

          """)
      #expect(
        scene.text("\(scene.worktreePath)/other/AGENTS.md") == """
          See (../GUIDE.md#top).


          The file GUIDE.md, imported above, as it is in the base branch:

          base z

          """)
      #expect(scene.text("\(scene.worktreePath)/other/CLAUDE.md") == "@../docs/same.md a@b.example\n")
      #expect(scene.text("\(scene.worktreePath)/docs/y.md") == "evil y\n")
      #expect(try await scene.asAgent("git status --porcelain") == "")
      let tree = try await scene.workspaces.inspect(facts, leftovers: .commit(message: "Nothing"))
      #expect(tree.changedPaths == [])
      _ = try await prepare(scene, head, takes: false)
      #expect(GitFiles.kind("\(scene.worktreePath)/AGENTS.md") == .symbolicLink)
      #expect(
        scene.text("\(scene.worktreePath)/CLAUDE.md") == "Ask @alice. Rules: @docs/x.md, @docs/new.md\n")
    }
  }

  @Test(
    "an import is found however it is written",
    arguments: [
      ("@a.md", ["a.md"]), ("see @./b/c.md.", ["./b/c.md.", "./b/c.md"]), ("(@a\\ b.md#top)", ["a b.md"]),
      ("`@x`", ["x`", "x"]), ("me@a.example", []), ("@~/a.md @/etc/x", []), ("@", []), ("@ a", []),
    ])
  func tokens(text: String, paths: [String]) {
    #expect(SteeringImports(text).tokens.flatMap(\.paths) == paths)
  }

  @Test(
    "an import leads to a place in the repository or nowhere",
    arguments: [
      ("x.md", "", "x.md"), ("./x.md", "docs", "docs/x.md"), ("../x.md", "docs/a", "docs/x.md"),
      ("../../x.md", "docs", nil), ("..", "docs", nil),
    ] as [(String, String, String?)])
  func resolved(path: String, directory: String, place: String?) {
    #expect(SteeringImports.resolve(path, in: directory) == place)
  }

  @Test("a directory that an earlier agent made a link leads nowhere")
  func link() async throws {
    try await GitScene.with { scene in
      let head = try await branch(scene)
      _ = try await prepare(scene, head)
      let outside = "\(scene.directory)/outside"
      try await scene.shell("mkdir outside; echo safe > outside/AGENTS.md", in: scene.directory)
      try await scene.asAgent("rm -r lib; ln -s \(outside) lib")
      _ = try await prepare(scene, head)
      #expect(scene.text("\(outside)/AGENTS.md") == "safe\n")
      #expect(scene.text("\(scene.worktreePath)/lib/AGENTS.md") == "base\n")
    }
  }
}
