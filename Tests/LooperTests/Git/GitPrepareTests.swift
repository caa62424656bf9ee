import Foundation
import Testing

@testable import Looper

@Suite("a prepared worktree is at the wanted commit, and nothing of worth was lost")
struct GitPrepareTests {
  @Test("a fresh base is fetched now, detached, with the repository's texts")
  func freshBase() async throws {
    try await GitScene.with { scene in
      try await scene.prepare()
      let head = try await scene.author(
        "mkdir -p .looper specs; echo 'x = 1' > .looper/looper.toml; echo Problem > specs/s.md")
      let facts = try await scene.prepare(spec: "specs/s.md")
      #expect(facts.startSHA == head)
      #expect(facts.baseSHA == head)
      #expect(facts.mergeBase == head)
      #expect(facts.repositoryConfiguration == "x = 1\n")
      #expect(facts.spec == "Problem\n")
      #expect(facts.path == scene.worktreePath)
      #expect(!facts.adoptedEarlierWork)
      #expect(try await scene.commit("HEAD", in: scene.worktreePath) == head)
      #expect(scene.text("\(scene.adminPath)/HEAD") == "\(head)\n")
      #expect(try await scene.rescueRefs() == [])
    }
  }

  @Test("a repository without a commit is waited for")
  func empty() async throws {
    try await GitScene.with { scene in
      try await scene.shell("rm -rf remote.git; git init -q --bare -b main remote.git", in: scene.directory)
      let failure = await #expect(throws: Failure.self) { try await scene.prepare() }
      #expect(
        failure == Failure(.transient, "Acme/Tool has no commit yet; push a first one to 'main'"))
      let head = try await scene.author("echo b > b")
      #expect(try await scene.prepare().startSHA == head)
    }
  }

  @Test("the first fetch, which brings everything, may take longer than the others")
  func firstFetch() async throws {
    try await GitScene.with(settle: { $0.longDeadline = .zero }) { scene in
      try await scene.workspaces.configure()
      let mirror = GitMirror(git: scene.workspaces.git, remote: try scene.repository)
      try await mirror.open()
      try await mirror.fetch(pull: nil)
      #expect(await failureKind { try await mirror.fetch(pull: nil) } == .transient)
    }
  }

  @Test("what a killed fetch left is removed, what one may be writing is not")
  func halfPacks() async throws {
    try await GitScene.with { scene in
      try await scene.prepare()
      let packs = "\(scene.mirrorPath)/objects/pack"
      try await scene.shell(
        "touch -d '2 hours ago' tmp_pack_a tmp_idx_a pack-a.pack; touch tmp_pack_b", in: packs)
      try await scene.prepare()
      #expect(
        GitFiles.names(in: packs).filter { $0.contains("_") || $0 == "pack-a.pack" }
          == ["pack-a.pack", "tmp_pack_b"])
    }
  }

  @Test("a configuration or spec that is not there is nil")
  func noTexts() async throws {
    try await GitScene.with { scene in
      let facts = try await scene.prepare(spec: "specs/none.md")
      #expect(facts.repositoryConfiguration == nil)
      #expect(facts.spec == nil)
    }
  }

  @Test("lesson 40: a spec up to its limit is read whole, a longer one is refused and not cut")
  func longSpec() async throws {
    try await GitScene.with { scene in
      try await scene.author("mkdir -p specs; head -c 65536 /dev/zero | tr '\\0' x > specs/s.md")
      #expect(try await scene.prepare(spec: "specs/s.md").spec?.utf8.count == 65_536)
      let head = try await scene.author("echo >> specs/s.md")
      let request = try scene.request(spec: "specs/s.md")
      let failure = await #expect(throws: Failure.self) { _ = try await scene.workspaces.prepare(request) }
      #expect(
        failure
          == Failure(
            .permanent,
            "the spec specs/s.md at \(head.short) of \(request.repository.name) is larger than 65536 bytes; shorten it"
          ))
    }
  }

  @Test(
    "the configuration is the default branch's, whatever the base says; one that is not there is no licence")
  func configurationBranch() async throws {
    try await GitScene.with { scene in
      try await scene.author("mkdir -p .looper; echo 'of main' > .looper/looper.toml")
      try await scene.author("echo 'of the base' > .looper/looper.toml", branch: "release")
      let request = try scene.request(base: "release", configuration: "main")
      #expect(try await scene.workspaces.prepare(request).repositoryConfiguration == "of main\n")
      let gone = try scene.request(base: "release", configuration: "gone")
      #expect(await failureKind { _ = try await scene.workspaces.prepare(gone) } == .permanent)
    }
  }

  @Test("a branch that is not where it was expected is a conflict")
  func branchMoved() async throws {
    try await GitScene.with { scene in
      let old = try await scene.author("git checkout -q -b topic; echo t > t", branch: "topic")
      let facts = try await scene.prepare(.branch("topic", expected: old))
      #expect(facts.startSHA == old)
      #expect(facts.mergeBase != old)
      try await scene.author("echo u > t", branch: "topic")
      #expect(await failureKind { try await scene.prepare(.branch("topic", expected: old)) } == .conflict)
      #expect(await failureKind { try await scene.prepare(.branch("gone", expected: old)) } == .conflict)
    }
  }

  @Test("a pull request's head comes from refs/pull, or from a branch when the remote has no such refs")
  func pull() async throws {
    try await GitScene.with { scene in
      let head = try await scene.author("git checkout -q -b topic; echo t > t", branch: "topic")
      #expect(try await scene.prepare(.pull(7, expected: head)).startSHA == head)
      let fork = try await scene.author("echo u > t", branch: "topic")
      try await scene.shell(
        "git update-ref refs/pull/7/head \(fork); git update-ref -d refs/heads/topic", in: scene.remotePath)
      #expect(try await scene.prepare(.pull(7, expected: fork)).startSHA == fork)
      #expect(await failureKind { try await scene.prepare(.pull(7, expected: head)) } == .conflict)
      #expect(await failureKind { try await scene.prepare(.pull(8, expected: head)) } == .conflict)
    }
  }

  @Test("commits and dirt on the same start are adopted")
  func adoption() async throws {
    try await GitScene.with { scene in
      try await scene.prepare()
      try await scene.asAgent(
        "echo mine > b; git add b; git commit -qm work; echo dirt >> a; touch .git/x 2>&1 || :")
      let head = try await scene.commit("HEAD", in: scene.worktreePath)
      try Data().write(to: URL(fileURLWithPath: "\(scene.adminPath)/index.lock"))
      let facts = try await scene.prepare()
      #expect(facts.adoptedEarlierWork)
      #expect(try await scene.commit("HEAD", in: scene.worktreePath) == head)
      #expect(scene.text("\(scene.worktreePath)/a") == "1\n2\n3\ndirt\n")
      #expect(!scene.exists("\(scene.adminPath)/index.lock"))
    }
  }

  @Test("work on another start is kept on a rescue ref, with untracked files, and the tree is clean")
  func rescue() async throws {
    try await GitScene.with { scene in
      try await scene.prepare()
      try await scene.asAgent(
        "echo '*.o' > .gitignore; echo mine > b; git add .; git commit -qm work; echo dirt >> a; echo new > 'c d'; echo o > x.o"
      )
      let work = try await scene.commit("HEAD", in: scene.worktreePath)
      let head = try await scene.author("echo 4 >> a")
      let facts = try await scene.prepare()
      #expect(facts.startSHA == head)
      #expect(!facts.adoptedEarlierWork)
      #expect(try await scene.rescueRefs() == ["refs/looper/rescue/L12/1"])
      #expect(try await scene.commit("refs/looper/rescue/L12/1^", in: scene.mirrorPath) == work)
      let kept = try await scene.shell(
        "git ls-tree -r --name-only refs/looper/rescue/L12/1; git show refs/looper/rescue/L12/1:a",
        in: scene.mirrorPath)
      #expect(kept == ".gitignore\na\nb\nc d\n1\n2\n3\ndirt")
      #expect(try await scene.asAgent("git status --porcelain --ignored") == "")
      #expect(scene.text("\(scene.worktreePath)/a") == "1\n2\n3\n4\n")
    }
  }

  @Test("a half-done merge is kept and taken back; commits before it stay")
  func halfMerge() async throws {
    try await GitScene.with { scene in
      let start = try await scene.prepare().startSHA
      try await scene.asAgent("echo mine > a; git commit -qam work; git checkout -q -b other \(start)")
      try await scene.asAgent(
        "echo theirs > a; git commit -qam other; git checkout -q --detach @{-1}; git merge other || :")
      let head = try await scene.commit("HEAD", in: scene.worktreePath)
      let facts = try await scene.prepare()
      #expect(facts.adoptedEarlierWork)
      #expect(try await scene.commit("HEAD", in: scene.worktreePath) == head)
      #expect(try await scene.asAgent("git status --porcelain") == "")
      #expect(!scene.exists("\(scene.adminPath)/MERGE_HEAD"))
      #expect(try await scene.rescueRefs().count == 2)
    }
  }

  @Test(
    "a crash while the worktree was made is repaired",
    arguments: ["mkdir -p L12/half", "mkdir -p L12; echo 'gitdir: /nowhere' > L12/.git", "rm -rf L12", ":"])
  func halfCreated(crash: String) async throws {
    try await GitScene.with { scene in
      try await scene.prepare()
      let parent = (scene.worktreePath as NSString).deletingLastPathComponent
      var note = try #require(GitWorktreeNote.read(besideWorktree: scene.worktreePath))
      note.state = .creating
      try note.write(besideWorktree: scene.worktreePath)
      try await scene.shell(crash, in: parent)
      try await scene.prepare()
      #expect(try await scene.asAgent("git status --porcelain; cat a") == "1\n2\n3")
    }
  }

  @Test("a kill while the mirror was made leaves locks that are no obstacle", arguments: ["config", "HEAD"])
  func killedInitialisation(name: String) async throws {
    try await GitScene.with { scene in
      try GitFiles.makeDirectory(scene.mirrorPath)
      try Data().write(to: URL(fileURLWithPath: "\(scene.mirrorPath)/\(name).lock"))
      try await scene.prepare()
      #expect(!scene.exists("\(scene.mirrorPath)/\(name).lock"))
    }
  }

  @Test("a kill while refs were fetched leaves locks that are no obstacle")
  func killedFetch() async throws {
    try await GitScene.with { scene in
      try await scene.author("echo x > x", branch: "gone")
      try await scene.prepare()
      try await scene.shell("git pack-refs --all", in: scene.mirrorPath)
      // The fetch that follows moves one ref and takes another out of the packed ones.
      let head = try await scene.author("echo y > y")
      try await scene.shell("git update-ref -d refs/heads/gone", in: scene.remotePath)
      for name in ["packed-refs", "refs/remotes/origin/main"] {
        try await scene.shell("mkdir -p $(dirname \(name)); touch \(name).lock", in: scene.mirrorPath)
      }
      #expect(try await scene.prepare().startSHA == head)
      let refs = try await scene.shell("git for-each-ref --format='%(refname)'", in: scene.mirrorPath)
      #expect(refs == "refs/remotes/origin/main")
    }
  }

  @Test("a worktree that was deleted is made again and its commits are kept")
  func deleted() async throws {
    try await GitScene.with { scene in
      try await scene.prepare()
      try await scene.asAgent("echo mine > b; git add b; git commit -qm work")
      let work = try await scene.commit("HEAD", in: scene.worktreePath)
      try GitFiles.remove(scene.worktreePath)
      #expect(try await !scene.prepare().adoptedEarlierWork)
      #expect(try await scene.commit("refs/looper/rescue/L12/1", in: scene.mirrorPath) == work)
    }
  }

  @Test("a directory without our record is kept and refused")
  func notOurs() async throws {
    try await GitScene.with { scene in
      try await scene.shell(
        "mkdir -p '\(scene.worktreePath)'; echo x > '\(scene.worktreePath)/x'", in: scene.directory)
      #expect(await failureKind { try await scene.prepare() } == .permanent)
      #expect(
        await failureKind { _ = try await scene.workspaces.remove(scene.loopID, in: try scene.repository) }
          == .permanent)
      #expect(scene.text("\(scene.worktreePath)/x") == "x\n")
      #expect(try await scene.workspaces.worktrees().map(\.reasonKept) == ["it has no record of ours"])
    }
  }

  @Test("below the disk floor nothing starts")
  func diskFloor() async throws {
    try await GitScene.with {
      $0.diskFloor = ByteCount(bytes: .max)
    } _: { scene in
      #expect(await failureKind { try await scene.prepare() } == .transient)
      #expect(!scene.exists(scene.mirrorPath))
    }
  }

  @Test("loops of one mirror prepared at once do not get into each other's way")
  func concurrent() async throws {
    try await GitScene.with { scene in
      let request = try scene.request()
      let starts = try await withThrowingTaskGroup(of: CommitSHA.self) { group in
        for number in 1...6 {
          group.addTask {
            var request = request
            request.loopID = Loop.ID(Int64(number))
            return try await scene.workspaces.prepare(request).startSHA
          }
        }
        return try await group.reduce(into: Set<CommitSHA>()) { $0.insert($1) }
      }
      #expect(starts.count == 1)
      #expect(try await scene.workspaces.worktrees().map(\.reasonKept) == Array(repeating: nil, count: 6))
    }
  }
}
