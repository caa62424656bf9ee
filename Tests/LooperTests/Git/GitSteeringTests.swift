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
