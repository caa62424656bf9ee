import Foundation
import Testing

@testable import Looper

@Suite("a command ends with a result or a typed error, and leaves nothing behind")
struct CommandRunnerTests {
  @Test("the status of the command comes through the shim", arguments: [0, 1, 7, 126, 255] as [Int32])
  func exitStatus(code: Int32) async throws {
    try await ProcessScene.with { scene in
      let result = try await scene.run("exit \(code)")
      #expect(result.status == .exited(code))
    }
  }

  @Test(
    "a signal that ends the command comes through the shim", arguments: [1, 2, 6, 9, 11, 13, 15] as [Int32])
  func signal(number: Int32) async throws {
    try await ProcessScene.with { scene in
      let result = try await scene.run("kill -\(number) $$; exit 3")
      #expect(result.status == .signalled(number))
    }
  }

  @Test("input, output and error are whole")
  func streams() async throws {
    try await ProcessScene.with { scene in
      let input = Data((0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) })
      let result = try await scene.run("cat; echo problem >&2", standardInput: input)
      #expect(result.standardOutput == input)
      #expect(result.errorText == "problem\n")
      #expect(result.status.isSuccess)
    }
  }

  @Test("without input a command reads an end of file")
  func noInput() async throws {
    try await ProcessScene.with { scene in
      let result = try await scene.run("cat; echo end")
      #expect(result.outputText == "end\n")
    }
  }

  @Test("only the end of a long standard error is kept")
  func errorTail() async throws {
    try await ProcessScene.with { scene in
      let result = try await scene.run("head -c 200000 /dev/zero | tr '\\0' x >&2; printf END >&2")
      #expect(result.standardError.count == CommandRunner.standardErrorKept.bytes)
      #expect(result.errorText.suffix(5) == "xxEND")
    }
  }

  @Test(
    "a missing executable is not found, whether named by path or by name",
    arguments: ["no-such", "/no/such", ""])
  func notFound(name: String) async throws {
    try await ProcessScene.with { scene in
      var command = scene.shell("true")
      command.executable = name
      #expect(await scene.failure(of: command) == .notFound(name))
    }
  }

  @Test("a missing interpreter, working directory or shim cannot start")
  func cannotStart() async throws {
    try await ProcessScene.with { scene in
      let script = scene.path("script")
      try Data("#!/no/such/interpreter\n".utf8).write(to: URL(fileURLWithPath: script))
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: script)
      let reason = "\(script): No such file or directory"
      #expect(await scene.failure(of: Command(executable: script)) == .cannotStart(reason))
      var elsewhere = scene.shell("true")
      elsewhere.workingDirectory = "/no/such/directory"
      guard case .cannotStart = await scene.failure(of: elsewhere) else {
        Issue.record("a missing working directory is another error")
        return
      }
    }
  }

  @Test("a command past its deadline is gone with its children, even when they ignore SIGTERM")
  func deadline() async throws {
    try await ProcessScene.with { scene in
      let script = "trap '' TERM; (trap '' TERM; while :; do sleep 1; done) & while :; do sleep 1; done"
      let error = await scene.failure(of: script, deadline: .seconds(1))
      #expect(error == .timedOut(.seconds(1)))
      #expect(scene.remains.isEmpty)
    }
  }

  @Test("of a long output only its start and its end are read when that is asked for")
  func excerpt() async throws {
    try await ProcessScene.with { scene in
      let excerpt = OutputExcerpt(start: ByteCount(bytes: 3), end: ByteCount(bytes: 4))
      for (script, text) in [
        ("printf 123456789", "1236789"), ("printf 1234567", "1234567"), ("printf 1", "1"),
      ] {
        let result = try await scene.run(script, outputLimit: .kibibytes(1), excerpt: excerpt)
        #expect(String(decoding: result.standardOutput, as: UTF8.self) == text)
      }
    }
  }

  @Test("output above the limit is an error, whether the command would go on or has ended")
  func outputLimit() async throws {
    try await ProcessScene.with { scene in
      let limit = ByteCount(bytes: 1000)
      #expect(await scene.failure(of: "yes", outputLimit: limit) == .outputTooLarge(limit))
      let justOver = await scene.failure(of: "head -c 1001 /dev/zero", outputLimit: limit)
      #expect(justOver == .outputTooLarge(limit))
      let full = try await scene.run("head -c 1000 /dev/zero", outputLimit: limit)
      #expect(full.standardOutput.count == 1000)
      #expect(scene.remains.isEmpty)
    }
  }

  @Test("cancelling the task ends the command before the call returns")
  func cancellation() async throws {
    try await ProcessScene.with { scene in
      scene.makeSignpost("started")
      let error = await withTaskGroup(of: CommandError?.self) { group in
        group.addTask {
          await scene.failure(of: "trap '' TERM; echo $$ > started; while :; do sleep 1; done")
        }
        _ = await scene.reached("started")
        group.cancelAll()
        return await group.next() ?? nil
      }
      #expect(error == .cancelled)
      #expect(scene.remains.isEmpty)
    }
  }

  @Test("a background child of the command gets the grace, then it is ended, and the status stays")
  func lingeringChild() async throws {
    try await ProcessScene.with { scene in
      let result = try await scene.run("sleep 1000 & exit 5")
      #expect(result.status == .exited(5))
      // Far from the child's own 1000 s, however busy the machine is.
      #expect(result.duration < .seconds(300))
      #expect(scene.remains.isEmpty)
    }
  }

  @Test("a child sees the environment it was given, three descriptors, and no ignored signal")
  func inheritance() async throws {
    try await ProcessScene.with { scene in
      Foundation.signal(SIGPIPE, SIG_IGN)
      let environment = try await scene.run("env | cut -d= -f1 | sort").outputText
      #expect(environment == "LOOPER_CHILD\nLOOPER_TEST\nPATH\nPWD\n")
      #expect(try await scene.run("ls /proc/self/fd").outputText == "0\n1\n2\n3\n")
      #expect(try await scene.run("kill -PIPE $$").status == .signalled(SIGPIPE))
    }
  }

  @Test("200 commands at once all end right, and no descriptor or file stays")
  func manyAtOnce() async throws {
    try await ProcessScene.with { scene in
      try await withThrowingTaskGroup(of: (Int, CommandResult).self) { group in
        for number in 0..<200 {
          group.addTask {
            (number, try await scene.run("echo \(number); exit \(number % 7)", deadline: .seconds(300)))
          }
        }
        for try await (number, result) in group {
          #expect(result.status == .exited(Int32(number % 7)))
          #expect(result.outputText == "\(number)\n")
        }
      }
      let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
      let ours = open.filter { name in
        let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
        return target?.hasPrefix(scene.directory) ?? false
      }
      #expect(ours == [])
      #expect(try FileManager.default.contentsOfDirectory(atPath: scene.directory) == [])
      #expect(scene.remains.isEmpty)
    }
  }
}
