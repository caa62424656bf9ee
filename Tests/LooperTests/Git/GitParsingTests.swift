import Foundation
import Testing

@testable import Looper

@Suite("a patch is read into the lines that can be commented on")
struct GitDiffTests {
  @Test("hunks, new, deleted, binary, renamed-by-mode and quoted files")
  func kinds() {
    let patch = """
      diff --git a/a b b/a b
      index 1..2 100644
      --- a/a b
      +++ b/a b
      @@ -1,3 +1,4 @@ func x()
       1
      -@@ -9,9 +9,9 @@
      +diff --git a/no b/no
      +deleted file mode 100644
       3
      @@ -10 +11,0 @@
      -x
      \\ No newline at end of file
      diff --git a/gone b/gone
      deleted file mode 100644
      index 1..0
      --- a/gone
      +++ /dev/null
      @@ -1,2 +0,0 @@
      -1
      -2
      diff --git "a/n\\nl \\"\\303\\251\\\\" "b/n\\nl \\"\\303\\251\\\\"
      new file mode 100644
      @@ -0,0 +1 @@
      +1
      diff --git a/tool b/tool
      old mode 100644
      new mode 100755
      diff --git a/pic.png b/pic.png
      Binary files a/pic.png and b/pic.png differ

      """
    #expect(
      GitDiff(parsing: Data(patch.utf8)).files == [
        .init(path: "a b", isDeleted: false, rightLines: [1...4], leftLines: [1...3, 10...10]),
        .init(path: "gone", isDeleted: true, rightLines: [], leftLines: [1...2]),
        .init(path: "n\nl \"é\\", isDeleted: false, rightLines: [1...1], leftLines: []),
        .init(path: "tool", isDeleted: false, rightLines: [], leftLines: []),
        .init(path: "pic.png", isDeleted: false, rightLines: [], leftLines: []),
      ])
  }

  @Test(
    "damaged text is read without a crash",
    arguments: [
      "", "@@ -1 +1 @@", "diff --git ", "diff --git \"", "diff --git \"\\",
      "diff --git a\n@@ -x,y +z @@\n@@ -1",
    ])
  func damaged(patch: String) {
    #expect(GitDiff(parsing: Data(patch.utf8)).files.count <= 1)
  }

  @Test("more files than GitHub lists are cut, and it is said")
  func cut() {
    let patch = (0...GitDiff.filesMax).map { "diff --git a/\($0) b/\($0)\n" }.joined()
    let diff = GitDiff(parsing: Data(patch.utf8))
    #expect(diff.files.count == GitDiff.filesMax)
    #expect(diff.isTruncated)
  }
}

@Suite("git's answers and words are read as what they mean")
struct GitParsingTests {
  @Test("a digest is SHA-256")
  func digest() {
    #expect(
      GitDigest.hexadecimal(of: Data()) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      GitDigest.hexadecimal(of: Data("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      GitDigest.hexadecimal(of: Data(String(repeating: "a", count: 119).utf8))
        == "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb")
  }

  @Test(
    "an origin names its repository",
    arguments: [
      ("https://github.com/Acme/Tool.git", "acme/tool"),
      ("https://user:pw@github.com/acme/tool", "acme/tool"),
      ("git@github.com:acme/tool.git", "acme/tool"), ("ssh://git@github.com:22/acme/tool.git", "acme/tool"),
      ("ssh://git@ssh.github.com:443/acme/tool.git", "acme/tool"),
      ("https://ghe.example/acme/tool/", "ghe.example/acme/tool"),
      ("/srv/acme/tool.git", nil), ("../acme/tool", nil), ("./a:b/c", nil), ("https://github.com/acme", nil),
      ("", nil),
    ] as [(String, String?)])
  func origins(address: String, name: String?) {
    #expect(GitRemoteURL.projectName(of: address)?.key == name.flatMap { ProjectName($0)?.key })
  }

  @Test(
    "what git printed is classified",
    arguments: [
      ("fatal: could not read Username for 'https://github.com': terminal prompts disabled", .transient),
      (
        "remote: Permission to a/b.git denied to x.\nfatal: unable to access 'u': The requested URL returned error: 403",
        .permanent
      ),
      (
        "remote: Write access to repository not granted.\nfatal: unable to access 'u': The requested URL returned error: 403",
        .permanent
      ),
      ("fatal: unable to access 'u': The requested URL returned error: 403", .transient),
      ("git@github.com: Permission denied (publickey).", .transient),
      ("!\tx:refs/heads/b\t[remote rejected] (Internal Server Error)", .transient),
      ("!\tx:refs/heads/b\t[remote rejected] (unpacker error)", .transient),
      ("!\tx:refs/heads/b\t[remote rejected] (failed)", .transient),
      ("!\tx:refs/heads/b\t[remote rejected] (deletion of the current branch prohibited)", .permanent),
      ("!\tx:refs/heads/b\t[rejected] (stale info)", .conflict),
      ("!\tx:refs/heads/b\t[rejected] (fetch first)", .conflict),
      ("!\tx:refs/heads/b\t[remote rejected] (protected branch hook declined)", .permanent),
      ("remote: error: GH006: Protected branch update failed for refs/heads/main.", .permanent),
      (
        "remote rejected: refusing to allow an OAuth App to create or update workflow `.github/workflows/x.yml` without `workflow` scope",
        .permanent
      ),
      ("fatal: unable to access 'u': Could not resolve host: github.com", .transient),
      ("fatal: unable to access 'u': The requested URL returned error: 502", .transient),
      ("error: RPC failed; curl 56 GnuTLS recv error\nfatal: early EOF", .transient),
      ("remote: Repository not found.\nfatal: repository 'https://github.com/a/b/' not found", .permanent),
      ("fatal: unable to access 'u': The requested URL returned error: 429", .rateLimited(until: nil)),
      ("fatal: write error: No space left on device", .transient),
    ] as [(String, Failure.Kind)])
  func classification(printed: String, kind: Failure.Kind) {
    #expect(GitFailure.network("git push", printed).kind == kind)
  }

  @Test(
    "a lock that another git holds is waited out",
    arguments: [
      "fatal: Unable to create '/m/packed-refs.lock': File exists.",
      "error: could not lock config file /m/config: File exists\nfatal: could not set 'core.bare' to 'true'",
    ])
  func locks(printed: String) {
    #expect(GitFailure.local("git init", printed).kind == .transient)
    #expect(GitFailure.local("git init", "fatal: bad config").kind == .permanent)
  }

  @Test("a password in an address is not passed on")
  func password() {
    let failure = GitFailure.network("git fetch", "fatal: unable to access 'https://u:secret@h/x'")
    #expect(failure.message == "git fetch failed: fatal: unable to access 'https://h/x'")
  }

  @Test("blobs are told apart from what is missing")
  func blobs() {
    let sha = String(repeating: "a", count: 40)
    let output = "\(sha) blob 3\nx\ny\nrefs:gone missing\n\(sha) tree 2\nzz\n\(sha) blob 0\n\n"
    #expect(GitBlobs(parsing: Data(output.utf8)).contents == [Data("x\ny".utf8), nil, nil, Data()])
  }
}
