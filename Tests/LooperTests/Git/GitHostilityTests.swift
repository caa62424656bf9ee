import Foundation
import Testing

@testable import Looper

@Suite("the daemon's git executes nothing that an agent wrote")
struct GitHostilityTests {
  /// Each plants a command that creates the file `pwned` in the scene's directory.
  static let plants: [String] = [
    // Hooks of the mirror, and a hooks path in its configuration.
    "mkdir -p \"$C/hooks\"; for h in pre-commit post-checkout reference-transaction pre-push post-commit; do printf '#!/bin/sh\\ntouch \"%s\"\\n' \"$P\" > \"$C/hooks/$h\"; chmod +x \"$C/hooks/$h\"; done",
    "mkdir h; printf '#!/bin/sh\\ntouch \"%s\"\\n' \"$P\" > h/post-checkout; chmod +x h/post-checkout; git config core.hooksPath \"$PWD/h\"",
    "git config core.fsmonitor \"touch '$P' #\"",
    // A clean filter and an external diff by attributes.
    "git config filter.x.clean \"touch '$P'; cat\"; git config filter.x.smudge \"touch '$P'; cat\"; git config diff.x.textconv \"touch '$P'; cat\"; git config diff.x.command \"touch '$P'\"; echo '* filter=x diff=x' > .gitattributes; echo y >> a",
    "git config diff.external \"touch '$P'\"; git config core.sshCommand \"touch '$P'\"; git config core.gitProxy \"touch '$P'\"; git config gpg.program \"touch '$P'\"; git config commit.gpgSign true; echo y >> a",
    // The worktree's own configuration, made to count.
    "git config extensions.worktreeConfig true; git config --worktree core.fsmonitor \"touch '$P' #\"; echo y >> a",
    // A repository inside the worktree, whose configuration git status would obey, also as a submodule.
    "git init -q n; cd n; echo 1 > f; git add f; git commit -qm n; git config core.fsmonitor \"touch '$P' #\"; git config filter.x.clean \"touch '$P'; cat\"; echo '* filter=x' > .gitattributes; echo 2 > f",
    "git init -q n; (cd n; echo 1 > f; git add f; git commit -qm n); git add n; git commit -qm sub; cd n; git config core.fsmonitor \"touch '$P' #\"; git config filter.x.clean \"touch '$P'; cat\"; echo '* filter=x' > .gitattributes; echo 2 > f",
    // An address that is rewritten, a remote helper that is a command.
    "git config url.\"ext::touch $P \".insteadOf \"$R\"; git config protocol.ext.allow always; git config remote.origin.uploadpack \"touch '$P'\"; git config remote.origin.receivepack \"touch '$P'\"; git config credential.helper \"!touch '$P'\"",
    "git config include.path \"$PWD/inc\"; printf '[core]\\n\\tfsmonitor = touch \"%s\" #\\n' \"$P\" > inc",
  ]

  @Test("preparing, inspecting, pushing and removing run no planted command", arguments: plants)
  func planted(script: String) async throws {
    try await GitScene.with { scene in
      let prepared = try await scene.prepare()
      let before = try await scene.workspaces.surroundings(of: prepared, checkout: nil)
      try await scene.asAgent("echo w > w; git add w; git commit -qm w")
      let mark = "\(scene.directory)/pwned"
      let variables = "P='\(mark)' R='\(scene.remotePath)' C='\(scene.mirrorPath)'"
      try await scene.asAgent(
        "git config --global user.email a@b.c; git config --global user.name A; \(variables); \(script)")
      try await scene.shell("rm -f '\(mark)'", in: scene.directory)
      _ = try await scene.workspaces.surroundings(of: prepared, checkout: nil).differences(from: before)
      let tree = try await scene.workspaces.inspect(prepared, leftovers: .commit(message: "x"))
      try await scene.workspaces.push(
        PushBranch(branch: "looper/1-x", commit: tree.headSHA, expectedOld: nil), in: try scene.repository)
      try await scene.prepare()
      try await scene.author("echo more >> a")
      try await scene.prepare()
      _ = try await scene.workspaces.worktrees()
      _ = try await scene.workspaces.remove(scene.loopID, in: try scene.repository)
      #expect(!scene.exists(mark))
      #expect(try await scene.commit("looper/1-x", in: scene.remotePath) == tree.headSHA)
    }
  }
}
