import Foundation
import Testing

@testable import Looper

@Suite("what an agent left is told by git's facts, whatever it did to the worktree")
struct GitInspectTests {
  @Test("commits, leftovers, changed paths and the lines of the diff")
  func facts() async throws {
    try await GitScene.with { scene in
      let prepared = try await scene.prepare()
      try await scene.asAgent(
        "echo b > b; git add b; git commit -qm one; echo 4 >> a; rm -f none; mkdir d; echo x > 'd/e f'")
      let tree = try await scene.workspaces.inspect(prepared, leftovers: .commit(message: "Finish the work"))
      #expect(tree.commits.count == 2)
      #expect(tree.commits.last == tree.headSHA)
      #expect(tree.changedPaths == ["a", "b", "d/e f"])
      #expect(
        tree.files == [
          .init(path: "a", isDeleted: false, rightLines: [1...4], leftLines: [1...3]),
          .init(path: "b", isDeleted: false, rightLines: [1...1], leftLines: []),
          .init(path: "d/e f", isDeleted: false, rightLines: [1...1], leftLines: []),
        ])
      #expect(tree.unmergedPaths == [])
      #expect(!tree.isTruncated)
      let log = try await scene.asAgent("git log -1 --format='%an <%ae> %s'; git status --porcelain")
      #expect(log == "Looper <looper@users.noreply.github.com> Finish the work")
    }
  }

  @Test("nothing done is nothing found")
  func unchanged() async throws {
    try await GitScene.with { scene in
      let prepared = try await scene.prepare()
      let tree = try await scene.workspaces.inspect(prepared, leftovers: .commit(message: "x"))
      #expect(tree.headSHA == prepared.startSHA)
      #expect(tree.commits == [])
      #expect(tree.files == [])
    }
  }

  @Test("an agent that may not write leaves nothing, and its commits are kept aside")
  func discard() async throws {
    try await GitScene.with { scene in
      let prepared = try await scene.prepare()
      #expect(try await !scene.workspaces.inspect(prepared, leftovers: .discard).discardedChanges)
      try await scene.asAgent("echo b > b; git add b; git commit -qm one; echo 4 >> a; echo n > new")
      let tree = try await scene.workspaces.inspect(prepared, leftovers: .discard)
      #expect(tree.discardedChanges)
      #expect(tree.headSHA == prepared.startSHA)
      #expect(try await scene.asAgent("git status --porcelain; ls") == "a")
      #expect(try await scene.rescueRefs().count == 1)
    }
  }

  @Test("an agent on a branch of its own is taken at its commit and detached; a stale lock is no obstacle")
  func branch() async throws {
    try await GitScene.with { scene in
      let prepared = try await scene.prepare()
      try await scene.asAgent(
        "git checkout -q -b mine; echo b > b; git add b; git commit -qm one; touch ../L12/z")
      try Data().write(to: URL(fileURLWithPath: "\(scene.adminPath)/index.lock"))
      let tree = try await scene.workspaces.inspect(prepared, leftovers: .commit(message: "rest"))
      #expect(tree.changedPaths == ["b", "z"])
      #expect(scene.text("\(scene.adminPath)/HEAD") == "\(tree.headSHA)\n")
    }
  }

  @Test("a head that does not descend from the start is the agent's failure")
  func rewritten() async throws {
    try await GitScene.with { scene in
      let prepared = try await scene.prepare()
      try await scene.asAgent("git checkout -q --orphan o; git commit -qm other")
      let kind = await failureKind {
        _ = try await scene.workspaces.inspect(prepared, leftovers: .commit(message: "x"))
      }
      #expect(kind == .agent)
    }
  }

  @Test("unmerged files are named and nothing is committed; a resolved merge is concluded")
  func merges() async throws {
    try await GitScene.with { scene in
      let prepared = try await scene.prepare()
      try await scene.author("echo theirs > a")
      try await scene.asAgent("echo mine > a; git commit -qam mine; git fetch -q; git merge origin/main || :")
      let open = try await scene.workspaces.inspect(prepared, leftovers: .commit(message: "x"))
      #expect(open.unmergedPaths == ["a"])
      #expect(open.commits.count == 1)
      try await scene.asAgent("echo both > a; git add a")
      let done = try await scene.workspaces.inspect(prepared, leftovers: .commit(message: "Merge main"))
      #expect(done.unmergedPaths == [])
      #expect(
        try await scene.asAgent("git rev-list --parents -1 HEAD | wc -w; git status --porcelain") == "3")
    }
  }

  @Test(
    "changed git pointers are the agent's failure, and the next preparation mends them",
    arguments: [
      "echo 'gitdir: /tmp/evil' > .git", "rm .git; git init -q .", "rm .git; ln -s a .git", "rm .git",
      "echo ../../../x > \"$(git rev-parse --git-dir)/commondir\"",
      "d=$(git rev-parse --git-dir); mv \"$d\" \"$d.x\"; ln -s \"$d.x\" \"$d\"",
    ])
  func tampering(script: String) async throws {
    try await GitScene.with { scene in
      let prepared = try await scene.prepare()
      try await scene.asAgent("echo work > b; \(script)")
      let kind = await failureKind {
        _ = try await scene.workspaces.inspect(prepared, leftovers: .commit(message: "x"))
      }
      #expect(kind == .agent)
      #expect(try await !scene.prepare().adoptedEarlierWork)
      #expect(try await scene.asAgent("git status --porcelain; ls") == "a")
      #expect(try await scene.shell("git show refs/looper/rescue/L12/1:b", in: scene.mirrorPath) == "work")
    }
  }

  @Test("file names no shell, terminal or decoder likes break nothing")
  func hostileNames() async throws {
    try await GitScene.with { scene in
      let prepared = try await scene.prepare()
      try await scene.asAgent(
        """
        echo 1 > "$(printf 'n\\nl')"; echo 1 > ./-rf; echo 1 > "$(printf 'bad\\377')"; echo 1 > 'q"uo\\te'
        echo 1 > ' b/b'  2>&1 || mkdir ' b'; echo 1 > ' b/b '; echo 1 > ':(top)x'; ln -s /etc/passwd link; mkfifo pipe
        """)
      let tree = try await scene.workspaces.inspect(prepared, leftovers: .commit(message: "odd"))
      let names: Set = [" b/b ", "-rf", ":(top)x", "bad\u{fffd}", "link", "n\nl", "q\"uo\\te"]
      #expect(Set(tree.changedPaths) == names)
      #expect(Set(tree.files.map(\.path)) == names)
      #expect(tree.files.allSatisfy { $0.rightLines == [1...1] })
    }
  }

  @Test("a diff above the limit lists its files without lines and says so")
  func huge() async throws {
    try await GitScene.with {
      $0.diffBytesMax = .kibibytes(4)
    } _: { scene in
      let prepared = try await scene.prepare()
      try await scene.asAgent("seq 1 5000 > big")
      let tree = try await scene.workspaces.inspect(prepared, leftovers: .commit(message: "big"))
      #expect(tree.isTruncated)
      #expect(tree.files == [.init(path: "big", isDeleted: false, rightLines: [], leftLines: [])])
    }
  }
}
