import Foundation
import Testing

@testable import Looper

@Suite("a push continues what was expected, or does nothing")
struct GitRemoteTests {
  /// A worktree with one commit of an agent.
  private func work(_ scene: GitScene) async throws -> CommitSHA {
    let prepared = try await scene.prepare()
    try await scene.asAgent("echo b >> b; git add b; git commit -qm work")
    return try await scene.workspaces.inspect(prepared, leftovers: .commit(message: "x")).headSHA
  }

  @Test("a new branch is created, a continued one is moved, and a repeated push is harmless")
  func fastForward() async throws {
    try await GitScene.with { scene in
      let repository = try scene.repository
      let first = try await work(scene)
      #expect(try await scene.workspaces.remoteHead(of: "looper/1", in: repository) == nil)
      let push = PushBranch(branch: "looper/1", commit: first, expectedOld: nil)
      try await scene.workspaces.push(push, in: repository)
      try await scene.workspaces.push(push, in: repository)
      #expect(try await scene.workspaces.remoteHead(of: "looper/1", in: repository) == first)
      let second = try await work(scene)
      try await scene.workspaces.push(
        PushBranch(branch: "looper/1", commit: second, expectedOld: first), in: repository)
      #expect(try await scene.workspaces.remoteHead(of: "looper/1", in: repository) == second)
      #expect(try await scene.commit("refs/remotes/origin/looper/1", in: scene.mirrorPath) == second)
    }
  }

  @Test("a branch that moved, appeared or vanished is a conflict, and stays as it is")
  func moved() async throws {
    try await GitScene.with { scene in
      let repository = try scene.repository
      let main = try await scene.prepare().startSHA
      let mine = try await work(scene)
      let theirs = try await scene.author("git checkout -q -b topic; echo t > t", branch: "topic")
      for expected in [nil, main] {
        let push = PushBranch(branch: "topic", commit: mine, expectedOld: expected)
        #expect(await failureKind { try await scene.workspaces.push(push, in: repository) } == .conflict)
      }
      let gone = PushBranch(branch: "gone", commit: mine, expectedOld: main)
      #expect(await failureKind { try await scene.workspaces.push(gone, in: repository) } == .conflict)
      #expect(try await scene.workspaces.remoteHead(of: "topic", in: repository) == theirs)
    }
  }

  @Test("a commit that rewrites the branch is never pushed, even when the branch is where it was")
  func rewrite() async throws {
    try await GitScene.with { scene in
      let repository = try scene.repository
      let theirs = try await scene.author("git checkout -q -b topic; echo t > t", branch: "topic")
      let mine = try await work(scene)
      let push = PushBranch(branch: "topic", commit: mine, expectedOld: theirs)
      #expect(await failureKind { try await scene.workspaces.push(push, in: repository) } == .conflict)
    }
  }

  @Test("a hook of the remote that declines is permanent; a remote that is gone too")
  func declined() async throws {
    try await GitScene.with { scene in
      let mine = try await work(scene)
      try await scene.shell(
        "printf '#!/bin/sh\\nexit 1\\n' > pre-receive; chmod +x pre-receive; mkdir -p hooks; mv pre-receive hooks/",
        in: scene.remotePath)
      let push = PushBranch(branch: "topic", commit: mine, expectedOld: nil)
      #expect(
        await failureKind { try await scene.workspaces.push(push, in: try scene.repository) } == .permanent)
      try GitFiles.remove(scene.remotePath)
      #expect(await failureKind { try await scene.prepare() } == .permanent)
    }
  }

  @Test("a branch whose name leaves no room for ours is told in git's words")
  func noRoom() async throws {
    try await GitScene.with { scene in
      let mine = try await work(scene)
      try await scene.author("git checkout -q -b looper; echo t > t", branch: "looper")
      let push = PushBranch(branch: "looper/1", commit: mine, expectedOld: nil)
      let repository = try scene.repository
      let failure = await #expect(throws: Failure.self) {
        try await scene.workspaces.push(push, in: repository)
      }
      #expect(failure?.kind == .permanent)
      let said = "'refs/heads/looper' exists; cannot create 'refs/heads/looper/1'"
      #expect(failure?.message.contains(said) == true)
    }
  }

  @Test("a push that arrived is done, also when the mirror has no room for its branch yet")
  func noRoomInMirror() async throws {
    try await GitScene.with { scene in
      let mine = try await work(scene)
      try await scene.shell("git update-ref refs/remotes/origin/looper \(mine)", in: scene.mirrorPath)
      let push = PushBranch(branch: "looper/1", commit: mine, expectedOld: nil)
      try await scene.workspaces.push(push, in: try scene.repository)
      #expect(try await scene.workspaces.remoteHead(of: "looper/1", in: try scene.repository) == mine)
      try await scene.prepare(.branch("looper/1", expected: mine))
      #expect(try await scene.commit("refs/remotes/origin/looper/1", in: scene.mirrorPath) == mine)
    }
  }

  @Test(
    "a name no branch can have reaches no command line",
    arguments: ["", "-d", "a..b", "a b", "x:y", "a\nb", "*", ".a", "a.lock", "a/"])
  func names(branch: String) async throws {
    #expect(!GitBranchName.isValid(branch))
  }
}

@Suite("a worktree is removed only when it is ours and nothing is lost")
struct GitRemoveTests {
  @Test("a clean one goes without a trace, and removing again is nothing")
  func clean() async throws {
    try await GitScene.with { scene in
      try await scene.prepare()
      let repository = try scene.repository
      #expect(try await scene.workspaces.remove(scene.loopID, in: repository) == nil)
      #expect(!scene.exists(scene.worktreePath))
      #expect(!scene.exists(scene.adminPath))
      #expect(!scene.exists("\(scene.worktreePath).json"))
      #expect(try await scene.workspaces.remove(scene.loopID, in: repository) == nil)
    }
  }

  @Test("commits and changes are kept on a rescue ref")
  func rescued() async throws {
    try await GitScene.with { scene in
      try await scene.prepare()
      try await scene.asAgent(
        "echo b > b; git add b; git commit -qm work; echo c > c; mkdir ro; echo x > ro/x; chmod 500 ro")
      #expect(try await scene.workspaces.worktrees().map(\.reasonKept) == ["it has uncommitted changes"])
      let ref = try await scene.workspaces.remove(scene.loopID, in: try scene.repository)
      #expect(ref == "refs/looper/rescue/L12/1")
      #expect(
        try await scene.shell("git ls-tree -r --name-only refs/looper/rescue/L12/1", in: scene.mirrorPath)
          == "a\nb\nc\nro/x")
      #expect(!scene.exists(scene.worktreePath))
    }
  }

  @Test("a link in its place is kept, and so is what it points at")
  func link() async throws {
    try await GitScene.with { scene in
      try await scene.prepare()
      try await scene.shell(
        "mv '\(scene.worktreePath)' elsewhere; ln -s \"$PWD/elsewhere\" '\(scene.worktreePath)'",
        in: scene.directory)
      #expect(
        await failureKind { _ = try await scene.workspaces.remove(scene.loopID, in: try scene.repository) }
          == .permanent)
      #expect(scene.exists("\(scene.directory)/elsewhere/a"))
    }
  }
}
