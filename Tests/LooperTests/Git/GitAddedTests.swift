import Testing

@testable import Looper

@Suite("what a push would publish is every line that the remote does not have, with the messages")
struct GitAddedTests {
  private func added(_ scene: GitScene, since old: CommitSHA? = nil) async throws -> [String: String] {
    let head = try await scene.commit("HEAD", in: scene.worktreePath)
    let parts = try await scene.workspaces.addedText(
      by: PushBranch(branch: "work", commit: head, expectedOld: old), in: try scene.repository)
    let named = parts.map { part in
      let isMessage = part.place.hasPrefix("the message")
      return (isMessage ? "message" : part.place, String(decoding: part.bytes, as: UTF8.self))
    }
    return Dictionary(named) { $0 + $1 }
  }

  @Test("also what one commit adds and the next removes, whatever attributes say")
  func history() async throws {
    try await GitScene.with { scene in
      try await scene.prepare()
      try await scene.asAgent(
        """
        export GIT_AUTHOR_NAME=Bo GIT_AUTHOR_EMAIL=bo@example.org
        echo '* -diff' > .gitattributes; printf '++ plus\\nleak\\n' >> a; echo x > 'odd "name'
        git add -A; git commit -qm "One

        more words"
        git rm -q 'odd "name'; sed -i /leak/d a; git commit -qam Two
        """)
      #expect(
        try await added(scene) == [
          "message": "Bo <bo@example.org>\nTwo\nBo <bo@example.org>\nOne\n\nmore words\n",
          ".gitattributes": "* -diff\n", "a": "++ plus\nleak\n", "odd \"name": "x\n",
        ])
    }
  }

  @Test("what the remote has is left out, also when the base is merged in; a merge's own lines are not")
  func merges() async throws {
    try await GitScene.with { scene in
      try await scene.prepare()
      try await scene.asAgent("echo mine >> a; git commit -qam Mine")
      try await scene.author("echo theirs >> a; echo new > b")
      try await scene.workspaces.holding(try scene.repository) { mirror throws(Failure) in
        try await mirror.fetch(pull: nil)
      }
      try await scene.asAgent(
        """
        git merge -q origin/main || true
        printf '1\\n2\\n3\\nmine\\ntheirs\\nresolved\\n' > a; git add a; git commit -qm Merge
        """)
      let texts = try await added(scene)
      #expect(texts["a"]?.contains("resolved\n") == true)
      #expect(texts["a"]?.contains("mine\n") == true)
      #expect(texts["b"] == nil)
      #expect(texts["message"]?.contains("change") == false)
    }
  }
}
