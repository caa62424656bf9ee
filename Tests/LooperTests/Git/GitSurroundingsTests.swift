import Foundation
import Testing

@testable import Looper

@Suite("everything around a worktree stays as it was, or it is noticed")
struct GitSurroundingsTests {
  @Test("the user's checkout stays bit-identical through a whole loop")
  func checkoutUntouched() async throws {
    try await GitScene.with { scene in
      try await scene.shell("echo dirty >> a; echo n > n; touch -d '1 hour ago' a", in: scene.authorPath)
      let before = try await scene.fingerprint(of: scene.authorPath)
      let prepared = try await scene.prepare()
      let first = try await scene.workspaces.surroundings(of: prepared, checkout: scene.authorPath)
      try await scene.asAgent("echo b > b; git add b; git commit -qm work; git status")
      _ = try await scene.workspaces.inspect(prepared, leftovers: .commit(message: "x"))
      let second = try await scene.workspaces.surroundings(of: prepared, checkout: scene.authorPath)
      _ = try await scene.workspaces.remove(scene.loopID, in: try scene.repository)
      #expect(second.differences(from: first) == [])
      #expect(try await scene.fingerprint(of: scene.authorPath) == before)
    }
  }

  @Test(
    "what an agent changes is named",
    arguments: [
      ("git config alias.x '!evil'", "the mirror's configuration"),
      (
        "mkdir -p \"$(git rev-parse --git-common-dir)/hooks\"; touch \"$(git rev-parse --git-common-dir)/hooks/x\"",
        "the mirror's hooks"
      ),
      (
        "mkdir -p \"$(git rev-parse --git-common-dir)/info\"; echo '* x' > \"$(git rev-parse --git-common-dir)/info/attributes\"",
        "the mirror's attributes"
      ),
      ("echo 'gitdir: /x' > .git", "the worktree's .git file"),
      (
        "echo e > e; git add e; git commit -qm evil; git push -q ../../../../../../author HEAD:refs/heads/evil",
        "refs of the checkout"
      ),
      (
        "cd ../../../../../../author; git update-ref refs/replace/$(git rev-parse HEAD) HEAD",
        "refs of the checkout"
      ),
      ("git -C ../../../../../../author config core.fsmonitor evil", "the checkout's settings"),
      ("echo x > ../../../../../../author/.git/hooks/post-commit", "the checkout's hooks"),
      ("echo '* filter=x' > ../../../../../../author/.git/info/attributes", "the checkout's attributes"),
      ("echo x >> ../../../../../../author/.git/info/exclude", "the checkout's exclude file"),
    ])
  func noticed(script: String, name: String) async throws {
    try await GitScene.with { scene in
      let prepared = try await scene.prepare()
      let before = try await scene.workspaces.surroundings(of: prepared, checkout: scene.authorPath)
      try await scene.asAgent(script)
      let after = try await scene.workspaces.surroundings(of: prepared, checkout: scene.authorPath)
      #expect(after.differences(from: before) == [name])
    }
  }

  @Test("what its owner does in the checkout while an agent is at work is not the agent's doing")
  func ownersWork() async throws {
    try await GitScene.with { scene in
      let prepared = try await scene.prepare()
      let before = try await scene.workspaces.surroundings(of: prepared, checkout: scene.authorPath)
      try await scene.asAgent("echo b > b; git add b; git commit -qm work")
      try await scene.shell(
        """
        echo 9 > a; git commit -qam nine; git checkout -q -b own --track origin/main; echo n > n; git add n
        git stash -q; git tag t; git fetch -q; git commit -q --allow-empty --amend -m other; echo dirty > a
        git push -q -u origin own; git checkout -q -f main; git branch -q -D own
        """, in: scene.authorPath)
      let after = try await scene.workspaces.surroundings(of: prepared, checkout: scene.authorPath)
      #expect(after.differences(from: before) == [])
    }
  }

  @Test("what another version looked at is not compared")
  func otherVersion() {
    let old = Surroundings(digests: ["the checkout's index": "1", "the mirror's hooks": "2"])
    let new = Surroundings(digests: ["the checkout's attributes": "3", "the mirror's hooks": "4"])
    #expect(new.differences(from: old) == ["the mirror's hooks"])
  }

  @Test("a checkout tells its top, its origin and its project")
  func checkout() async throws {
    try await GitScene.with { scene in
      try await scene.shell(
        "mkdir -p s/t; git remote set-url origin git@github.com:Acme/Tool.git", in: scene.authorPath)
      let git = scene.workspaces.git
      let found = try await GitCheckout.read("\(scene.authorPath)/s/t", git: git)
      #expect(
        found
          == GitCheckout(
            path: scene.authorPath, originURL: "git@github.com:Acme/Tool.git",
            project: ProjectName("acme/tool")))
      #expect(try await GitCheckout.read(scene.directory, git: git) == nil)
    }
  }

  @Test("the operator's proxies, authorities and address rewrites are taken over, nothing else")
  func operatorConfiguration() async throws {
    try await GitScene.with { scene in
      try await scene.shell(
        """
        git config --global url.'https://github.example/'.insteadOf 'gh:'; git config --global http.proxy http://p:1
        git config --global http.https://x.example/.sslCAInfo '/ca "1".pem'; git config --global core.pager evil
        git config --global credential.helper '!evil'; git config --global http.extraHeader 'A: secret'
        """, in: scene.directory)
      try await scene.prepare()
      let text = try #require(scene.text("\(scene.dataPath)/git/config"))
      #expect(
        text == """
          # Written by Looper at every start; changes are lost.
          [user]
          \tname = "Looper"
          \temail = "looper@users.noreply.github.com"
          [credential]
          \thelper = "!'gh' auth git-credential"
          [url "https://github.example/"]
          \tinsteadof = "gh:"
          [http]
          \tproxy = "http://p:1"
          [http "https://x.example/"]
          \tsslcainfo = "/ca \\"1\\".pem"

          """)
    }
  }
}
